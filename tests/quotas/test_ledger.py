from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db import IntegrityError

from images.errors import OverQuota
from quotas import ledger
from quotas.account import Hold, Lot, Weight
from quotas.limits import set_limit
from quotas.models import Reservation, Resource, Usage

pytestmark = pytest.mark.django_db

P, Q = "p", "q"


@pytest.fixture(autouse=True)
def round_numbers(settings: Any) -> None:
    """Let slices and the overdraft be small."""
    settings.QUOTA_SLICE = 10
    settings.QUOTA_OVERDRAFT = 5


@pytest.fixture
def hold() -> Hold:
    """Return an upload of unknown size."""
    return Hold(uuid.uuid4())


def declared(size: int) -> Hold:
    """Return an upload that says how many bytes it brings."""
    return Hold(uuid.uuid4(), size)


def limit_size(value: int, project: str = P) -> None:
    set_limit(project, Resource.IMAGE_SIZE_TOTAL, value)


def limit_count(value: int, project: str = P) -> None:
    set_limit(project, Resource.IMAGE_COUNT_TOTAL, value)


def bill(project: str = P) -> tuple[int, int, int]:
    """Return what *project* has: images, bytes used, bytes reserved."""
    usage = Usage.objects.get(project=project)
    return usage.images, usage.used, usage.reserved


def held() -> list[int]:
    return [reservation.size for reservation in Reservation.objects.order_by("size")]


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

    assert ledger.reserve(P, declared(100)) is None

    assert (bill(), held()) == ((0, 0, 100), [])


def test_declared_size_beyond_what_is_left_is_refused() -> None:
    limit_size(100)
    ledger.reserve(P, declared(60))

    with pytest.raises(OverQuota, match="image_size_total=100") as refusal:
        ledger.reserve(P, declared(41))

    assert (refusal.value.limit, refusal.value.needed, refusal.value.left) == (100, 41, 40)
    assert bill() == (0, 0, 60)


def test_settled_bytes_are_used_and_no_longer_held() -> None:
    upload = declared(30)
    ledger.reserve(P, upload)

    ledger.settle(P, upload, 30)

    assert bill() == (0, 30, 0)


@pytest.mark.parametrize("size", [None, 10])
def test_more_than_is_held_is_settled_within_the_limit(size: int | None) -> None:
    limit_size(20)
    first, second = (Hold(uuid.uuid4(), size) for _ in range(2))
    ledger.reserve(P, first)
    ledger.settle(P, first, 11)
    Usage.objects.update(reserved=size or 0)

    with pytest.raises(OverQuota):
        ledger.settle(P, second, 10 if size is None else 11)


def test_released_bytes_are_free() -> None:
    upload = declared(30)
    ledger.reserve(P, declared(7))
    ledger.reserve(P, upload)

    ledger.release(P, upload)

    assert bill() == (0, 0, 7)


def test_bytes_that_lie_there_already_need_room_and_are_used_at_once() -> None:
    limit_size(10)
    ledger.take(P, Lot(10))

    with pytest.raises(OverQuota, match="1 B needed, 0 B left"):
        ledger.take(P, Lot(1))

    assert bill() == (0, 10, 0)


# --- unknown sizes ---


def test_unknown_size_holds_nothing_at_first_and_asks_from_the_first_byte(
    hold: Hold,
) -> None:
    limit_size(100)

    assert ledger.reserve(P, hold) == 0

    assert (bill(), held()) == ((0, 0, 0), [0])


def test_unknown_size_without_a_limit_never_asks(hold: Hold) -> None:
    assert ledger.reserve(P, hold) is None
    assert ledger.grow(P, hold, 1 << 40) is None

    ledger.settle(P, hold, 1 << 40)

    assert bill() == (0, 1 << 40, 0)


def test_unknown_size_is_admitted_at_the_limit_and_not_above_it(hold: Hold) -> None:
    limit_size(100)
    ledger.take(P, Lot(100))

    assert ledger.reserve(P, hold) == 0

    limit_size(99)
    with pytest.raises(OverQuota):
        ledger.reserve(P, Hold(uuid.uuid4()))


def test_growth_is_held_in_slices(hold: Hold) -> None:
    limit_size(100)
    ledger.reserve(P, hold)

    assert ledger.grow(P, hold, 1) == 11
    assert (bill(), held()) == ((0, 0, 11), [11])
    assert ledger.grow(P, hold, 12) == 22
    assert (bill(), held()) == ((0, 0, 22), [22])


def test_growth_ends_at_the_limit_and_then_at_the_overdraft(hold: Hold) -> None:
    limit_size(100)
    ledger.reserve(P, hold)

    assert ledger.grow(P, hold, 95) == 100
    assert ledger.grow(P, hold, 101) == 105
    with pytest.raises(OverQuota, match="100") as refusal:
        ledger.grow(P, hold, 106)

    assert (refusal.value.needed, refusal.value.left) == (106, 100)
    ledger.settle(P, hold, 105)
    assert bill() == (0, 105, 0)


def test_overdraft_is_held_once_by_all_uploads(hold: Hold) -> None:
    limit_size(100)
    other = Hold(uuid.uuid4())
    ledger.reserve(P, hold)
    ledger.reserve(P, other)
    ledger.grow(P, hold, 100)

    assert ledger.grow(P, other, 1) == 5
    with pytest.raises(OverQuota):
        ledger.grow(P, hold, 101)

    assert bill() == (0, 0, 105)


def test_strict_limit_has_no_overdraft(hold: Hold, settings: Any) -> None:
    settings.QUOTA_OVERDRAFT = 0
    limit_size(100)
    ledger.reserve(P, hold)

    assert ledger.grow(P, hold, 99) == 100
    with pytest.raises(OverQuota):
        ledger.grow(P, hold, 101)


def test_what_is_held_beyond_the_true_size_is_free_again(hold: Hold) -> None:
    limit_size(100)
    ledger.reserve(P, hold)
    ledger.grow(P, hold, 3)

    ledger.settle(P, hold, 4)

    assert (bill(), held()) == ((0, 4, 0), [])


# --- moving ---


def test_moved_image_is_off_one_bill_and_on_another() -> None:
    ledger.count_image(P)
    ledger.take(P, Lot(30))

    ledger.move_image(P, Q, Weight([Lot(30)]))

    assert (bill(P), bill(Q)) == ((0, 0, 0), (1, 30, 0))


def test_moved_image_takes_what_its_upload_holds_along() -> None:
    limit_size(100)
    ledger.count_image(P)
    uploads = [declared(30), Hold(uuid.uuid4())]
    for upload in (declared(7), *uploads):
        ledger.reserve(P, upload)
    ledger.grow(P, uploads[1], 10)

    ledger.move_image(P, Q, Weight(holds=uploads))
    assert (bill(P), bill(Q), held()) == ((0, 0, 7), (1, 0, 50), [20])
    assert Reservation.objects.get().usage_id == Q
    for upload, size in zip(uploads, (30, 11), strict=True):
        ledger.settle(Q, upload, size)

    assert (bill(Q), held()) == ((1, 41, 0), [])


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
