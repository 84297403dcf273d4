from __future__ import annotations

from typing import Any

import pytest
from django.db.models import Q

from quotas.elsewhere import Elsewhere
from quotas.models import Limit, Resource, Usage
from quotas.near import by_share, near
from tests.conftest import OTHER, PROJECT, THIRD

pytestmark = pytest.mark.django_db

SIZE, COUNT = Resource.IMAGE_SIZE_TOTAL, Resource.IMAGE_COUNT_TOTAL


@pytest.fixture(autouse=True)
def defaults(settings: Any) -> None:
    """Let a project have 1000 bytes and any number of images."""
    usual = {SIZE.value: 1000, COUNT.value: -1}
    settings.QUOTA_DEFAULTS = {**settings.QUOTA_DEFAULTS, **usual}
    settings.QUOTA_SOFT_PERCENT = 80


def limit(project: str, resource: Resource, value: int, soft: int | None = None) -> None:
    """Give *project* a limit of its own."""
    Limit.objects.create(project=project, resource=resource, value=value, soft=soft)


def test_the_fullest_comes_first_by_whatever_is_nearest() -> None:
    Usage.objects.create(project=PROJECT, used=500, reserved=100)
    Usage.objects.create(project=OTHER, used=1, images=9)
    limit(OTHER, COUNT, 10)
    Usage.objects.create(project=THIRD, used=700)

    found = [(one.project, round(one.share, 3)) for one in by_share()]

    assert found == [(OTHER, 0.9), (THIRD, 0.7), (PROJECT, 0.6)]


@pytest.mark.parametrize(
    ("used", "own", "is_near"),
    [
        (800, None, False),
        (801, None, True),
        (850, (2000, None), False),
        (101, (1000, 100), True),
        (100, (1000, 100), False),
        (900, (1000, 950), False),
        (10**9, (-1, None), False),
        (1, (0, None), True),
        (0, (0, None), False),
    ],
)
def test_near_is_above_the_soft_line(
    used: int, own: tuple[int, int | None] | None, *, is_near: bool
) -> None:
    Usage.objects.create(project=PROJECT, used=used)
    if own:
        limit(PROJECT, SIZE, *own)

    assert near(by_share()).exists() == is_near


def test_what_uses_nothing_that_is_limited_is_in_no_list() -> None:
    Usage.objects.create(project=PROJECT, used=0, images=5)

    assert list(by_share()) == []


def test_limits_are_as_large_as_a_column_holds() -> None:
    Usage.objects.create(project=PROJECT, used=2**62)
    limit(PROJECT, SIZE, 2**63 - 1)

    assert [round(one.share, 3) for one in by_share()] == [0.5]


def said_elsewhere() -> Elsewhere:
    """Say, as a Keystone does, what limits there are."""
    usual = {SIZE.value: 100, "of something else": 1}
    own = {OTHER: {SIZE.value: 200, COUNT.value: 10}, "quo'te\\": {SIZE.value: -1}}
    return Elsewhere(usual, own, Q(project__in=["", "ours"]))


@pytest.mark.parametrize(
    ("project", "own", "hard"),
    [
        (PROJECT, None, (100, -1)),
        (OTHER, None, (200, 10)),
        (OTHER, 300, (300, 10)),
        ("quo'te\\", None, (-1, -1)),
        ("ours", None, (1000, -1)),
        ("", None, (1000, -1)),
    ],
)
def test_limits_that_somebody_else_says_are_in_force(
    settings: Any, project: str, own: int | None, hard: tuple[int, int]
) -> None:
    settings.QUOTA_SOURCE_OF_ALL = f"{__name__}.said_elsewhere"
    Usage.objects.create(project=project, used=90, images=9)
    if own:
        limit(project, SIZE, own)

    shares = [part / limit for part, limit in zip((90, 9), hard, strict=True) if limit > 0]
    found = [(one.image_size_total_hard, one.image_count_total_hard) for one in by_share()]
    assert found == [hard] * bool(shares)
    assert near(by_share()).exists() == (max(shares, default=0) > 0.8)
