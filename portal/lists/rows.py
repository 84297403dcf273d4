"""The rows of the image list: an image, what may be done to it, and how far its data have come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import OuterRef, Subquery, Sum

from images.lifecycle.trash import goes_to_trash
from images.models import Location, Upload
from images.models.upload import FINAL
from images.permissions import is_allowed
from images.states import Status
from portal.lists.menus import Menus

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from images.actors import Actor
    from images.models import Image
    from portal.lists.menus import Choice

MOVING = frozenset({Status.SAVING, Status.UPLOADING, Status.IMPORTING})
ACTS = ("download", "upload", "share", "modify", "delete")


@dataclass(frozen=True, slots=True)
class Arrival:
    """Data that are coming in: *size* is what their sender declared, in bytes, or None.

    *confirmed* are the bytes that the store has, where they come by a resumable upload.
    """

    size: int | None
    confirmed: int | None
    since: datetime

    @property
    def percent(self) -> int | None:
        """How far they have come; never all of it, since they are checked at the end."""
        if self.confirmed is None or not self.size:
            return None
        return min(100 * self.confirmed // self.size, 99)


@dataclass(frozen=True, slots=True)
class Row:
    """One image of the list: what *may* be done to it is on its *menu*, *owner* is a name."""

    image: Image
    owner: str
    may: frozenset[str]
    menu: list[Choice]
    arrival: Arrival | None

    @property
    def is_moving(self) -> bool:
        """Are its data coming in?"""
        return self.image.status in MOVING


def rows_of(images: list[Image], actor: Actor, names: Mapping[str, str]) -> list[Row]:
    """Return a row for each of *images*, with one query if data of some are coming in.

    *names* are those of the projects that own them, by id; who has none there is shown by the id.
    """
    arrivals, menus = arrivals_of(image for image in images if image.status in MOVING), Menus()
    rows = []
    for image in images:
        owner, may = image.owner or "", _acts(image, actor)
        menu = menus.of(image.pk, may)
        rows.append(Row(image, names.get(owner, owner), may, menu, arrivals.get(image.pk)))
    return rows


def arrivals_of(images: Iterable[Image]) -> dict[object, Arrival]:
    """Return what comes in for *images*, by their ids."""
    wanted = [image.pk for image in images]
    if not wanted:
        return {}
    pieces = Upload.objects.filter(attempt=OuterRef("pk")).exclude(concat__startswith=FINAL)
    confirmed = pieces.values("attempt").annotate(sum=Sum("offset")).values("sum")
    attempts = Location.objects.writing().filter(image__in=wanted)
    found = attempts.annotate(confirmed=Subquery(confirmed))
    rows = found.values_list("image", "size", "confirmed", "created_at")
    return {image: Arrival(size, come, since) for image, size, come, since in rows}


def _acts(image: Image, actor: Actor) -> frozenset[str]:
    """Return what *actor* may do to *image* by its role, which the list knows without a query.

    What was granted or shared stands on the image's own page; the act itself asks again.
    """
    if image.owner != actor.project and not actor.is_admin:
        return frozenset()
    plain = actor.without_grants()
    allowed = {act for act in ACTS if is_allowed(plain, act, image)}
    if image.size is None:
        allowed.discard("download")
    if image.status != Status.QUEUED:
        allowed.discard("upload")
    if "delete" in allowed and goes_to_trash(image):
        allowed.add("trash")
    return frozenset(allowed)
