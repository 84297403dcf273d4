from __future__ import annotations

from datetime import date, timedelta

import pytest

from portal.quotas.gauges import Gauge
from portal.quotas.plot import AIR, HEIGHT, WIDTH, Plot, plot_of
from quotas.models import DailyUse, Resource

TODAY = date(2027, 1, 10)


def plot(*points: tuple[int, int], limit: int | None = None, soft: int | None = None) -> Plot:
    """Return the plot of *points*, each by how many days ago and how many bytes."""
    found = [
        DailyUse(day=TODAY - timedelta(days=ago), used=used, reserved=0, images=0, uploads=0)
        for ago, used in points
    ]
    return plot_of(found, Gauge(Resource.IMAGE_SIZE_TOTAL, points[-1][1], limit, soft))


def test_days_and_bytes_have_their_places() -> None:
    drawn = plot((89, 0), (45, 50), (0, 100))

    middle = (HEIGHT + AIR) // 2
    assert drawn.line == f"M 0,{HEIGHT} 440,{middle} {WIDTH},{AIR}"
    assert drawn.end == f"M {WIDTH},{AIR} h 0.01"
    assert drawn.first == TODAY - timedelta(days=89)
    assert (drawn.start.used, drawn.now.used, drawn.most.used) == (0, 100, 100)


def test_a_new_project_has_its_point_at_the_right() -> None:
    drawn = plot((0, 0))

    assert drawn.line == f"M {WIDTH},{HEIGHT}"
    assert drawn.top == 0


@pytest.mark.parametrize(
    ("limit", "soft", "top", "lines"),
    [
        (None, None, 100, (None, None)),
        (100, 80, 100, (AIR, HEIGHT - (HEIGHT - AIR) * 80 // 100)),
        (300, 240, 300, (AIR, HEIGHT - (HEIGHT - AIR) * 240 // 300)),
        (301, 240, 240, (None, AIR)),
        (1000, 800, 100, (None, None)),
        (50, 40, 100, (HEIGHT - (HEIGHT - AIR) // 2, HEIGHT - (HEIGHT - AIR) * 40 // 100)),
    ],
)
def test_lines_are_drawn_where_they_fit(
    limit: int | None, soft: int | None, top: int, lines: tuple[int | None, int | None]
) -> None:
    drawn = plot((3, 10), (0, 100), limit=limit, soft=soft)

    assert (drawn.top, (drawn.hard, drawn.soft)) == (top, lines)


def test_of_nothing_the_limit_is_in_the_plot() -> None:
    drawn = plot((0, 0), limit=10**12, soft=8 * 10**11)

    assert (drawn.top, drawn.hard) == (10**12, AIR)
