"""Which of the trash a list holds: what is asked of it, pages, and how one thing is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from images.actors import Actor
from images.api.body import check_text
from images.api.errors import BadRequest
from images.api.pagination import first_address, next_page, read_limit
from images.errors import NotVisible
from images.lifecycle.trash import find_in_trash, trash_for
from images.models import Trashed
from images.states import IN_TRASH
from images.times import stamp

PATH = "/api/trash"
KEYS = frozenset({"owner", "limit", "marker"})
FIELDS = ("name", "owner", "visibility", "size", "disk_format", "container_format")


@dataclass(frozen=True, slots=True)
class TrashPage:
    """Some of the trash, and the addresses of the first page and the next."""

    found: Sequence[Trashed]
    links: dict[str, str]


def trash_page(query: QueryDict, actor: Actor) -> TrashPage:
    """Return the page that *query* asks for, the newest first. Raises `BadRequest`."""
    if unknown := query.keys() - KEYS:
        raise BadRequest(f"The trash cannot be found by '{min(unknown)}'.")
    limit, found = read_limit(query), trash_for(actor).in_order()
    if owner := query.get("owner"):
        check_text(owner)
        found = found.filter(owner=owner)
    if "marker" in query:
        found = found.beyond(_marker(str(query["marker"]), actor))
    page = list(found[:limit])
    asked = query.urlencode()
    links = {"first": first_address(asked, path=PATH)}
    return TrashPage(page, links | next_page(asked, page, limit=limit, path=PATH))


def show_trashed(trashed: Trashed) -> dict[str, Any]:
    """Return what is told of one image in the trash."""
    image = trashed.image
    return {name: getattr(image, name) for name in FIELDS} | {
        "id": str(image.pk),
        "status": IN_TRASH,
        "was": trashed.status,
        "deleted_by": trashed.user,
        "deleted_at": stamp(trashed.trashed_at),
        "kept_until": stamp(trashed.ends_at),
    }


def _marker(text: str, actor: Actor) -> Trashed:
    try:
        return find_in_trash(text, actor=actor)
    except NotVisible:
        raise BadRequest("marker is not the id of an image in the trash.") from None
