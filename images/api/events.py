"""Which events a list holds: what is asked of them, order and pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.http import QueryDict

from images.api.body import check_text
from images.api.errors import BadRequest
from images.api.numbers import read_number
from images.api.pagination import DIRECTIONS, read_limit
from images.ids import read_id
from images.lifecycle.activity import Search, page
from images.models import Event
from images.models.event import EventQuerySet
from images.times import read_time

TEXTS = ("kind", "user", "subject", "address", "project")
KEYS = frozenset({*TEXTS, "image_id", "since", "until", "limit", "marker", "sort_dir"})


@dataclass(frozen=True, slots=True)
class EventPage:
    """Some of the events, and the addresses of the first page and the next."""

    events: Sequence[Event]
    links: dict[str, str]


def read_search(query: QueryDict) -> Search:
    """Return what *query* asks for. Raises `BadRequest`."""
    if unknown := query.keys() - KEYS:
        raise BadRequest(f"Events cannot be found by '{min(unknown)}'.")
    texts = {name: str(query.get(name, "")) for name in TEXTS}
    check_text(list(texts.values()))
    return Search(
        **texts,
        image=_image(query.get("image_id")),
        since=_time("since", query.get("since")),
        until=_time("until", query.get("until")),
    )


def event_page(events: EventQuerySet, query: QueryDict) -> EventPage:
    """Return the page of *events* that *query* asks for. Raises `BadRequest`."""
    limit, direction = read_limit(query), query.get("sort_dir", "desc")
    if direction not in DIRECTIONS:
        raise BadRequest("sort_dir is asc or desc.")
    marker = read_number("marker", str(query["marker"])) if "marker" in query else None
    found = page(events, limit=limit, marker=marker, oldest_first=direction == "asc")
    links = {"first": _address(query, None)}
    if found and len(found) == limit:
        links["next"] = _address(query, found[-1].pk)
    return EventPage(found, links)


def _image(text: str | None) -> UUID | None:
    try:
        return read_id(text) if text else None
    except ValueError:
        raise BadRequest("image_id is not the id of an image.") from None


def _time(name: str, text: str | None) -> datetime | None:
    """Return *text*, an ISO 8601 time, which is UTC where it does not say."""
    if not text:
        return None
    try:
        return read_time(text)
    except ValueError:
        raise BadRequest(f"{name} must be a time such as 2030-01-31T12:00:00Z.") from None


def _address(query: QueryDict, marker: int | None) -> str:
    asked = query.copy()
    asked.pop("marker", None)
    if marker is not None:
        asked["marker"] = str(marker)
    return "/api/events" + (f"?{asked.urlencode()}" if asked else "")
