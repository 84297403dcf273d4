from __future__ import annotations

import pytest

from portal.quotas.gauges import LENGTH, gauge_of
from quotas.limits import Line
from quotas.models import Resource

SIZE = Resource.IMAGE_SIZE_TOTAL


@pytest.mark.parametrize(
    ("used", "left", "over", "percent", "is_near", "is_full"),
    [
        (0, 100, 0, 0, False, False),
        (80, 20, 0, 80, False, False),
        (81, 19, 0, 81, True, False),
        (100, 0, 0, 100, True, True),
        (120, 0, 20, 120, True, True),
    ],
)
def test_numbers(
    used: int, left: int, over: int, percent: int, *, is_near: bool, is_full: bool
) -> None:
    gauge = gauge_of(SIZE, Line(100, 80), used=used)

    assert (gauge.left, gauge.over, gauge.percent) == (left, over, percent)
    assert (gauge.is_near, gauge.is_full) == (is_near, is_full)


def test_no_limit_is_never_near() -> None:
    gauge = gauge_of(SIZE, Line(-1, -1), used=10**15)

    assert (gauge.limit, gauge.soft, gauge.left, gauge.percent) == (None, None, None, None)
    assert (gauge.over, gauge.is_near, gauge.is_full) == (0, False, False)


def test_a_limit_of_nothing_is_full() -> None:
    gauge = gauge_of(SIZE, Line(0, 0), used=0)

    assert (gauge.left, gauge.percent, gauge.is_full, gauge.used_length) == (0, None, True, 0)


def test_bar_has_its_lines_in_it_also_when_there_is_more() -> None:
    within = gauge_of(SIZE, Line(100, 80), used=30, reserved=20)
    beyond = gauge_of(SIZE, Line(100, 80), used=200)

    assert (within.used_length, within.reserved_length) == (300, 200)
    assert (within.soft_at, within.limit_at) == (800, LENGTH)
    assert (beyond.used_length, beyond.soft_at, beyond.limit_at) == (LENGTH, 400, 500)
