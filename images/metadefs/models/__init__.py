"""What is remembered of the catalogue."""

from __future__ import annotations

from images.metadefs.models.metadef_object import MetadefObject
from images.metadefs.models.metadef_property import MetadefProperty
from images.metadefs.models.metadef_tag import MetadefTag
from images.metadefs.models.namespace import Namespace
from images.metadefs.models.resource_type import Association, ResourceType

__all__ = [
    "Association",
    "MetadefObject",
    "MetadefProperty",
    "MetadefTag",
    "Namespace",
    "ResourceType",
]
