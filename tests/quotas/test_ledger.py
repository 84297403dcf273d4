from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError

from images.errors import OverQuota
from quotas import ledger
from quotas.account import Lot, Weight
from quotas.limits import set_limit
from quotas.models import Resource, Usage

pytestmark = pytest.mark.django_db

P, Q = "p", "q"


@pytest.fixture(autouse=True)
def round_numbers(settings: Any) -> None:
    """Let slices and the overdraft be small."""
    settings.QUOTA_SLICE = 10
    settings.QUOTA_OVERDRAFT = 5


NOTHING = Lot(0)


def declare(size: int) -> int | None:
    """Begin an upload that says how many bytes it brings."""
    return ledger.reserve(P, Lot(size), is_declared=True)


def begin() -> int | None:
    """Begin an upload of unknown size."""
    return ledger.reserve(P, NOTHING, is_declared=False)


def grow(held: int, size: int) -> int | None:
    """Let it, which holds *held* bytes, come to *size*."""
    return ledger.grow(P, Lot(held), size)


def limit_size(value: int, project: str = P) -> None:
    set_limit(project, Resource.IMAGE_SIZE_TOTAL, value)


def limit_count(value: int, project: str = P) -> None:
    set_limit(project, Resource.IMAGE_COUNT_TOTAL, value)


def bill(project: str = P) -> tuple[int, int, int]:
    """Return what *project* has: images, bytes used, bytes reserved."""
    usage = Usage.objects.get(project=project)
    return usage.images, usage.used, usage.reserved


# --- images ---


def test_images_are_counted_up_to_the_limit() -> None:
    limit_count(2)
    ledger.count_image(P)
    ledger.count_image(P)

    with pytest.raises(OverQuota, match="image_count_total=2") as refusal:
        ledger.count_image(P)

    assert (refusal.value.limit, refusal.value.needed, refusal.value.left) == (2, 1, 0)
    assert bill() == (2, 0, 0)


def test_limit_of_nothing_refuses_the_first() -> None:
    limit_count(0)

    with pytest.raises(OverQuota):
        ledger.count_image(P)


def test_without_a_limit_there_is_none() -> None:
    for _ in range(3):
        ledger.count_image(P)

    assert bill() == (3, 0, 0)


def test_forgotten_image_leaves_room() -> None:
    limit_count(1)
    ledger.count_image(P)
    ledger.forget_image(P, [])

    ledger.count_image(P)

    assert bill() == (1, 0, 0)


def test_bill_never_falls_below_nothing() -> None:
    with pytest.raises(IntegrityError, match="usage_positive"):
        ledger.forget_image(P, [])


# --- declared sizes ---


def test_declared_size_is_held_at_once_and_never_asks() -> None:
    limit_size(100)

    assert declare(100) is None

    assert bill() == (0, 0, 100)


def test_declared_size_beyond_what_is_left_is_refused() -> None:
    limit_size(100)
    declare(60)

    with pytest.raises(OverQuota, match="image_size_total=100") as refusal:
        declare(41)

    assert (refusal.value.limit, refusal.value.needed, refusal.value.left) == (100, 41, 40)
    assert bill() == (0, 0, 60)


def test_settled_bytes_are_used_and_no_longer_held() -> None:
    declare(30)

    ledger.settle(P, Lot(30), 30)

    assert bill() == (0, 30, 0)


@pytest.mark.parametrize("held", [0, 10])
def test_more_than_is_held_is_settled_within_the_limit(held: int) -> None:
    limit_size(20)
    ledger.reserve(P, Lot(held), is_declared=bool(held))
    ledger.settle(P, Lot(held), 11)
    Usage.objects.update(reserved=held)

    with pytest.raises(OverQuota):
        ledger.settle(P, Lot(held), 11 if held else 10)


def test_released_bytes_are_free() -> None:
    declare(7)
    declare(30)

    ledger.release(P, Lot(30))

    assert bill() == (0, 0, 7)


