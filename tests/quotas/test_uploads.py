"""Uploads and imports under way: how many a project may have at once."""

from __future__ import annotations

import pytest

from images.actors import Actor
from images.errors import ImageError, OverQuota
from images.lifecycle.changes import Change, Op
from images.lifecycle.data import receiving
from images.lifecycle.images import delete_image, update_image
from images.models import Image
from quotas import ledger
from quotas.account import Lot
from quotas.limits import set_limit
from quotas.models import Resource, Usage
from tests.conftest import OTHER, PROJECT, MakeImage

pytestmark = pytest.mark.django_db

UPLOADING = Resource.IMAGE_COUNT_UPLOADING


def under_way(project: str = PROJECT) -> int:
    return Usage.objects.get(project=project).uploads


def test_upload_counts_from_its_start_to_its_end(make_image: MakeImage, owner: Actor) -> None:
    with receiving(make_image(), actor=owner) as session:
        assert under_way() == 1
        session.fill([b"12345"])

    assert under_way() == 0


def test_upload_that_breaks_counts_no_longer(make_image: MakeImage, owner: Actor) -> None:
    with receiving(make_image(), actor=owner, size=5):
        assert under_way() == 1

    assert under_way() == 0


def test_one_upload_too_many_is_refused_with_the_numbers(
    make_image: MakeImage, owner: Actor
) -> None:
    set_limit(PROJECT, UPLOADING, 1)
    first, second = make_image(), make_image()

    with receiving(first, actor=owner, size=5) as session:
        with pytest.raises(
            OverQuota, match="image_count_uploading=1 would be passed: 1 needed, 0 left"
        ) as no:
            receiving(second, actor=owner).__enter__()
        session.fill([b"12345"])

    assert (no.value.limit, no.value.needed, no.value.left) == (1, 1, 0)
    assert Image.objects.get(pk=second.pk).status == "queued"
    with receiving(second, actor=owner) as session:
        session.fill([b"12345"])


def test_deleted_image_ends_its_upload(make_image: MakeImage, owner: Actor) -> None:
    image = make_image()

    with pytest.raises(ImageError), receiving(image, actor=owner, size=5) as session:
        delete_image(image, actor=owner)
        assert under_way() == 0
        session.fill([b"12345"])

    assert under_way() == 0


def test_image_takes_its_upload_along_to_a_new_owner_if_there_is_room(
    make_image: MakeImage, owner: Actor, admin: Actor
) -> None:
    image, change = make_image(), [Change(Op.SET, "owner", OTHER)]
    set_limit(OTHER, UPLOADING, 0)

    with receiving(image, actor=owner, size=5) as session:
        with pytest.raises(OverQuota, match="image_count_uploading"):
            update_image(image, change, actor=admin)
        set_limit(OTHER, UPLOADING, 1)
        update_image(image, change, actor=admin)
        assert (under_way(), under_way(OTHER)) == (0, 1)
        session.fill([b"12345"])

    assert (under_way(), under_way(OTHER)) == (0, 0)


def test_image_without_an_upload_moves_to_who_has_too_many(
    make_image: MakeImage, admin: Actor
) -> None:
    image, theirs = make_image(), make_image(owner=OTHER, actor=admin)

    with receiving(theirs, actor=admin):
        set_limit(OTHER, UPLOADING, 0)
        update_image(image, [Change(Op.SET, "owner", OTHER)], actor=admin)

    assert Usage.objects.get(project=OTHER).images == 2


def test_upload_of_the_release_before_ends_uncounted() -> None:
    ledger.reserve("p", Lot(5), is_declared=True)
    Usage.objects.update(uploads=0)

    ledger.settle("p", Lot(5), 5)

    assert under_way("p") == 0
