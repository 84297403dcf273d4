"""How much of its limits a project uses, as pages show it, and when it is full."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils import formats
from django.utils.translation import gettext as _

from portal.quotas.gauges import gauge_of
from quotas.forecast import Outlook, bytes_taken, forecast, images_taken
from quotas.history import points_of, use_of
from quotas.limits import line_of
from quotas.models import Resource
from quotas.rows import trash_of
from quotas.usage import staged_bytes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portal.quotas.gauges import Gauge
    from quotas.forecast import Forecast
    from quotas.models import DailyUse, Usage

PACES = {Resource.IMAGE_SIZE_TOTAL: bytes_taken, Resource.IMAGE_COUNT_TOTAL: images_taken}
"""What daily points tell of the use of a resource; of others nobody can tell when it is full."""


@dataclass(frozen=True, slots=True)
class Room:
    """What a page tells of a project's use: a gauge for each resource, the points of its plot."""

    gauges: dict[str, Gauge] = field(default_factory=dict)
    points: Sequence[DailyUse] = ()

    @property
    def bytes(self) -> Gauge:
        """Return the gauge of all bytes."""
        return self.gauges[Resource.IMAGE_SIZE_TOTAL]

    @property
    def left(self) -> int | None:
        """How many bytes may still come; None for any, or if that is not told."""
        return self.bytes.left if self.gauges else None

    @property
    def near(self) -> list[Gauge]:
        """Return those that are full, or above a soft line: of uploads that is soon over."""
        return [
            gauge
            for gauge in self.gauges.values()
            if gauge.is_full or (gauge.is_near and gauge.resource in PACES)
        ]

    @property
    def free(self) -> list[Gauge]:
        """Return the others that have a limit."""
        limited = [gauge for gauge in self.gauges.values() if gauge.limit is not None]
        return [gauge for gauge in limited if gauge not in self.near]

    @property
    def is_empty(self) -> bool:
        """Has the project nothing yet?"""
        return not any(gauge.taken for gauge in self.gauges.values())


def usage_of(project: str) -> Room:
    """Return what *project* uses, with its plot."""
    usage = use_of(project)
    points = points_of(usage)
    return Room(gauges_of(usage, points), points)


def room_of(project: str) -> Room:
    """Return what *project* uses now."""
    return Room(gauges_of(use_of(project)))


def gauges_of(usage: Usage, points: Sequence[DailyUse] = ()) -> dict[str, Gauge]:
    """Return the gauges of *usage* by resource; with *points* they tell when it is full."""
    trash = trash_of(usage.project)
    size = {"used": usage.used, "reserved": usage.reserved, "in_trash": trash.size}
    return {
        Resource.IMAGE_SIZE_TOTAL.value: _gauge(usage, Resource.IMAGE_SIZE_TOTAL, points, **size),
        Resource.IMAGE_COUNT_TOTAL.value: _gauge(
            usage, Resource.IMAGE_COUNT_TOTAL, points, used=usage.images, in_trash=trash.images
        ),
        Resource.IMAGE_COUNT_UPLOADING.value: _gauge(
            usage, Resource.IMAGE_COUNT_UPLOADING, used=usage.uploads
        ),
        Resource.IMAGE_STAGE_TOTAL.value: _gauge(
            usage, Resource.IMAGE_STAGE_TOTAL, used=staged_bytes(usage.project)
        ),
    }


def _gauge(
    usage: Usage, resource: Resource, points: Sequence[DailyUse] = (), **taken: int
) -> Gauge:
    line = line_of(usage.project, resource)
    outlook = outlook_words(forecast(points, line.hard, PACES[resource])) if points else ""
    return gauge_of(resource, line, outlook=outlook, **taken)


def outlook_words(found: Forecast) -> str:
    """Return what *found* says, as a sentence; nothing where there is no limit, or no room."""
    match found.outlook:
        case Outlook.DATED:
            day = formats.date_format(found.day, "DATE_FORMAT") if found.day else ""
            return _("Full on about %(day)s, at the last 14 days’ pace.") % {"day": day}
        case Outlook.STEADY:
            return _("At the last 14 days’ pace it does not fill up.")
        case Outlook.FAR:
            return _("At the last 14 days’ pace it is not full within two years.")
        case Outlook.UNKNOWN:
            return _("When it is full cannot be told yet: that takes a few days’ points.")
    return ""
