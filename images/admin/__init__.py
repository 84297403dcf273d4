"""The third door: rows to look at, and the verbs on them."""

from __future__ import annotations

from images.admin.image import ImageAdmin
from images.admin.link import LinkAdmin
from images.admin.rows import EventAdmin, LocationAdmin, MemberAdmin, TaskAdmin, UploadAdmin

__all__ = [
    "EventAdmin",
    "ImageAdmin",
    "LinkAdmin",
    "LocationAdmin",
    "MemberAdmin",
    "TaskAdmin",
    "UploadAdmin",
]
