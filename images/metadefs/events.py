"""What happened to the catalogue, written into the outbox of the images app."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Protocol

from django.utils import timezone

from images.actors import Actor
from images.events import record_facts
from images.metadefs.models import Namespace
from images.times import stamp


class Told(Protocol):
    """A row of which an event tells."""

    created_at: datetime
    updated_at: datetime

    def facts(self) -> dict[str, Any]: ...


def record(
    kind: str, namespace: Namespace, actor: Actor, *, deleted: bool = False, **details: Any
) -> None:
    """Write that *kind* happened to *namespace* itself; *details* are JSON values."""
    record_parts(kind, namespace, [namespace], actor, deleted=deleted, **details)


def record_parts(
    kind: str,
    namespace: Namespace,
    parts: Iterable[Told],
    actor: Actor,
    *,
    deleted: bool = False,
    **details: Any,
) -> None:
    """Write that *kind* happened to each of *parts*, which lie in *namespace*."""
    gone = {"deleted": deleted, "deleted_at": stamp(timezone.now()) if deleted else None}
    facts = [part.facts() | _times(part) | gone | details for part in parts]
    record_facts(kind, facts, actor, project=namespace.owner, subject=namespace.namespace)


def _times(part: Told) -> dict[str, str]:
    return {"created_at": stamp(part.created_at), "updated_at": stamp(part.updated_at)}
