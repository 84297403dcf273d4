"""One page of the image list: what is asked in its address, and which images answer it."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q
from django.http import QueryDict

from images.api.body import check_text
from images.api.filters import filtered
from images.api.pagination import find_marker, read_order
from images.models import Location
from images.models.sorting import border_of
from portal.lists.keyset import PAGE, Page
from portal.names import project_id

if TYPE_CHECKING:
    from images.actors import Actor
    from images.models import Image
    from images.models.listed import Listed
    from images.models.sorting import Order

FILTERS = ("status", "disk_format", "visibility", "store", "owner")
TAG = "tag"
SEARCH = "q"
KEPT = (SEARCH, *FILTERS, TAG, "sort")
"""What of an address makes a list, whichever of its pages; in the order in which it is written."""
OPPOSITE = {"asc": "desc", "desc": "asc"}


class Listing:
    """The images of one page, read by keyset: *after* or *before* the id of a marker.

    *asked* is all of the address that makes the list, in one spelling; *owner* is the id of the
    project whose images are asked for, by its name or its id. Filters, order and markers are those
    of the Image API. Raises `BadRequest`.
    """

    def __init__(self, query: QueryDict, actor: Actor) -> None:
        self.asked = plain(query)
        check_text(dict(self.asked.lists()))
        self.search = str(self.asked.get(SEARCH, ""))
        self.active = {name: str(self.asked[name]) for name in FILTERS if name in self.asked}
        self.tags = [str(tag) for tag in self.asked.getlist(TAG)]
        self.owner = project_id(self.active["owner"]) if "owner" in self.active else ""
        self._order = _order(query)
        self.key, self.direction = self._order[0]
        self.is_narrowed = bool(self.search or self.active or self.tags)
        marker = _marker(actor, query.get("before") or query.get("after"))
        self.page = self._page(self._found(actor), marker, backwards="before" in query)
        self.images = self.page.rows

    def _found(self, actor: Actor) -> Listed:
        asked = QueryDict(mutable=True)
        asked.update({name: value for name, value in self.active.items() if name != "store"})
        asked.setlist(TAG, self.tags)
        if self.owner:
            asked["owner"] = self.owner
        found = _searched(filtered(asked, actor), self.search)
        return found.filter(_in_store(self.active["store"])) if "store" in self.active else found

    def _page(self, found: Listed, marker: Image | None, *, backwards: bool) -> Page[Image]:
        order = _reversed(self._order) if backwards else self._order
        border = border_of(marker, order) if marker else None
        images = found.page(order, limit=PAGE + 1, after=border)
        parts = None if images is None else images.with_parts(are_many=True)
        return Page(parts, has_marker=marker is not None, backwards=backwards)

    @property
    def address(self) -> str:
        """What stands in the address of the list's first page after the question mark."""
        return self.asked.urlencode()


def plain(query: QueryDict) -> QueryDict:
    """Return what of *query* makes a list: nothing empty, nothing twice, in one order."""
    kept = QueryDict(mutable=True)
    for name in KEPT:
        values = [text for value in query.getlist(name) if (text := str(value).strip())]
        if values:
            kept.setlist(name, [*dict.fromkeys(values)] if name == TAG else values[-1:])
    return kept


def without(query: QueryDict, name: str, value: str) -> QueryDict:
    """Return *query* without that *value* of *name*."""
    rest = query.copy()
    rest.setlist(name, [one for one in rest.getlist(name) if one != value])
    return plain(rest)


def _order(query: QueryDict) -> Order:
    return read_order(_only("sort", query.get("sort")))


def _reversed(order: Order) -> Order:
    return [(key, OPPOSITE[direction]) for key, direction in order]


def _marker(actor: Actor, pk: str | None) -> Image | None:
    return find_marker(_only("marker", pk), actor)


def _only(name: str, value: str | None) -> QueryDict:
    asked = QueryDict(mutable=True)
    asked.update({name: str(value)} if value else {})
    return asked


def _in_store(name: str) -> Q:
    """Return the condition that the store *name* holds the data."""
    return Q(Exists(Location.objects.active().filter(image=OuterRef("pk"), store=name)))


def _searched(images: Listed, text: str) -> Listed:
    """Narrow to those whose name holds *text*, or whose id or checksum it is."""
    if not text:
        return images
    found = Q(name__icontains=text) | Q(checksum=text.lower()) | Q(os_hash_value=text.lower())
    try:
        return images.filter(found | Q(pk=uuid.UUID(text)))
    except ValueError:
        return images.filter(found)
