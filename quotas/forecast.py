"""On which day a project reaches its limit, if it goes on as in the last days."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from math import ceil

from quotas.limits import UNLIMITED
from quotas.models import DailyUse

PACE_DAYS = 14
"""How many days back the pace is read off."""

LEAST_DAYS = 3
"""Between the first of them and today: from less nobody can tell a pace."""

FARTHEST = 730
"""Days ahead; what is beyond them is not told by a day."""


class Outlook(StrEnum):
    """What can be said of when it is full."""

    UNLIMITED = "unlimited"
    FULL = "full"
    UNKNOWN = "unknown"
    STEADY = "steady"
    FAR = "far"
    DATED = "dated"


@dataclass(frozen=True, slots=True)
class Forecast:
    """What can be said, and the day if it is one."""

    outlook: Outlook
    day: date | None = None


def bytes_taken(point: DailyUse) -> int:
    """Return the bytes that count against the limit."""
    return point.taken


def images_taken(point: DailyUse) -> int:
    """Return the images that count against the limit."""
    return point.images


def forecast(
    points: Sequence[DailyUse], limit: int, taken: Callable[[DailyUse], int] = bytes_taken
) -> Forecast:
    """Return when *taken* of the last of *points*, which is today's, comes to *limit*.

    The pace is that of the straight line that lies nearest to the points of the last days.
    """
    now = points[-1]
    if limit == UNLIMITED:
        return Forecast(Outlook.UNLIMITED)
    if taken(now) >= limit:
        return Forecast(Outlook.FULL)
    recent = [point for point in points if (now.day - point.day).days <= PACE_DAYS]
    if (now.day - recent[0].day).days < LEAST_DAYS:
        return Forecast(Outlook.UNKNOWN)
    pace = _slope([((point.day - now.day).days, taken(point)) for point in recent])
    return _reached(now.day, room=limit - taken(now), pace=pace)


def _reached(day: date, *, room: int, pace: float) -> Forecast:
    """Return when *room* is gone at *pace* a day from *day* on."""
    if pace <= 0:
        return Forecast(Outlook.STEADY)
    if room > pace * FARTHEST:
        return Forecast(Outlook.FAR)
    return Forecast(Outlook.DATED, day + timedelta(days=ceil(room / pace)))


def _slope(pairs: Sequence[tuple[int, int]]) -> float:
    """Return the slope of the line of least squares through *pairs*."""
    middle = sum(x for x, _ in pairs) / len(pairs)
    mean = sum(y for _, y in pairs) / len(pairs)
    rise = sum((x - middle) * (y - mean) for x, y in pairs)
    return rise / sum((x - middle) ** 2 for x, _ in pairs)
