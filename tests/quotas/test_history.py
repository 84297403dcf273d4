from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import call_command

from quotas.history import DAYS, forget_old, keep_today, points_of, points_of_all, today, use_of
from quotas.models import DailyUse, Usage
from tests.conftest import OTHER, PROJECT, THIRD

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db


def use(project: str, used: int = 10, **numbers: int) -> Usage:
    """Make the row of the ledger of *project*."""
    return Usage.objects.create(project=project, used=used, **numbers)


def point(days_ago: int, used: int = 1, project: str = PROJECT) -> DailyUse:
    """Make a point of a day that is over."""
    day = today() - timedelta(days=days_ago)
    return DailyUse.objects.create(
        project=project, day=day, used=used, reserved=0, images=1, uploads=0
    )


def test_a_day_has_one_point_that_says_what_was_last_seen() -> None:
    usage = use(PROJECT, 10, reserved=2, images=3, uploads=1)
    keep_today()
    keep_today()
    usage.used = 20
    usage.save()
    keep_today()

    kept = DailyUse.objects.get()
    assert (kept.project, kept.day) == (PROJECT, today())
    assert (kept.used, kept.reserved, kept.images, kept.uploads) == (20, 2, 3, 1)


def test_a_point_of_another_day_stays() -> None:
    use(PROJECT, 10)
    point(1, used=4)

    keep_today()

    found = DailyUse.objects.order_by("day").values_list("used", flat=True)
    assert list(found) == [4, 10]


@pytest.mark.parametrize("projects", [[PROJECT], [PROJECT, OTHER, THIRD]])
def test_keeping_takes_a_constant_number_of_queries(
    projects: list[str], django_assert_num_queries: Any
) -> None:
    for project in projects:
        use(project)

    with django_assert_num_queries(2):
        keep_today()

    with django_assert_num_queries(1):
        keep_today()


def test_the_reaper_keeps_points_and_forgets_what_no_plot_shows() -> None:
    use(PROJECT)
    point(DAYS)
    point(DAYS - 1)

    call_command("reap")

    days = DailyUse.objects.order_by("day").values_list("day", flat=True)
    assert list(days) == [today() - timedelta(days=DAYS - 1), today()]


def test_points_end_with_today_as_it_is_now() -> None:
    usage = use(PROJECT, 10)
    keep_today()
    point(2, used=5)
    point(DAYS)
    Usage.objects.update(used=11)
    usage.refresh_from_db()

    points = points_of(usage)

    assert [((today() - one.day).days, one.used) for one in points] == [(2, 5), (0, 11)]


def test_the_plot_of_a_new_project_begins_with_today() -> None:
    [only] = points_of(use_of("0" * 32))

    assert (only.day, only.taken, only.images) == (today(), 0, 0)


def test_points_of_many_are_one_query(django_assert_num_queries: Callable[..., Any]) -> None:
    usages = [use(project) for project in (PROJECT, OTHER)]
    point(3, used=7, project=OTHER)
    point(20, used=8, project=OTHER)

    with django_assert_num_queries(1):
        found = points_of_all(usages, days=15)

    told = {project: [one.used for one in points] for project, points in found.items()}
    assert told == {PROJECT: [10], OTHER: [7, 10]}


def test_forgetting_leaves_what_a_plot_shows() -> None:
    point(DAYS + 10)
    kept = point(DAYS - 1)

    forget_old()

    assert list(DailyUse.objects.all()) == [kept]
