"""Images and members as the wire shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rest_framework.serializers import BaseSerializer

from images.models import Image, Member

if TYPE_CHECKING:
    from datetime import datetime

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


def stamp(time: datetime) -> str:
    """Return *time* as the wire writes it: UTC, whole seconds, a Z."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


class ImageSerializer(BaseSerializer[Image]):
    """One image, loaded with `with_parts`; custom properties are keys of the same object."""

    def to_representation(self, instance: Image) -> dict[str, Any]:
        """Return the image as a JSON object."""
        path = f"/v2/images/{instance.pk}"
        shown: dict[str, Any] = {row.name: row.value for row in instance.properties.all()}
        shown |= {name: getattr(instance, name) for name in PLAIN_FIELDS}
        shown |= {
            "id": str(instance.pk),
            "created_at": stamp(instance.created_at),
            "updated_at": stamp(instance.updated_at),
            "tags": [tag.name for tag in instance.tags.all()],
            "self": path,
            "file": f"{path}/file",
            "schema": "/v2/schemas/image",
        }
        if stores := instance.store_names:
            shown["stores"] = ",".join(stores)
        return shown


class MemberSerializer(BaseSerializer[Member]):
    """One project with which an image is shared."""

    def to_representation(self, instance: Member) -> dict[str, Any]:
        """Return the member as a JSON object."""
        return {
            "member_id": instance.project,
            "image_id": str(instance.image_id),
            "status": instance.status,
            "created_at": stamp(instance.created_at),
            "updated_at": stamp(instance.updated_at),
            "schema": "/v2/schemas/member",
        }
