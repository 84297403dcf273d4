"""What is remembered of images."""

from __future__ import annotations

from images.models.event import Event
from images.models.image import Image
from images.models.link import Link, LinkUse
from images.models.location import Location
from images.models.member import Member
from images.models.permission import ImageGroupPermission, ImageUserPermission
from images.models.probe import Probe
from images.models.property import Property
from images.models.tag import Tag
from images.models.task import Task
from images.models.trashed import Trashed
from images.models.upload import Upload

__all__ = [
    "Event",
    "Image",
    "ImageGroupPermission",
    "ImageUserPermission",
    "Link",
    "LinkUse",
    "Location",
    "Member",
    "Probe",
    "Property",
    "Tag",
    "Task",
    "Trashed",
    "Upload",
]
