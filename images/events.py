"""What happened, written down in the act's own transaction: the only writer of the outbox."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from images.actors import NOBODY
from images.models import Event, Image, Member, Task
from images.states import Status, Visibility
from images.times import stamp

if TYPE_CHECKING:
    from images.actors import Actor

FIELDS = (
    "name",
    "status",
    "min_disk",
    "min_ram",
    "protected",
    "checksum",
    "owner",
    "disk_format",
    "container_format",
    "size",
    "virtual_size",
    "visibility",
)
IMPORT_LISTS = ("os_glance_importing_to_stores", "os_glance_failed_import")


def record(kind: str, image: Image, actor: Actor = NOBODY, **details: Any) -> None:
    """Write that *kind* happened to *image*; *details* are JSON values and never a secret.

    The payload is that of the Image API's notifications, in which no location is named.
    """
    _write(kind, image, actor, image_facts(image) | details)


def record_data(kind: str, image: Image, actor: Actor = NOBODY, **details: Any) -> None:
    """Do the same for what happened to the data, with the stores of an import under way."""
    lists = {name: image.property_values.get(name, "") for name in IMPORT_LISTS}
    stores = {name: text.split(",") if text else [] for name, text in lists.items()}
    record(kind, image, actor, **stores | details)


def record_member(kind: str, member: Member, actor: Actor, *, deleted: bool = False) -> None:
    """Write that *kind* happened to *member* of an image."""
    gone_at = stamp(timezone.now()) if deleted else None
    facts = {
        "image_id": str(member.image_id),
        "member_id": member.project,
        "status": member.status,
        "created_at": stamp(member.created_at),
        "updated_at": stamp(member.updated_at),
        "deleted": deleted,
        "deleted_at": gone_at,
    }
    _write(kind, member.image, actor, facts)


def record_task(kind: str, task: Task, actor: Actor = NOBODY) -> None:
    """Write that *kind* happened to *task*; what was asked and what came of it are not told."""
    facts = {
        "id": str(task.pk),
        "type": task.type,
        "status": task.status,
        "owner": task.owner,
        "created_at": stamp(task.created_at),
        "updated_at": stamp(task.updated_at),
        "expires_at": stamp(task.expires_at) if task.expires_at else None,
        "result": None,
        "message": None,
    }
    _write(kind, task.image, actor, facts)


def image_facts(image: Image) -> dict[str, Any]:
    """Return what an event tells of *image*."""
    return {name: getattr(image, name) for name in FIELDS} | {
        "id": str(image.pk),
        "created_at": stamp(image.created_at),
        "updated_at": stamp(image.updated_at),
        "is_public": image.visibility == Visibility.PUBLIC,
        "properties": image.property_values,
        "tags": image.tag_names,
        "deleted": image.status == Status.DELETED,
        "deleted_at": stamp(image.deleted_at) if image.deleted_at else None,
    }


def _write(kind: str, image: Image, actor: Actor, payload: dict[str, Any]) -> None:
    Event.objects.create(
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
