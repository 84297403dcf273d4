from __future__ import annotations

from typing import Any

import pytest

from images.actors import Actor
from images.errors import (
    DataLost,
    Forbidden,
    NotVisible,
)
from images.lifecycle.data import receiving
from images.lifecycle.reading import open_data
from images.models import Image, Location
from quotas.models import Usage
from stores.registry import get_store
from tests.conftest import PROJECT, MakeImage, actor
from tests.images.kept import since_made

pytestmark = pytest.mark.django_db

BYTES = b"some bytes"


def content(image: Image, by: Actor) -> bytes:
    reader = open_data(image, actor=by)
    assert reader is not None
    with reader:
        return b"".join(reader.chunks(0, reader.size))


def test_data_come_out_as_they_went_in(make_active: MakeImage, owner: Actor) -> None:
    assert content(make_active(BYTES), owner) == BYTES


@pytest.mark.parametrize("status", ["queued", "saving", "uploading", "importing"])
def test_image_without_data_opens_nothing(make_image: MakeImage, owner: Actor, status: str) -> None:
    image = make_image()
    Image.objects.update(status=status)

    assert open_data(image, actor=owner) is None


def test_attempt_is_not_opened(make_image: MakeImage, owner: Actor) -> None:
    image = make_image()

    with receiving(image, actor=owner) as session:
        session.write(BYTES)
        assert open_data(image, actor=owner) is None


def test_deactivated_data_open_for_administrators_only(
    make_active: MakeImage, owner: Actor, admin: Actor
) -> None:
    image = make_active(BYTES)
    Image.objects.update(status="deactivated")
    image.refresh_from_db()

    with pytest.raises(Forbidden):
        open_data(image, actor=owner)
    assert content(image, admin) == BYTES


@pytest.mark.parametrize(
    ("asking", "refusal"),
    [(actor(PROJECT, "reader"), Forbidden), (actor("9" * 32, "member"), NotVisible)],
)
def test_open_data_is_refused(
    make_active: MakeImage, asking: Actor, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        open_data(make_active(), actor=asking)


def test_lost_object_is_remembered_and_another_is_opened(
    make_active: MakeImage, owner: Actor, settings: Any
) -> None:
    settings.IMAGE_STORES = dict.fromkeys(("memory", "older"), settings.IMAGE_STORES["memory"])
    image = make_active(BYTES)
    older = Location(store="older", key=str(image.pk), size=10, status="active")
    image.locations.add(older, bulk=False)
    image.locations.filter(store="older").update(created_at="2000-01-01T00:00:00Z")

    assert content(image, owner) == BYTES

    assert [row.status for row in image.locations.order_by("created_at")] == ["lost", "active"]
    assert since_made(image)[-2:] == ["image.lost", "image.download"]


def test_data_in_no_store_are_lost(make_active: MakeImage, owner: Actor) -> None:
    image = make_active(BYTES)
    get_store().delete(str(image.pk))

    with pytest.raises(DataLost):
        open_data(image, actor=owner)


def test_truncated_object_is_lost(make_active: MakeImage, owner: Actor) -> None:
    image = make_active(BYTES)
    image.locations.update(size=11)
    Usage.objects.update(used=11)

    with pytest.raises(DataLost):
        open_data(image, actor=owner)

    assert [row.status for row in image.locations.all()] == ["lost"]
