"""Soft lines: who passes one is told once, and again only after it was kept."""

from __future__ import annotations

from typing import Any

import pytest

from images.actors import Actor
from images.lifecycle.images import delete_image
from images.models import Event
from quotas import ledger
from quotas.account import Lot, Weight
from quotas.limits import UNLIMITED, drop_limit, set_limit
from quotas.models import Limit, Resource, Usage
from tests.conftest import PROJECT, MakeImage

pytestmark = pytest.mark.django_db

SIZE, COUNT = Resource.IMAGE_SIZE_TOTAL, Resource.IMAGE_COUNT_TOTAL


def told() -> list[tuple[str, int]]:
    """Return of what was told, and how much was there."""
    events = Event.objects.filter(kind="quota.soft_line").order_by("pk")
    return [(event.payload["resource"], event.payload["used"]) for event in events]


def test_line_is_told_when_it_is_passed_and_not_again() -> None:
    set_limit("p", SIZE, 10)

    ledger.take("p", Lot(8))
    assert told() == []
    ledger.take("p", Lot(1))
    ledger.take("p", Lot(1))

    assert told() == [(SIZE, 9)]
    assert Event.objects.get(kind="quota.soft_line").payload == {
        "id": "p",
        "resource": "image_size_total",
        "used": 9,
        "soft": 8,
        "limit": 10,
    }


def test_event_is_the_projects() -> None:
    set_limit("p", COUNT, 1)
    ledger.count_image("p")

    event = Event.objects.get(kind="quota.soft_line")
    assert (event.project, event.subject, event.image_id) == ("p", "p", None)


def test_line_below_which_it_came_is_told_again() -> None:
    set_limit("p", COUNT, 5)
    for _ in range(5):
        ledger.count_image("p")

    ledger.forget_image("p", [])
    ledger.count_image("p")

    assert told() == [(COUNT, 5), (COUNT, 5)]


def test_line_above_which_it_stays_is_not_told_again() -> None:
    set_limit("p", SIZE, 10)
    ledger.take("p", Lot(10))

    ledger.forget_bytes("p", [Lot(1)])
    ledger.take("p", Lot(1))

    assert told() == [(SIZE, 10)]


def test_what_is_only_held_is_not_told() -> None:
    set_limit("p", SIZE, 10)

    ledger.reserve("p", Lot(10), is_declared=True)
    assert told() == []
    ledger.settle("p", Lot(10), 10)

    assert told() == [(SIZE, 10)]


def test_line_is_the_limits_own() -> None:
    set_limit("p", SIZE, 10, soft=3)

    ledger.take("p", Lot(3))
    assert told() == []
    ledger.take("p", Lot(1))

    assert told() == [(SIZE, 4)]


def test_line_of_the_default_is_told_too(settings: Any) -> None:
    settings.QUOTA_DEFAULTS = {SIZE: 10}
    settings.QUOTA_SOFT_PERCENT = 50

    ledger.take("p", Lot(6))

    assert told() == [(SIZE, 6)]


def test_line_of_a_great_limit_does_not_overflow() -> None:
    set_limit("p", SIZE, 2**63 - 1)
    Usage.objects.create(project="p", used=7378697629483820645)

    ledger.take("p", Lot(1))

    assert told() == [(SIZE, 7378697629483820646)]


def test_lowered_limit_is_told_by_the_next_act() -> None:
    ledger.take("p", Lot(5))
    set_limit("p", SIZE, 6)
    assert told() == []

    ledger.take("p", Lot(1))

    assert told() == [(SIZE, 6)]


def test_raised_limit_lets_its_line_be_told() -> None:
    set_limit("p", SIZE, 10)
    ledger.take("p", Lot(9))

    set_limit("p", SIZE, 20)
    assert not Usage.objects.get().warned_size
    ledger.take("p", Lot(8))

    assert told() == [(SIZE, 9), (SIZE, 17)]


def test_limit_that_is_dropped_or_none_has_no_line() -> None:
    set_limit("p", SIZE, 10)
    ledger.take("p", Lot(9))
    set_limit("p", COUNT, UNLIMITED)

    drop_limit(Limit.objects.get(resource=SIZE))
    ledger.take("p", Lot(100))
    ledger.count_image("p")

    assert told() == [(SIZE, 9)]
    assert not Usage.objects.get().warned_size


def test_moved_image_is_told_to_its_new_owner() -> None:
    for project in "pq":
        set_limit(project, SIZE, 10)
    ledger.count_image("p")
    ledger.take("p", Lot(9))

    ledger.move_image("p", "q", Weight([Lot(9)]))

    projects = Event.objects.filter(kind="quota.soft_line").order_by("pk")
    assert [event.project for event in projects] == ["p", "q"]
    warned = Usage.objects.order_by("project").values_list("warned_size", flat=True)
    assert [*warned] == [False, True]


def test_uploads_and_deletions_pass_the_line(make_active: MakeImage, owner: Actor) -> None:
    set_limit(PROJECT, SIZE, 10)

    image = make_active(b"123456789")
    assert told() == [(SIZE, 9)]
    delete_image(image, actor=owner)
    make_active(b"123456789")

    assert told() == [(SIZE, 9), (SIZE, 9)]