def test_bytes_that_lie_there_already_need_room_and_are_used_at_once() -> None:
    limit_size(10)
    ledger.take(P, Lot(10))

    with pytest.raises(OverQuota, match="1 B needed, 0 B left"):
        ledger.take(P, Lot(1))

    assert bill() == (0, 10, 0)


# --- unknown sizes ---


def test_unknown_size_holds_nothing_at_first_and_asks_from_the_first_byte() -> None:
    limit_size(100)

    assert begin() == 0

    assert bill() == (0, 0, 0)


def test_unknown_size_without_a_limit_never_asks() -> None:
    assert begin() is None
    assert grow(0, 1 << 40) is None

    ledger.settle(P, NOTHING, 1 << 40)

    assert bill() == (0, 1 << 40, 0)


def test_unknown_size_is_admitted_at_the_limit_and_not_above_it() -> None:
    limit_size(100)
    ledger.take(P, Lot(100))

    assert begin() == 0

    limit_size(99)
    with pytest.raises(OverQuota):
        begin()


def test_growth_is_held_in_slices() -> None:
    limit_size(100)
    begin()

    assert grow(0, 1) == 11
    assert bill() == (0, 0, 11)
    assert grow(11, 12) == 22
    assert bill() == (0, 0, 22)


def test_growth_ends_at_the_limit_and_then_at_the_overdraft() -> None:
    limit_size(100)
    begin()

    assert grow(0, 95) == 100
    assert grow(100, 101) == 105
    with pytest.raises(OverQuota, match="100") as refusal:
        grow(105, 106)

    assert (refusal.value.needed, refusal.value.left) == (106, 100)
    ledger.settle(P, Lot(105), 105)
    assert bill() == (0, 105, 0)


def test_overdraft_is_held_once_by_all_uploads() -> None:
    limit_size(100)
    begin()
    begin()
    grow(0, 100)

    assert grow(0, 1) == 5
    with pytest.raises(OverQuota):
        grow(100, 101)

    assert bill() == (0, 0, 105)


def test_strict_limit_has_no_overdraft(settings: Any) -> None:
    settings.QUOTA_OVERDRAFT = 0
    limit_size(100)
    begin()

    assert grow(0, 99) == 100
    with pytest.raises(OverQuota):
        grow(100, 101)


def test_what_is_held_beyond_the_true_size_is_free_again() -> None:
    limit_size(100)
    begin()
    grow(0, 3)

    ledger.settle(P, Lot(13), 4)

    assert bill() == (0, 4, 0)


# --- moving ---


def test_moved_image_is_off_one_bill_and_on_another() -> None:
    ledger.count_image(P)
    ledger.take(P, Lot(30))

    ledger.move_image(P, Q, Weight([Lot(30)]))

    assert (bill(P), bill(Q)) == ((0, 0, 0), (1, 30, 0))


def test_moved_image_takes_what_its_upload_holds_along() -> None:
    limit_size(100)
    ledger.count_image(P)
    declare(7)
    declare(30)
    begin()
    grow(0, 10)

    ledger.move_image(P, Q, Weight(held=[Lot(30), Lot(20)]))
    assert (bill(P), bill(Q)) == ((0, 0, 7), (1, 0, 50))
    ledger.settle(Q, Lot(30), 30)
    ledger.settle(Q, Lot(20), 11)

    assert bill(Q) == (1, 41, 0)


@pytest.mark.parametrize("limit", [limit_count, limit_size])
def test_moved_image_must_find_room(limit: Any) -> None:
    ledger.count_image(P)
    ledger.take(P, Lot(30))
    limit(0, Q)

    with pytest.raises(OverQuota):
        ledger.move_image(P, Q, Weight([Lot(30)]))

    assert bill(P) == (1, 30, 0)


def test_image_that_moves_nowhere_stays_on_the_bill() -> None:
    ledger.count_image(P)

    ledger.move_image(P, P, Weight())

    assert bill(P) == (1, 0, 0)
