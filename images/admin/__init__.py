"""The third door: rows to look at, and the verbs on them."""

from __future__ import annotations

from images.admin.image import ImageAdmin
from images.admin.link import LinkAdmin
from images.admin.rows import EventAdmin, LocationAdmin, MemberAdmin, TaskAdmin, UploadAdmin
from images.admin.trash import TrashedAdmin

__all__ = [
    "EventAdmin",
    "ImageAdmin",
    "LinkAdmin",
    "LocationAdmin",
    "MemberAdmin",
    "TaskAdmin",
    "TrashedAdmin",
    "UploadAdmin",
]
