"""Acts of many threads at once on one project: the limit holds at every instant."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from images.actors import Actor
from images.errors import OverQuota
from images.lifecycle.changes import Change, Op
from images.lifecycle.data import receiving
from images.lifecycle.images import create_image, delete_image, update_image
from images.models import Image
from quotas import ledger
from quotas.account import Lot, Origin
from quotas.limits import drop_limit, set_limit
from quotas.models import Limit, Part, Resource, Usage
from quotas.parts import set_part_limit
from quotas.reconciliation import differences
from tests.conftest import OTHER, PROJECT, MakeImage
from tests.threads import THREADS, at_once, needs_server

pytestmark = [pytest.mark.django_db(transaction=True), needs_server]


def refused(results: list[Any]) -> int:
    return sum(isinstance(result, OverQuota) for result in results)


def bill() -> tuple[int, int, int]:
    usage = Usage.objects.get(project=PROJECT)
    return usage.images, usage.used, usage.reserved


def test_parallel_creations_stop_at_the_limit(owner: Actor) -> None:
    set_limit(PROJECT, Resource.IMAGE_COUNT_TOTAL, 3)

    results = at_once(lambda _: create_image({}, actor=owner))

    assert (refused(results), Image.objects.count(), bill()) == (5, 3, (3, 0, 0))


@transaction.atomic
def declare(lot: Lot) -> int | None:
    """Begin an upload that says how many bytes it brings."""
    return ledger.reserve(PROJECT, lot, is_declared=True)


def test_parallel_reservations_stop_at_the_limit() -> None:
    set_limit(PROJECT, Resource.IMAGE_SIZE_TOTAL, 35)

    results = at_once(lambda _: declare(Lot(10)))

    assert (refused(results), bill()) == (5, (0, 0, 30))


@pytest.mark.parametrize(("size", "least"), [(10, 3), (None, 0)])
def test_parallel_uploads_never_pass_the_limit(
    make_image: MakeImage, owner: Actor, settings: Any, size: int | None, least: int
) -> None:
    settings.QUOTA_OVERDRAFT, settings.QUOTA_SLICE = 0, 1
    images = [make_image() for _ in range(THREADS)]
    set_limit(PROJECT, Resource.IMAGE_SIZE_TOTAL, 35)

    def upload(number: int) -> None:
        with receiving(images[number], actor=owner, size=size) as session:
            session.fill([b"12345", b"67890"])

    results = at_once(upload)

    active = Image.objects.filter(status="active").count()
    assert (refused(results), bill()) == (THREADS - active, (THREADS, active * 10, 0))
    assert least <= active <= 3
    assert Image.objects.filter(status="queued").count() == THREADS - active


def test_one_of_parallel_uploads_of_an_image_wins(make_image: MakeImage, owner: Actor) -> None:
    image = make_image()

    def upload(number: int) -> str:
        with receiving(image, actor=owner) as session:
            return session.fill([f"content {number}".encode()]).checksum

    winners = [result for result in at_once(upload) if isinstance(result, str)]

    assert winners == [Image.objects.get(pk=image.pk).checksum]
    assert bill() == (1, 9, 0)


def test_image_deleted_by_many_is_off_the_bill_once(make_active: MakeImage, owner: Actor) -> None:
    make_active(b"123")
    image = make_active(b"12345")

    results = at_once(lambda _: delete_image(image, actor=owner))

    assert (results.count(None), bill()) == (1, (1, 3, 0))


def test_parallel_uploads_stop_at_so_many_at_once() -> None:
    set_limit(PROJECT, Resource.IMAGE_COUNT_UPLOADING, 3)

    results = at_once(lambda _: declare(Lot(10)))

    assert (refused(results), Usage.objects.get().uploads) == (5, 3)


def test_parallel_reservations_stop_at_the_limit_of_a_part() -> None:
    set_part_limit(PROJECT, Origin(store="s"), 35)

    results = at_once(lambda number: declare(Lot(10, Origin("s", str(number)))))

    assert (refused(results), Part.objects.get().reserved) == (5, 30)


def test_limit_of_a_part_that_comes_among_uploads_counts_them_all(
    make_image: MakeImage, owner: Actor
) -> None:
    images = [make_image() for _ in range(THREADS)]

    def act(number: int) -> None:
        if number == 0:
            set_part_limit(PROJECT, Origin(store="memory"), 1000)
        with receiving(images[number], actor=owner, size=5) as session:
            session.fill([b"12345"])

    results = at_once(act)

    assert (results, list(differences())) == ([None] * THREADS, [])
    assert Part.objects.get().used == 5 * THREADS


def test_images_that_go_both_ways_at_once_never_wait_for_each_other(
    make_active: MakeImage, admin: Actor
) -> None:
    rows = [PROJECT, OTHER] * (THREADS // 2)
    images = [make_active(b"12345", owner=row, actor=admin) for row in rows]
    both = {PROJECT: OTHER, OTHER: PROJECT}

    def give_away(number: int) -> None:
        owner = rows[number]
        for _ in range(10):
            owner = both[owner]
            update_image(images[number], [Change(Op.SET, "owner", owner)], actor=admin)

    results = at_once(give_away)

    assert (results, list(differences())) == ([None] * THREADS, [])
    assert bill() == (THREADS // 2, 5 * THREADS // 2, 0)


def test_limits_that_change_among_acts_never_wait_for_them(owner: Actor) -> None:
    create_image({}, actor=owner)

    def act(number: int) -> None:
        for value in range(10):
            if number % 2:
                create_image({}, actor=owner)
            else:
                set_limit(PROJECT, Resource.IMAGE_COUNT_TOTAL, 1000 + value)
                for limit in Limit.objects.all():
                    drop_limit(limit)

    results = at_once(act)

    assert (results, bill()) == ([None] * THREADS, (1 + 10 * THREADS // 2, 0, 0))
