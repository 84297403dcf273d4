from __future__ import annotations

from datetime import date, timedelta

import pytest

from quotas.forecast import Forecast, Outlook, forecast, images_taken
from quotas.limits import UNLIMITED
from quotas.models import DailyUse

TODAY = date(2027, 1, 10)


def point(days_ago: int, used: int, *, reserved: int = 0, images: int = 0) -> DailyUse:
    """Return a point that no database keeps."""
    day = TODAY - timedelta(days=days_ago)
    return DailyUse(day=day, used=used, reserved=reserved, images=images, uploads=0)


def growing(days: int, pace: int, start: int = 0) -> list[DailyUse]:
    """Return a point a day, each *pace* more than the one before."""
    return [point(days - 1 - number, start + number * pace) for number in range(days)]


@pytest.mark.parametrize(
    ("points", "limit", "outlook"),
    [
        (growing(15, 10), UNLIMITED, Outlook.UNLIMITED),
        (growing(15, 10), 140, Outlook.FULL),
        (growing(15, 10), 100, Outlook.FULL),
        (growing(1, 10), 100, Outlook.UNKNOWN),
        (growing(3, 10), 100, Outlook.UNKNOWN),
        ([point(40, 0), point(0, 9)], 100, Outlook.UNKNOWN),
        (growing(15, 0, start=9), 100, Outlook.STEADY),
        (growing(15, -1, start=90), 100, Outlook.STEADY),
        (growing(15, 1), 1000, Outlook.FAR),
        ([point(0, 0)], 0, Outlook.FULL),
    ],
)
def test_outlook(points: list[DailyUse], limit: int, outlook: Outlook) -> None:
    assert forecast(points, limit) == Forecast(outlook)


@pytest.mark.parametrize(
    ("points", "limit", "days"),
    [
        (growing(15, 10), 150, 1),
        (growing(15, 10), 155, 2),
        (growing(15, 10), 240, 10),
        (growing(4, 10), 100, 7),
        ([point(10, 0), point(0, 100)], 150, 5),
        ([point(90, 10**9), point(14, 0), point(0, 14)], 20, 6),
        ([point(4, 0, reserved=8), point(0, 6, reserved=10)], 20, 2),
        (growing(15, 1), 14 + 730, 730),
    ],
)
def test_day(points: list[DailyUse], limit: int, days: int) -> None:
    expected = Forecast(Outlook.DATED, TODAY + timedelta(days=days))

    assert forecast(points, limit) == expected


def test_one_leap_is_spread_over_the_days() -> None:
    points = [*growing(14, 0)[:-1], point(0, 130)]

    assert forecast(points, 200) == Forecast(Outlook.DATED, TODAY + timedelta(days=19))


def test_images_have_a_pace_of_their_own() -> None:
    points = [point(4, 0, images=2), point(0, 0, images=6)]

    assert forecast(points, 8, images_taken).day == TODAY + timedelta(days=2)
