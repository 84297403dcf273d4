"""What happened, written down in the act's own transaction: the only writer of the outbox."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from images.actors import NOBODY
from images.models import Event, Image, Member, Task
from images.prepared import insert_values
from images.states import Status, Visibility
from images.times import stamp

if TYPE_CHECKING:
    from images.actors import Actor
    from images.models.grant import Grant, Grantee

Facts = Mapping[str, Any]

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
_held: ContextVar[list[dict[str, Any]] | None] = ContextVar("held", default=None)
SECRETS = frozenset(
    {
        "authorization",
        "cookie",
        "passwd",
        "password",
        "recovery_codes",
        "secret",
        "secret_hash",
        "session_key",
        "token",
        "user_stamp",
        "x_auth_token",
    }
)
"""What no fact may be called: its value would be a secret, or what is kept of one."""


def record(
    kind: str,
    image: Image,
    actor: Actor = NOBODY,
    *,
    before: Facts | None = None,
    after: Facts | None = None,
    **details: Any,
) -> None:
    """Write that *kind* happened to *image*; *details* are JSON values and never a secret.

    The payload is that of the Image API's notifications, in which no location is named. *before*
    and *after* are the fields that the act changed; custom properties stand below `properties`.
    """
    _refuse_secrets(details, before, after)
    change = {"before": before, "after": after}
    _write(kind, image, actor, image_facts(image) | details, **change)


def status_change(before: str, after: str) -> dict[str, Facts]:
    """Return *before* and *after* of an act that moves an image from one status to the next."""
    return {"before": {"status": before}, "after": {"status": after}}


def record_data(kind: str, image: Image, actor: Actor = NOBODY, **details: Any) -> None:
    """Do the same for what happened to the data, with the stores of an import under way."""
    lists = {name: image.property_values.get(name, "") for name in IMPORT_LISTS}
    stores = {name: text.split(",") if text else [] for name, text in lists.items()}
    record(kind, image, actor, **stores | details)


def record_download(image: Image, actor: Actor) -> None:
    """Write that data of *image* begin to go to *actor*."""
    facts = {
        "image_id": str(image.pk),
        "owner_id": image.owner,
        "receiver_tenant_id": actor.project,
        "receiver_user_id": actor.user,
    }
    _write("image.download", image, actor, facts)


def record_member(
    kind: str, member: Member, actor: Actor, *, deleted: bool = False, was: str | None = None
) -> None:
    """Write that *kind* happened to *member* of an image; *was* is its status until now."""
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
    change = {
        "before": {"status": was} if was else None,
        "after": None if deleted else {"status": member.status},
    }
    _write(kind, member.image, actor, facts, subject=member.project, **change)


def record_grant(kind: str, actor: Actor, *, to: Grantee, **change: Grant | None) -> None:
    """Write that *kind* happened to what *to* is granted on an image: *before* and *after* it."""
    before, after = change.get("before"), change.get("after")
    grant = after or before
    assert grant is not None  # noqa: S101 -- for the type checker: one of them is given
    facts = {
        "image_id": str(grant.image.pk),
        "grantee": {"type": to.kind.value, "id": to.id, "name": to.name},
        **_grant_facts(grant),
        "granted_by": grant.granted_by,
    }
    columns = {name: one and _grant_facts(one) for name, one in change.items()}
    _write(kind, grant.image, actor, facts, subject=to.id, **columns)


def _grant_facts(grant: Grant) -> dict[str, Any]:
    """Return what of *grant* can change."""
    end = stamp(grant.expires_at) if grant.expires_at else None
    return {"rights": grant.shown_rights, "expires_at": end}


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
    _write(kind, task.image, actor, facts, subject=str(task.pk))


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


def _write(kind: str, image: Image, actor: Actor, payload: Facts, **columns: Any) -> None:
    row = _columns(kind, actor, payload) | {"image_id": image.pk, "project": image.owner or ""}
    row |= {"subject": "", "before": None, "after": None, "created_at": timezone.now()} | columns
    held = _held.get()
    if held is None:
        insert_values(Event, row)
    else:
        held.append(row)


@contextmanager
def recorded_together() -> Iterator[None]:
    """Write what is recorded of images meanwhile in one statement, in the end."""
    rows: list[dict[str, Any]] = []
    token = _held.set(rows)
    try:
        yield
    finally:
        _held.reset(token)
    if rows:
        insert_values(Event, *rows)


def record_act(  # noqa: PLR0913 -- who did what to what, where, and what it was before
    kind: str,
    actor: Actor,
    *,
    subject: str,
    project: str = "",
    before: Facts | None = None,
    after: Facts | None = None,
    **details: Any,
) -> None:
    """Write that *kind* happened to *subject* (a public id), which is no image.

    Readers of *project* may read it; without one, administrators alone. *before* and *after* are
    the fields that the act changed. All of it are JSON values; `ValueError` refuses what is called
    like a secret.
    """
    _refuse_secrets(details, before, after)
    columns = {"project": project, "subject": subject, "before": before, "after": after}
    _event(kind, actor, {"id": subject, **details}, **columns).save(force_insert=True)


def record_facts(
    kind: str, facts: Iterable[Facts], actor: Actor = NOBODY, *, project: str = "", **columns: Any
) -> None:
    """Write that *kind* happened to each thing of *facts*, none of them an image.

    *columns* are `subject`, `before` and `after`, which are the same of all.
    """
    Event.objects.bulk_create(
        _event(kind, actor, payload, project=project, **columns) for payload in facts
    )


def _event(kind: str, actor: Actor, payload: Facts, **columns: Any) -> Event:
    """Return what is to be written of an act of *actor*."""
    return Event(**_columns(kind, actor, payload), **columns)


def _columns(kind: str, actor: Actor, payload: Facts) -> dict[str, Any]:
    return {
        "kind": kind,
        "user": actor.user,
        "address": actor.address,
        "token": actor.token,
        "request_id": actor.request_id[:64],
        "payload": payload,
    }


def _refuse_secrets(*told: Facts | None) -> None:
    """Raise `ValueError` for a fact that is called like a secret, since its value may be one.

    What users call their custom properties stands deeper, and is nothing that we keep secret.
    """
    for facts in told:
        for name in facts or ():
            plain = name.lower().replace("-", "_")
            if plain in SECRETS or plain.endswith(("_password", "_secret", "_token")):
                raise ValueError(f"An event never tells {name}.")
