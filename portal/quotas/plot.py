"""The plot of a project's bytes: a line of daily points, in a box where today is at the right."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from quotas.history import DAYS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from portal.quotas.gauges import Gauge
    from quotas.models import DailyUse

WIDTH, HEIGHT = 890, 240
"""The box, in units of the drawing: ten for each day."""

AIR = 16
"""Units that stay free above what is highest."""

TALLEST = 3
"""How many times higher than every point a line may lie, and still be in the plot."""


@dataclass(frozen=True, slots=True)
class Plot:
    """What is drawn: *line*, *area* and *end* are paths; *soft* and *hard* heights, if they fit.

    *top* is the amount at the upper edge.
    """

    first: date
    points: Sequence[DailyUse]
    top: int
    line: str
    area: str
    end: str
    soft: int | None
    hard: int | None

    @property
    def start(self) -> DailyUse:
        """The oldest point."""
        return self.points[0]

    @property
    def now(self) -> DailyUse:
        """Today's."""
        return self.points[-1]

    @property
    def most(self) -> DailyUse:
        """The highest one."""
        return max(self.points, key=lambda point: point.taken)

    @property
    def newest_first(self) -> list[DailyUse]:
        """The rows of the table."""
        return list(reversed(self.points))


def plot_of(points: Sequence[DailyUse], gauge: Gauge) -> Plot:
    """Return the plot of *points*, the oldest first, beside the lines of *gauge*."""
    highest = max(point.taken for point in points)
    lines = [line for line in (gauge.soft, gauge.limit) if line is not None]
    fitting = [line for line in lines if line <= TALLEST * highest or not highest]
    top = max(highest, *fitting, 0)
    first = points[-1].day - timedelta(days=DAYS - 1)
    places = [(_across((point.day - first).days), _down(point.taken, top)) for point in points]
    path = " ".join(f"{x},{y}" for x, y in places)
    left, right = places[0][0], places[-1][0]
    return Plot(
        first=first,
        points=points,
        top=top,
        line=f"M {path}",
        area=f"M {left},{HEIGHT} L {path} L {right},{HEIGHT} Z",
        end=f"M {right},{places[-1][1]} h 0.01",
        soft=_down(gauge.soft, top) if gauge.soft in fitting else None,
        hard=_down(gauge.limit, top) if gauge.limit in fitting else None,
    )


def _across(days: int) -> int:
    return days * WIDTH // (DAYS - 1)


def _down(amount: int | None, top: int) -> int:
    """Return how far from the upper edge *amount* lies."""
    return HEIGHT - (amount or 0) * (HEIGHT - AIR) // max(1, top)
