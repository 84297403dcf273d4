"""Limits of one store, and of one user, within a project."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError

from images.actors import Actor
from images.errors import OverQuota
from images.lifecycle.changes import Change, Op
from images.lifecycle.data import receiving
from images.lifecycle.images import delete_image, update_image
from images.lifecycle.reading import mark_lost
from images.models import Event
from quotas import ledger
from quotas.account import Lot, Origin
from quotas.limits import set_limit
from quotas.models import Part, Resource, Usage
from quotas.parts import drop_part_limit, set_part_limit
from quotas.reconciliation import differences
from tests.conftest import OTHER, PROJECT, MakeImage, actor

pytestmark = pytest.mark.django_db

FAST, SLOW = Origin(store="fast", user="ann"), Origin(store="slow", user="ben")
IN_FAST, BY_BEN = Origin(store="fast"), Origin(user="ben")


@pytest.fixture
def parts(db: None) -> None:
    """Limit one of the stores to 10 bytes, and one of the users to 20."""
    set_part_limit("p", IN_FAST, 10)
    set_part_limit("p", BY_BEN, 20)


def declare(lot: Lot) -> int | None:
    """Begin an upload that says how many bytes it brings."""
    return ledger.reserve("p", lot, is_declared=True)


def of_parts() -> list[tuple[str, int, int]]:
    """Return what parts have: bytes used, bytes reserved."""
    return [(part.name, part.used, part.reserved) for part in Part.objects.order_by("store")]


@pytest.mark.usefixtures("parts")
def test_bytes_count_where_they_lie_and_for_who_put_them_there() -> None:
    upload = Lot(3, SLOW)
    ledger.take("p", Lot(5, Origin("fast", "ben")))
    declare(upload)
    assert of_parts() == [("user:ben", 5, 3), ("store:fast", 5, 0)]

    ledger.settle("p", upload, 3)
    ledger.forget_bytes("p", [Lot(5, Origin("fast", "ben"))])

    assert of_parts() == [("user:ben", 3, 0), ("store:fast", 0, 0)]
    assert Usage.objects.get().used == 3


@pytest.mark.usefixtures("parts")
@pytest.mark.parametrize(
    ("size", "origin", "part"), [(11, FAST, "store:fast"), (21, SLOW, "user:ben")]
)
def test_part_that_is_full_refuses_by_name(size: int, origin: Origin, part: str) -> None:
    with pytest.raises(OverQuota, match=f"of {part} would be passed") as refusal:
        declare(Lot(size, origin))

    facts = refusal.value
    assert (facts.part, facts.limit, facts.needed, facts.left) == (part, size - 1, size, size - 1)
    assert declare(Lot(1000, Origin("slow", "ann"))) is None


@pytest.mark.usefixtures("parts")
def test_unknown_size_keeps_to_the_limit_of_a_part_without_an_overdraft(settings: Any) -> None:
    settings.QUOTA_SLICE, settings.QUOTA_OVERDRAFT = 4, 100

    assert ledger.reserve("p", Lot(0, FAST), is_declared=False) == 0
    assert ledger.grow("p", Lot(0, FAST), 3) == 7
    assert ledger.grow("p", Lot(7, FAST), 8) == 10
    with pytest.raises(OverQuota, match="store:fast"):
        ledger.grow("p", Lot(10, FAST), 11)

    assert of_parts() == [("user:ben", 0, 0), ("store:fast", 0, 10)]


@pytest.mark.usefixtures("parts")
def test_unknown_size_elsewhere_never_asks_again() -> None:
    upload = Lot(0, Origin("slow", "ann"))
    ledger.reserve("p", upload, is_declared=False)

    assert ledger.grow("p", upload, 1 << 40) is None


def test_limit_of_the_project_counts_too() -> None:
    set_part_limit("p", IN_FAST, 100)
    set_limit("p", Resource.IMAGE_SIZE_TOTAL, 10)

    with pytest.raises(OverQuota, match="image_size_total=10 would"):
        declare(Lot(11, FAST))


def test_new_limit_finds_what_is_there_and_under_way(
    make_active: MakeImage, make_image: MakeImage, owner: Actor
) -> None:
    make_active(b"12345")
    with receiving(make_image(), actor=owner, size=7) as session:
        set_part_limit(PROJECT, Origin(store="memory"), 12)
        set_part_limit(PROJECT, Origin(user=owner.user), 1)
        assert of_parts() == [(f"user:{owner.user}", 5, 7), ("store:memory", 5, 7)]
        session.fill([b"1234567"])

    assert of_parts() == [(f"user:{owner.user}", 12, 0), ("store:memory", 12, 0)]
    assert list(differences()) == []


def test_uploads_deletions_and_losses_change_parts(make_active: MakeImage, owner: Actor) -> None:
    set_part_limit(PROJECT, Origin(store="memory"), 100)
    set_part_limit(PROJECT, Origin(user="ann"), 100)
    ann = actor(PROJECT, "member", user="ann")
    kept, lost, gone = (make_active(b"x" * size, actor=ann) for size in (1, 10, 30))

    make_active(b"xx")
    mark_lost(lost.locations.get())
    delete_image(gone, actor=owner)

    assert of_parts() == [("user:ann", 1, 0), ("store:memory", 3, 0)]
    assert kept.locations.get().uploader == "ann"
    assert list(differences()) == []


def test_bytes_of_another_user_are_not_counted(make_active: MakeImage, owner: Actor) -> None:
    set_part_limit(PROJECT, Origin(user="ann"), 4)
    make_active(b"12345", actor=owner)

    with pytest.raises(OverQuota):
        make_active(b"12345", actor=actor(PROJECT, "member", user="ann"))


def test_image_that_is_given_away_is_counted_by_the_parts_of_its_new_owner(
    make_active: MakeImage, owner: Actor, admin: Actor
) -> None:
    image = make_active(b"12345")
    set_part_limit(PROJECT, Origin(user=owner.user), 10)
    taken = set_part_limit(OTHER, Origin(store="memory"), 4)
    change = Change(Op.SET, "owner", OTHER)

    with pytest.raises(OverQuota, match="store:memory"):
        update_image(image, [change], actor=admin)
    set_part_limit(OTHER, Origin(store="memory"), 5)
    update_image(image, [change], actor=admin)

    taken.refresh_from_db()
    assert (taken.used, list(differences())) == (5, [])


def test_dropped_limit_is_none_and_leaves_others() -> None:
    first, second = set_part_limit("p", IN_FAST, 1), set_part_limit("p", BY_BEN, 1)

    drop_part_limit(first)
    declare(Lot(5, FAST))
    assert Usage.objects.get().has_parts
    with pytest.raises(OverQuota):
        declare(Lot(5, SLOW))
    drop_part_limit(second)

    assert declare(Lot(5, SLOW)) is None
    assert not Usage.objects.get().has_parts


def test_limits_of_parts_leave_events() -> None:
    set_part_limit("p", IN_FAST, 1)
    drop_part_limit(set_part_limit("p", IN_FAST, 2))

    told = Event.objects.order_by("pk").values_list("kind", "subject", "before", "after")
    one, two = {"image_size_total.store:fast": 1}, {"image_size_total.store:fast": 2}
    assert [*told] == [
        ("quota.limit.set", "p", None, one),
        ("quota.limit.set", "p", one, two),
        ("quota.limit.drop", "p", two, None),
    ]


@pytest.mark.parametrize(
    ("part", "constraint"),
    [
        (Part(store="s", user="u", value=1), "part_of_store_or_user"),
        (Part(value=1), "part_of_store_or_user"),
        (Part(store="s", value=-2), "part_limit_or_none"),
        (Part(store="s", value=1, used=-1), "part_positive"),
    ],
)
def test_nonsense_is_kept_out_by_the_database(part: Part, constraint: str) -> None:
    with pytest.raises(IntegrityError, match=constraint):
        part.save()
