"""What the database and the stores keep of images, whatever a test holds in its hand."""

from __future__ import annotations

from typing import Any

from images.models import Event, Image
from stores.registry import get_store


def kept(image: Image) -> Image:
    """Return *image* as the database has it, also a deleted one."""
    return Image.remembered.get(pk=image.pk)


def kinds(prefix: str = "", **of: Any) -> list[str]:
    """Return the kinds of the events that begin so, the first one first; a filter by keyword."""
    events = Event.objects.filter(kind__startswith=prefix, **of)
    return [*events.order_by("pk").values_list("kind", flat=True)]


def since_made(image: Image) -> list[str]:
    """Return the kinds of what is recorded of *image* since it was made."""
    return kinds(image_id=image.pk)[1:]


def objects_of(image: Image) -> list[str]:
    """Return the keys of everything that the default store holds of *image*."""
    return [key for key in get_store().keys() if key.startswith(str(image.pk))]  # noqa: SIM118 -- a store is no mapping
