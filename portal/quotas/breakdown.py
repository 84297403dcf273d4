"""What a project's bytes are: its biggest images, what lies in which format and store, whose."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Sum
from django.utils.translation import gettext as _

from images.models import Image, Location
from images.models.sorting import in_order
from images.states import LocationStatus, Status
from portal.names import user_names
from portal.quotas.gauges import Gauge, gauge_of
from quotas.limits import UNLIMITED, Line
from quotas.models import Part, Resource
from stores.registry import all_stores

if TYPE_CHECKING:
    from collections.abc import Iterable

    from images.actors import Actor

MOST = 10
"""How many of the biggest images are shown."""

BY_SIZE = [("size", "desc"), ("created_at", "desc"), ("id", "desc")]


@dataclass(frozen=True, slots=True)
class Big:
    """An image, and the bytes of all its copies."""

    image: Image
    counted: int


@dataclass(frozen=True, slots=True)
class Share:
    """What has one *name* in common: how many copies, of how many bytes in all."""

    name: str
    copies: int
    size: int


@dataclass(frozen=True, slots=True)
class Limited:
    """A store, or a person, with a limit of its own within the project's."""

    name: str
    gauge: Gauge


@dataclass(frozen=True, slots=True)
class Breakdown:
    """The biggest images; all copies in two ways, the most bytes first; limits of parts."""

    biggest: list[Big]
    formats: list[Share]
    stores: list[Share]
    limited: list[Limited]


def breakdown_of(project: str, actor: Actor) -> Breakdown:
    """Return what the bytes of *project* are; of images those that *actor* may see."""
    rows, trash = _copies_of(project), _trash_of(project)
    names = store_names()
    forms = [(form or "–", copies, size) for form, _store, copies, size in rows]
    stores = [(names.get(store, store), copies, size) for _form, store, copies, size in rows]
    return Breakdown(
        biggest=biggest_of(project, actor),
        formats=_shares([*forms, *trash]),
        stores=_shares([*stores, *trash]),
        limited=limited_of(project),
    )


def biggest_of(project: str, actor: Actor) -> list[Big]:
    """Return the images of *project* that have the most bytes, the biggest first.

    Those that lists hide are asked for apart: an index keeps each of both in order.
    """
    own = Image.objects.visible_to(actor).filter(owner=project, size__gt=0).with_parts()
    found = [
        image
        for is_hidden in (False, True)
        for image in own.filter(os_hidden=is_hidden).order_by(*in_order(BY_SIZE))[:MOST]
    ]
    found.sort(key=lambda image: image.size or 0, reverse=True)
    return [
        Big(image, sum(location.size or 0 for location in image.active_locations))
        for image in found[:MOST]
    ]


def limited_of(project: str) -> list[Limited]:
    """Return the limits of stores and of people within that of *project*."""
    parts = {
        part.store or part.user: part
        for part in Part.objects.filter(project=project).order_by("store", "user")
    }
    names = store_names() | user_names(part.user for part in parts.values())
    return [Limited(names.get(pk, pk), _gauge(part)) for pk, part in parts.items()]


def store_names() -> dict[str, str]:
    """Return what people call the stores, by their names in the settings."""
    return {name: store.description or name for name, store in all_stores().items()}


def _gauge(part: Part) -> Gauge:
    line = Line(part.value, UNLIMITED)
    resource = Resource.IMAGE_SIZE_TOTAL
    return gauge_of(resource, line, used=part.used, reserved=part.reserved)


def _copies_of(project: str) -> list[tuple[str | None, str, int, int]]:
    """Return format, store, number and bytes of all copies of the images of *project*."""
    copies = Location.objects.filter(status=LocationStatus.ACTIVE, image__owner=project)
    counted = copies.exclude(image__status=Status.DELETED).order_by()
    return list(
        counted.values_list("image__disk_format", "store").annotate(
            copies=Count("pk"), bytes=Sum("size", default=0)
        )
    )


def _trash_of(project: str) -> list[tuple[str, int, int]]:
    """Return one row of the copies of what *project* has in the trash, or none."""
    copies = Location.objects.filter(
        status=LocationStatus.ACTIVE, image__trashed__owner=project
    ).aggregate(copies=Count("pk"), bytes=Sum("size", default=0))
    return [(_("In the trash"), copies["copies"], copies["bytes"])] if copies["copies"] else []


def _shares(rows: Iterable[tuple[str, int, int]]) -> list[Share]:
    """Add up *rows* of name, copies and bytes by their names."""
    copies: Counter[str] = Counter()
    sizes: Counter[str] = Counter()
    for name, number, size in rows:
        copies[name] += number
        sizes[name] += size
    found = [Share(name, copies[name], size) for name, size in sizes.items()]
    return sorted(found, key=lambda share: (-share.size, share.name))
