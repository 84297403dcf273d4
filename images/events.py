"""What happened, written down in the act's own transaction: the only writer of the outbox."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from images.actors import NOBODY
from images.models import Event, Image

if TYPE_CHECKING:
    from images.actors import Actor

SHOWN = (
    "name",
    "status",
    "owner",
    "visibility",
    "protected",
    "size",
    "virtual_size",
    "checksum",
    "disk_format",
    "container_format",
    "min_disk",
    "min_ram",
)


def record(kind: str, image: Image, actor: Actor = NOBODY, **details: Any) -> Event:
    """Write that *kind* happened to *image*; *details* are JSON values and never a secret."""
    payload = {name: getattr(image, name) for name in SHOWN} | details
    return Event.objects.create(
        kind=kind,
        image_id=image.pk,
        project=image.owner or "",
        user=actor.user,
        request_id=actor.request_id[:64],
        payload=payload,
    )


def record_facts(
    kind: str, facts: Iterable[dict[str, Any]], actor: Actor = NOBODY, *, project: str = ""
) -> None:
    """Write that *kind* happened to each thing of *facts*, none of them an image."""
    Event.objects.bulk_create(
        Event(
            kind=kind,
            project=project,
            user=actor.user,
            request_id=actor.request_id[:64],
            payload=payload,
        )
        for payload in facts
    )
