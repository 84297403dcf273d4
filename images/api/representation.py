"""Images and members as the wire shows them."""

from __future__ import annotations

from typing import Any

from images.actors import Actor
from images.models import Image, Member
from images.properties import readable
from images.times import stamp

PLAIN_FIELDS = (
    "name",
    "status",
    "visibility",
    "protected",
    "os_hidden",
    "checksum",
    "os_hash_algo",
    "os_hash_value",
    "owner",
    "size",
    "virtual_size",
    "container_format",
    "disk_format",
    "min_disk",
    "min_ram",
)


def show_image(image: Image, actor: Actor) -> dict[str, Any]:
    """Return *image*, loaded `with_parts`, as *actor* may see it.

    Custom properties are keys of the same object.
    """
    path = f"/v2/images/{image.pk}"
    shown = readable(image.property_values, actor) | {
        name: getattr(image, name) for name in PLAIN_FIELDS
    }
    if image.store_names:
        shown["stores"] = ",".join(image.store_names)
    return shown | {
        "id": str(image.pk),
        "created_at": stamp(image.created_at),
        "updated_at": stamp(image.updated_at),
        "tags": image.tag_names,
        "self": path,
        "file": f"{path}/file",
        "schema": "/v2/schemas/image",
    }


def show_member(member: Member) -> dict[str, Any]:
    """Return *member*, a project with which an image is shared."""
    return {
        "member_id": member.project,
        "image_id": str(member.image_id),
        "status": member.status,
        "created_at": stamp(member.created_at),
        "updated_at": stamp(member.updated_at),
        "schema": "/v2/schemas/member",
    }
