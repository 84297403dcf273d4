from __future__ import annotations

import uuid
from itertools import product

import pytest

from images.errors import WrongState
from images.models import Image
from images.states import MOVES, Status
from tests.conftest import MakeImage

ALLOWED = {
    "queued": {"saving", "uploading", "importing", "active", "deleted"},
    "saving": {"active", "queued", "deleted"},
    "uploading": {"importing", "queued", "deleted"},
    "importing": {"active", "queued", "deleted"},
    "active": {"deactivated", "deleted"},
    "deactivated": {"active", "deleted"},
    "deleted": {"queued", "active", "deactivated"},
}
PAIRS = list(product(Status, Status))


def in_status(status: Status) -> Image:
    """Return a new image in *status*, as its own acts would have left it."""
    deleted_at = "2026-01-01T00:00:00Z" if status == Status.DELETED else None
    formats = {"disk_format": "raw", "container_format": "bare", "size": 1}
    return Image.remembered.create(
        id=uuid.uuid4(), status=status, deleted_at=deleted_at, owner="p", **formats
    )


def test_moves_are_those_of_the_image_api() -> None:
    assert {source: set(targets) for source, targets in MOVES.items()} == ALLOWED


@pytest.mark.django_db
@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_claim_moves_only_as_the_table_says(source: Status, target: Status) -> None:
    image = in_status(source)
    deleted_at = {"deleted_at": image.created_at if target == Status.DELETED else None}

    if target in ALLOWED[source]:
        image.claim(source, to=target, **deleted_at)
        assert Image.remembered.get(pk=image.pk).status == target
    else:
        with pytest.raises(ValueError, match="may not become"):
            image.claim(source, to=target, **deleted_at)
        assert Image.remembered.get(pk=image.pk).status == source


def test_claim_takes_the_image_from_one_only(make_image: MakeImage) -> None:
    image = make_image()
    rival = Image.objects.get(pk=image.pk)
    image.claim(Status.QUEUED, to=Status.SAVING)

    with pytest.raises(WrongState, match="saving"):
        rival.claim(Status.QUEUED, to=Status.SAVING)

    assert rival.status == "queued"


def test_claim_sets_what_goes_with_the_state(make_image: MakeImage) -> None:
    image = make_image()
    before = image.updated_at

    image.claim(Status.QUEUED, to=Status.ACTIVE, size=5, checksum="c" * 32)

    kept = Image.objects.get(pk=image.pk)
    assert (kept.status, kept.size, kept.checksum) == ("active", 5, "c" * 32)
    assert (image.status, image.size, image.updated_at) == ("active", 5, kept.updated_at)
    assert kept.updated_at > before
