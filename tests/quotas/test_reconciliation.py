from __future__ import annotations

from typing import Any

import pytest

from images.actors import Actor
from images.lifecycle.data import receiving
from images.lifecycle.images import delete_image
from images.lifecycle.reading import mark_lost
from images.models import Image
from quotas.account import Origin
from quotas.models import Part, Usage
from quotas.parts import set_part_limit
from quotas.reconciliation import Difference, differences
from tests.conftest import OTHER, PROJECT, MakeImage, actor

pytestmark = pytest.mark.django_db


def test_ledger_is_equal_after_every_kind_of_act(
    make_image: MakeImage, make_active: MakeImage, owner: Actor, admin: Actor
) -> None:
    make_image()
    make_image(owner=None, actor=admin)
    make_active(b"12345", owner=OTHER, actor=admin)
    delete_image(make_active(b"123"), actor=owner)
    with receiving(make_image(), actor=owner, size=7):
        assert list(differences()) == []

    assert list(differences()) == []


@pytest.mark.parametrize(
    ("number", "ledger", "rows"),
    [("images", 7, 2), ("used", 7, 10), ("reserved", 7, 0), ("uploads", 7, 0)],
)
def test_number_that_is_wrong_is_named(
    make_image: MakeImage, make_active: MakeImage, number: str, ledger: int, rows: int
) -> None:
    make_image()
    make_active(b"0123456789")
    Usage.objects.update(**{number: ledger})

    assert list(differences()) == [Difference(PROJECT, number, ledger, rows)]


@pytest.mark.parametrize(("number", "rows"), [("used", 10), ("reserved", 0)])
def test_number_of_a_part_that_is_wrong_is_named(
    make_active: MakeImage, owner: Actor, number: str, rows: int
) -> None:
    make_active(b"0123456789")
    make_active(b"0123456789", actor=actor(PROJECT, "member", user="ann"))
    set_part_limit(PROJECT, Origin(user=owner.user), -1)
    Part.objects.update(**{number: 7})

    assert list(differences()) == [Difference(PROJECT, f"{number} of user:{owner.user}", 7, rows)]


def test_bytes_of_nobody_are_compared_too(make_image: MakeImage, admin: Actor) -> None:
    make_image(owner=None, actor=admin)
    Image.objects.create(owner="")
    Usage.objects.update(images=3)

    [difference] = differences()

    assert str(difference) == "project (none): images is 3 in the ledger and 2 by the rows"


def test_owner_that_the_ledger_does_not_know_is_named(db: None) -> None:
    Image.objects.create(owner=OTHER)
    Image.objects.create(owner=OTHER)

    assert list(differences()) == [Difference(OTHER, "images", 0, 2)]


def test_lost_bytes_are_paid_by_nobody(make_active: MakeImage, owner: Actor) -> None:
    image = make_active(b"0123456789")

    mark_lost(image.locations.get())
    assert (Usage.objects.get().used, list(differences())) == (0, [])
    mark_lost(image.locations.get())
    delete_image(image, actor=owner)

    assert (Usage.objects.get().used, list(differences())) == (0, [])


def test_each_project_takes_one_statement(
    make_image: MakeImage, admin: Actor, django_assert_num_queries: Any
) -> None:
    for project in (PROJECT, OTHER, "3" * 32):
        make_image(owner=project, actor=admin)

    with django_assert_num_queries(1 + 3 + 1 + 1):
        list(differences())
