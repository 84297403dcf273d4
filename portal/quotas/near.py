"""Projects and how near they are to their limits, as the operator's list shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from portal.names import project_names
from portal.quotas.gauges import gauge_of
from portal.quotas.usage import PACES, outlook_words
from quotas.forecast import PACE_DAYS, forecast
from quotas.history import points_of_all
from quotas.limits import Line, usual_soft
from quotas.near import TAKEN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portal.quotas.gauges import Gauge
    from quotas.models import DailyUse, Resource


@dataclass(frozen=True, slots=True)
class Near:
    """One project with a gauge for each limit that it can come near to."""

    project: str
    name: str
    gauges: list[Gauge]


def shown_near(usages: Sequence[Any]) -> list[Near]:
    """Return *usages*, rows of `quotas.near.by_share`; names and points take a query each."""
    names = project_names(usage.project for usage in usages)
    points = points_of_all(usages, days=PACE_DAYS + 1)
    return [
        Near(
            usage.project,
            names.get(usage.project, ""),
            [_gauge(usage, resource, points[usage.project]) for resource in TAKEN],
        )
        for usage in usages
    ]


def _gauge(usage: Any, resource: Resource, points: list[DailyUse]) -> Gauge:
    hard, soft = getattr(usage, f"{resource}_hard"), getattr(usage, f"{resource}_soft")
    outlook = outlook_words(forecast(points, hard, PACES[resource]))
    taken = getattr(usage, f"{resource}_taken")
    line = Line(hard, usual_soft(hard) if soft is None else soft)
    return gauge_of(resource, line, used=taken, outlook=outlook)
