"""What projects had day by day: one point a project a day, kept for as long as a plot is."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, timedelta

from django.db.models import Exists, OuterRef
from django.utils import timezone

from quotas.models import DailyUse, Usage

DAYS = 90
"""How many days a plot shows, today with them."""

NUMBERS = ("used", "reserved", "images", "uploads")
BATCH = 1000  # points that one statement writes


def today() -> date:
    """Return the day of a point of now; days are those of UTC."""
    return timezone.now().date()


def keep_today() -> None:
    """Write today's point of each project whose use is not told by one yet.

    However often it runs in a day, and beside whom, a project has one point of that day, which
    says what the last round saw.
    """
    told = DailyUse.objects.filter(
        project=OuterRef("project"), day=today(), **{name: OuterRef(name) for name in NUMBERS}
    )
    untold = Usage.objects.filter(~Exists(told)).order_by("project")
    DailyUse.objects.bulk_create(
        [point_of(usage) for usage in untold],
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["project", "day"],
        update_fields=NUMBERS,
    )


def forget_old() -> None:
    """Delete the points of the days that no plot shows any more."""
    DailyUse.objects.filter(day__lte=today() - timedelta(days=DAYS)).delete()


def use_of(project: str) -> Usage:
    """Return what *project* has now, also if it never had anything."""
    return Usage.objects.filter(pk=project).first() or Usage(project=project)


def points_of(usage: Usage, *, days: int = DAYS) -> list[DailyUse]:
    """Return the points of the last *days* days, the oldest first; the last is today, as it is now.

    Days on which no reaper ran have none.
    """
    return points_of_all([usage], days=days)[usage.project]


def points_of_all(usages: Collection[Usage], *, days: int = DAYS) -> dict[str, list[DailyUse]]:
    """Return `points_of` each of *usages* by its project, in one query."""
    found: dict[str, list[DailyUse]] = {usage.project: [] for usage in usages}
    for point in _kept(found, days):
        found[point.project].append(point)
    for usage in usages:
        found[usage.project].append(point_of(usage))
    return found


def point_of(usage: Usage) -> DailyUse:
    """Return today's point of *usage*."""
    numbers = {name: getattr(usage, name) for name in NUMBERS}
    return DailyUse(project=usage.project, day=today(), **numbers)


def _kept(projects: Iterable[str], days: int) -> Iterable[DailyUse]:
    """Return the points of the days before today."""
    first = today() - timedelta(days=days - 1)
    return DailyUse.objects.filter(project__in=projects, day__gte=first, day__lt=today()).order_by(
        "day"
    )
