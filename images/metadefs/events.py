"""What happened to the catalogue, written into the outbox of the images app."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

from images.actors import Actor
from images.events import record_facts
from images.metadefs.models import Namespace


class Told(Protocol):
    """A row of which an event tells."""

    def facts(self) -> dict[str, Any]: ...


def record(kind: str, namespace: Namespace, actor: Actor, **details: Any) -> None:
    """Write that *kind* happened to *namespace* itself."""
    record_parts(kind, namespace, [namespace], actor, **details)


def record_parts(
    kind: str, namespace: Namespace, parts: Iterable[Told], actor: Actor, **details: Any
) -> None:
    """Write that *kind* happened to each of *parts*, which lie in *namespace*."""
    facts = [part.facts() | details for part in parts]
    record_facts(kind, facts, actor, project=namespace.owner)
