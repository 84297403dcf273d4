"""One page of the image list: what is asked in its address, and which images answer it."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db.models import Q
from django.http import QueryDict

from images.api.body import check_text
from images.api.filters import filtered
from images.api.pagination import find_marker, read_order
from images.models.sorting import border_of

if TYPE_CHECKING:
    from images.actors import Actor
    from images.models import Image
    from images.models.listed import Listed
    from images.models.sorting import Order

PAGE = 50
FILTERS = ("status", "disk_format", "visibility", "tag")
OPPOSITE = {"asc": "desc", "desc": "asc"}


class Listing:
    """The images of one page, read by keyset: *after* or *before* the id of a marker.

    Filters, order and markers are those of the Image API. Raises `BadRequest`.
    """

    def __init__(self, query: QueryDict, actor: Actor) -> None:
        self.search = str(query.get("q", "")).strip()
        self.active = {name: str(query[name]) for name in FILTERS if query.get(name)}
        self._order = _order(query)
        self.key, self.direction = self._order[0]
        found = _searched(filtered(_asked(self.active), actor), self.search)
        self.is_narrowed = bool(self.search or self.active)
        marker = _marker(actor, query.get("before") or query.get("after"))
        self.images = self._page(found, marker, backwards="before" in query)

    def _page(self, found: Listed, marker: Image | None, *, backwards: bool) -> list[Image]:
        """Read one image more than a page shows, which tells whether there are others."""
        order = _reversed(self._order) if backwards else self._order
        border = border_of(marker, order) if marker else None
        page = found.page(order, limit=PAGE + 1, after=border)
        images = [] if page is None else list(page.with_parts())
        is_more, images = len(images) > PAGE, images[:PAGE]
        self.has_previous = is_more if backwards else marker is not None
        self.has_next = marker is not None if backwards else is_more
        return images[::-1] if backwards else images

    @property
    def first(self) -> str:
        """The id before which the previous page lies."""
        return str(self.images[0].pk)

    @property
    def last(self) -> str:
        """The id after which the next page lies."""
        return str(self.images[-1].pk)


def _asked(active: dict[str, str]) -> QueryDict:
    asked = QueryDict(mutable=True)
    asked.update(active)
    return asked


def _order(query: QueryDict) -> Order:
    return read_order(_asked({"sort": str(query["sort"])} if query.get("sort") else {}))


def _reversed(order: Order) -> Order:
    return [(key, OPPOSITE[direction]) for key, direction in order]


def _marker(actor: Actor, pk: str | None) -> Image | None:
    return find_marker(_asked({"marker": pk} if pk else {}), actor)


def _searched(images: Listed, text: str) -> Listed:
    """Narrow to those whose name holds *text*, or whose id or checksum it is."""
    if not text:
        return images
    check_text(text)
    found = Q(name__icontains=text) | Q(checksum=text.lower()) | Q(os_hash_value=text.lower())
    try:
        return images.filter(found | Q(pk=uuid.UUID(text)))
    except ValueError:
        return images.filter(found)
