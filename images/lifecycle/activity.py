"""What events may be read: by whom, found by what, and with which words left out.

A project reads what happened to what it owned at the time, also of images that are deleted or given
away since: it knew all of that then. Who owns an image later reads on from there. What a role may
not read of custom properties now, it reads in no old event either; sign-ins, tokens, people and
limits of the project are for its managers, and for whoever did it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from images.actors import MANAGER, READER, Actor
from images.errors import Forbidden
from images.lifecycle.changes import BASE_FIELDS, READ_ONLY
from images.lifecycle.transactions import release_connection
from images.models import Event
from images.models.event import EventQuerySet
from images.properties import can_read, readable

FOR_MANAGERS = Q(kind__startswith="identity.") | Q(kind__startswith="quota.")
OWN_NAMES = BASE_FIELDS | READ_ONLY | {"tags"}
CHUNK = 500
"""Events that a long answer holds in memory at a time."""


@dataclass(frozen=True, slots=True)
class Search:
    """What is asked for; what is empty narrows nothing.

    *kind* is a kind or how it begins, *until* is not in it any more.
    """

    kind: str = ""
    user: str = ""
    image: UUID | None = None
    subject: str = ""
    address: str = ""
    project: str = ""
    since: datetime | None = None
    until: datetime | None = None

    def narrowed(self, events: EventQuerySet) -> EventQuerySet:
        """Return those of *events* that are asked for."""
        asked = {
            "kind__startswith": self.kind,
            "user": self.user,
            "image_id": self.image,
            "subject": self.subject,
            "address": self.address,
            "project": self.project,
            "created_at__gte": self.since,
            "created_at__lt": self.until,
        }
        return events.filter(**{name: value for name, value in asked.items() if value})


def events_for(actor: Actor, search: Search) -> EventQuerySet:
    """Return the events that *search* asks for and *actor* may read, in no order yet.

    Raises `Forbidden` for who may read none.
    """
    found = search.narrowed(Event.objects.all())
    if actor.sees_all:
        return found
    if not actor.has_role(READER):
        raise Forbidden("You are not permitted to read events: a role in a project is needed.")
    found = found.filter(project=actor.project)
    return found if actor.has_role(MANAGER) else found.filter(~FOR_MANAGERS | Q(user=actor.user))


def page(
    events: EventQuerySet, *, limit: int, marker: int | None = None, oldest_first: bool = False
) -> list[Event]:
    """Return *limit* of *events* that come after the id *marker* in their order."""
    if marker is not None:
        events = events.filter(pk__gt=marker) if oldest_first else events.filter(pk__lt=marker)
    return list(events.order_by("pk" if oldest_first else "-pk")[:limit])


def all_of(events: EventQuerySet) -> Iterator[Event]:
    """Yield *events*, the oldest first; neither many nor a database connection are held."""
    marker: int | None = None
    while chunk := page(events, limit=CHUNK, marker=marker, oldest_first=True):
        release_connection()
        yield from chunk
        marker = chunk[-1].pk


def told(event: Event, actor: Actor) -> dict[str, Any]:
    """Return what *event* tells *actor*, as JSON values."""
    return {
        "id": event.pk,
        "time": event.created_at.isoformat(),
        "kind": event.kind,
        "user": event.user,
        "project": event.project,
        "image_id": str(event.image_id) if event.image_id else None,
        "subject": event.subject,
        "address": event.address,
        "token": event.token,
        "request_id": event.request_id,
        "before": _without_unread(event.before, actor),
        "after": _without_unread(event.after, actor),
        "details": _without_unread(event.payload, actor),
    }


def _without_unread(facts: Mapping[str, Any] | None, actor: Actor) -> dict[str, Any] | None:
    """Return *facts* without the custom properties that *actor* may not read."""
    if facts is None:
        return None
    shown = dict(facts)
    if isinstance(shown.get("properties"), dict):
        shown["properties"] = readable(shown["properties"], actor)
    if isinstance(shown.get("changed"), list):
        names = shown["changed"]
        shown["changed"] = [name for name in names if name in OWN_NAMES or can_read(name, actor)]
    return shown
