from __future__ import annotations

from typing import Any

import pytest

from images.actors import Actor
from images.errors import OverQuota
from images.lifecycle.images import create_image
from images.lifecycle.trash import purge_image, restore_image, trash_image
from images.models import Image, Location
from images.states import LocationStatus
from quotas.account import Origin
from quotas.models import Part, Resource, Usage
from quotas.parts import set_part_limit
from quotas.reconciliation import differences
from quotas.rows import InTrash, trash_of
from tests.conftest import OTHER, PROJECT, MakeImage

pytestmark = pytest.mark.django_db

COUNT, SIZE = Resource.IMAGE_COUNT_TOTAL, Resource.IMAGE_SIZE_TOTAL


def bill() -> tuple[int, int]:
    """Return how many images of how many bytes the project has."""
    row = Usage.objects.get(project=PROJECT)
    return row.images, row.used


def test_trash_counts_until_it_is_gone(make_active: MakeImage, owner: Actor) -> None:
    kept, gone = make_active(b"123"), make_active(b"12345")

    bills = []
    for act in (trash_image, restore_image, trash_image, purge_image):
        act(gone, actor=owner)
        bills.append((bill(), [*differences()]))

    assert bills == [((2, 8), [])] * 3 + [((1, 3), [])]
    assert Image.objects.get() == kept


def test_what_lies_there_is_known_by_project_and_part(
    make_image: MakeImage, make_active: MakeImage, owner: Actor, admin: Actor
) -> None:
    two_copies = make_active(b"12345")
    Location.objects.create(
        image=two_copies, store="other", key="k", size=5, status=LocationStatus.ACTIVE
    )
    for image in (two_copies, make_image(), make_active(b"1", owner=OTHER, actor=admin)):
        trash_image(image, actor=admin)
    make_active(b"not there")

    of_store = Part(project=PROJECT, store="other")
    of_user = Part(project=PROJECT, user=owner.user)

    assert trash_of(PROJECT) == InTrash(images=2, size=10)
    assert [trash_of(PROJECT, part=part).size for part in (of_store, of_user)] == [5, 5]
    assert trash_of("nobody") == InTrash()


def test_trash_of_nobody_is_that_of_the_empty_name(make_active: MakeImage, admin: Actor) -> None:
    image = make_active(b"123", owner=None, actor=admin)
    make_active(b"living", owner=None, actor=admin)

    trash_image(image, actor=admin)

    assert trash_of("") == InTrash(images=1, size=3)
    assert list(differences()) == []


def test_part_counts_the_trash_when_its_limit_is_set(make_active: MakeImage, owner: Actor) -> None:
    trash_image(make_active(b"12345"), actor=owner)

    part = set_part_limit(PROJECT, Origin(store="memory"), -1)

    assert (part.used, list(differences())) == (5, [])


@pytest.mark.parametrize(
    ("limit", "said"),
    [
        ({SIZE: 6}, "5 B needed, 1 B left; 5 B lie in its trash."),
        ({COUNT: 1}, "1 needed, 0 left; 1 lie in its trash."),
    ],
)
def test_refusal_names_what_lies_there(
    make_active: MakeImage, owner: Actor, settings: Any, limit: dict[str, int], said: str
) -> None:
    trash_image(make_active(b"12345"), actor=owner)
    settings.QUOTA_DEFAULTS = limit

    with pytest.raises(OverQuota) as refused:
        make_active(b"67890")

    assert said in str(refused.value)


def test_refusal_by_a_part_names_what_lies_there(make_active: MakeImage, owner: Actor) -> None:
    trash_image(make_active(b"12345"), actor=owner)
    set_part_limit(PROJECT, Origin(store="memory"), 6)

    with pytest.raises(OverQuota, match=r"of store:memory .* 5 B lie in its trash"):
        make_active(b"67890")


def test_restore_fits_always(make_active: MakeImage, owner: Actor, settings: Any) -> None:
    image = make_active(b"12345")
    trash_image(image, actor=owner)
    settings.QUOTA_DEFAULTS = {COUNT: 0, SIZE: 0}

    restore_image(image, actor=owner)

    assert bill() == (1, 5)
    with pytest.raises(OverQuota):
        create_image({}, actor=owner)
