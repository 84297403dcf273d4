from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db import IntegrityError

from images.errors import OverQuota
from quotas import ledger
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
def attempt() -> uuid.UUID:
    return uuid.uuid4()


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
    ledger.forget_image(P, 0)

    ledger.count_image(P)

    assert bill() == (1, 0, 0)


def test_bill_never_falls_below_nothing() -> None:
    with pytest.raises(IntegrityError, match="usage_positive"):
        ledger.forget_image(P, 0)


# --- declared sizes ---


def test_declared_size_is_held_at_once(attempt: uuid.UUID) -> None:
    limit_size(100)

    assert ledger.reserve(P, attempt, 100) is None

    assert (bill(), held()) == ((0, 0, 100), [100])


def test_declared_size_beyond_what_is_left_is_refused(attempt: uuid.UUID) -> None:
    limit_size(100)
    ledger.reserve(P, uuid.uuid4(), 60)

    with pytest.raises(OverQuota, match="image_size_total=100") as refusal:
        ledger.reserve(P, attempt, 41)

    assert (refusal.value.limit, refusal.value.needed, refusal.value.left) == (100, 41, 40)
    assert (bill(), held()) == ((0, 0, 60), [60])


def test_settled_bytes_are_used_and_no_longer_held(attempt: uuid.UUID) -> None:
    ledger.reserve(P, attempt, 30)

    ledger.settle(P, attempt, 30)

    assert (bill(), held()) == ((0, 30, 0), [])


def test_attempt_that_holds_nothing_is_settled_within_the_limit(attempt: uuid.UUID) -> None:
    limit_size(10)
    ledger.settle(P, attempt, 10)

    with pytest.raises(OverQuota):
        ledger.settle(P, uuid.uuid4(), 1)


def test_released_bytes_are_free_and_a_second_time_changes_nothing(attempt: uuid.UUID) -> None:
    ledger.reserve(P, uuid.uuid4(), 7)
    ledger.reserve(P, attempt, 30)

    ledger.release(P, attempt)
    ledger.release(P, attempt)

    assert (bill(), held()) == ((0, 0, 7), [7])


# --- unknown sizes ---


def test_unknown_size_holds_nothing_at_first_and_asks_from_the_first_byte(
    attempt: uuid.UUID,
) -> None:
    limit_size(100)

    assert ledger.reserve(P, attempt, None) == 0

    assert (bill(), held()) == ((0, 0, 0), [0])


def test_unknown_size_without_a_limit_never_asks(attempt: uuid.UUID) -> None:
    assert ledger.reserve(P, attempt, None) is None
    assert ledger.grow(P, attempt, 1 << 40) is None

    ledger.settle(P, attempt, 1 << 40)

    assert bill() == (0, 1 << 40, 0)


def test_unknown_size_is_admitted_at_the_limit_and_not_above_it(attempt: uuid.UUID) -> None:
    limit_size(100)
    ledger.settle(P, uuid.uuid4(), 100)

    assert ledger.reserve(P, attempt, None) == 0

    limit_size(99)
    with pytest.raises(OverQuota):
        ledger.reserve(P, uuid.uuid4(), None)


def test_growth_is_held_in_slices(attempt: uuid.UUID) -> None:
    limit_size(100)
    ledger.reserve(P, attempt, None)

    assert ledger.grow(P, attempt, 1) == 11
    assert (bill(), held()) == ((0, 0, 11), [11])
    assert ledger.grow(P, attempt, 12) == 22
    assert (bill(), held()) == ((0, 0, 22), [22])


def test_growth_ends_at_the_limit_and_then_at_the_overdraft(attempt: uuid.UUID) -> None:
    limit_size(100)
    ledger.reserve(P, attempt, None)

    assert ledger.grow(P, attempt, 95) == 100
    assert ledger.grow(P, attempt, 101) == 105
    with pytest.raises(OverQuota, match="100") as refusal:
        ledger.grow(P, attempt, 106)

    assert (refusal.value.needed, refusal.value.left) == (106, 100)
    ledger.settle(P, attempt, 105)
    assert bill() == (0, 105, 0)


def test_overdraft_is_held_once_by_all_uploads(attempt: uuid.UUID) -> None:
    limit_size(100)
    other = uuid.uuid4()
    ledger.reserve(P, attempt, None)
    ledger.reserve(P, other, None)
    ledger.grow(P, attempt, 100)

    assert ledger.grow(P, other, 1) == 5
    with pytest.raises(OverQuota):
        ledger.grow(P, attempt, 101)

    assert bill() == (0, 0, 105)


def test_strict_limit_has_no_overdraft(attempt: uuid.UUID, settings: Any) -> None:
    settings.QUOTA_OVERDRAFT = 0
    limit_size(100)
    ledger.reserve(P, attempt, None)

    assert ledger.grow(P, attempt, 99) == 100
    with pytest.raises(OverQuota):
        ledger.grow(P, attempt, 101)


def test_what_is_held_beyond_the_true_size_is_free_again(attempt: uuid.UUID) -> None:
    limit_size(100)
    ledger.reserve(P, attempt, None)
    ledger.grow(P, attempt, 3)

    ledger.settle(P, attempt, 4)

    assert (bill(), held()) == ((0, 4, 0), [])


# --- moving ---


def test_moved_image_is_off_one_bill_and_on_another(attempt: uuid.UUID) -> None:
    ledger.count_image(P)
    ledger.settle(P, attempt, 30)

    ledger.move_image(P, Q, size=30, attempts=[])

    assert (bill(P), bill(Q)) == ((0, 0, 0), (1, 30, 0))


def test_moved_image_takes_what_its_upload_holds_along(attempt: uuid.UUID) -> None:
    ledger.count_image(P)
    ledger.reserve(P, uuid.uuid4(), 7)
    ledger.reserve(P, attempt, 30)

    ledger.move_image(P, Q, size=0, attempts=[attempt])
    ledger.settle(Q, attempt, 30)

    assert (bill(P), bill(Q), held()) == ((0, 0, 7), (1, 30, 0), [7])


@pytest.mark.parametrize("limit", [limit_count, limit_size])
def test_moved_image_must_find_room(limit: Any, attempt: uuid.UUID) -> None:
    ledger.count_image(P)
    ledger.settle(P, attempt, 30)
    limit(0, Q)

    with pytest.raises(OverQuota):
        ledger.move_image(P, Q, size=30, attempts=[])

    assert bill(P) == (1, 30, 0)


def test_image_that_moves_nowhere_stays_on_the_bill(attempt: uuid.UUID) -> None:
    ledger.count_image(P)

    ledger.move_image(P, P, size=0, attempts=[])

    assert bill(P) == (1, 0, 0)
