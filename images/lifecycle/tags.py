"""The acts on one tag of an image."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from images.actors import Actor
from images.errors import BadValue, NotVisible
from images.events import record
from images.lifecycle.changes import check_count
from images.lifecycle.images import lock
from images.lifecycle.transactions import retried
from images.models import Image, Tag
from images.permissions import permit
from images.prepared import save_fields

MAX_TAG = 255


@retried
@transaction.atomic
def add_tag(image: Image, name: str, *, actor: Actor) -> None:
    """Put the tag *name* on *image*; a second time changes nothing.

    Raises `BadValue`, `OverLimit`.
    """
    image = lock(image)
    permit(actor, "modify", image)
    if not 1 <= len(name) <= MAX_TAG:
        raise BadValue(f"A tag has 1 to {MAX_TAG} characters.")
    if name in image.tag_names:
        return
    check_count([*image.tag_names, name], image.tag_names, settings.IMAGE_TAG_QUOTA, "tags")
    Tag.objects.create(image=image, name=name)
    _write_down(image, sorted([*image.tag_names, name]), actor)


@retried
@transaction.atomic
def remove_tag(image: Image, name: str, *, actor: Actor) -> None:
    """Take the tag *name* from *image*. Raises `NotVisible` if it has no such tag."""
    image = lock(image)
    permit(actor, "modify", image)
    if name not in image.tag_names:
        raise NotVisible(f"Image {image.pk} has no tag {name}.")
    Tag.objects.filter(image=image, name=name).delete()
    _write_down(image, [tag for tag in image.tag_names if tag != name], actor)


def _write_down(image: Image, tags: list[str], actor: Actor) -> None:
    """Note that the image has *tags* now."""
    before, image.tag_names = image.tag_names, tags
    image.updated_at = timezone.now()
    save_fields(image, "updated_at")
    change = {"before": {"tags": before}, "after": {"tags": tags}}
    record("image.update", image, actor, changed=["tags"], **change)
