from __future__ import annotations

import uuid
from typing import Any

import pytest

from images.actors import Actor
from images.lifecycle.data import receiving
from images.lifecycle.removal import remove_object
from images.models import Image, Location
from stores.backends.memory import MemoryStore
from stores.registry import get_store
from tests.conftest import MakeImage
from tests.images.kept import objects_of

pytestmark = pytest.mark.django_db


def keys() -> list[str]:
    return list(get_store().keys())


def put(key: str, content: bytes) -> None:
    """Put a sealed object into the store."""
    writer = get_store().create(key, None)
    writer.write(content)
    writer.seal()


def attempt_of(image: Image, **fields: Any) -> Location:
    """Return the row of a dead attempt on *image* whose object is to go."""
    identity = uuid.uuid4()
    key = f"{image.pk}.{identity.hex}"
    given = {"id": identity, "image": image, "store": "memory", "key": key, "status": "deleting"}
    return Location.objects.create(**given | fields)


def test_object_and_row_go_together(make_active: MakeImage) -> None:
    image = make_active()
    image.locations.update(status="deleting")

    assert remove_object(image.locations.get()) is True

    assert (Location.objects.count(), str(image.pk) in keys()) == (0, False)


def test_object_that_is_gone_already_takes_its_row_along(make_image: MakeImage) -> None:
    assert remove_object(attempt_of(make_image())) is True

    assert Location.objects.count() == 0


def test_object_in_use_keeps_its_row(make_active: MakeImage) -> None:
    image, store = make_active(), get_store()
    assert isinstance(store, MemoryStore)
    store.pin(str(image.pk))
    image.locations.update(status="deleting")

    assert remove_object(image.locations.get()) is False

    assert (Location.objects.count(), str(image.pk) in keys()) == (1, True)


def test_object_of_a_store_that_is_gone_keeps_its_row(make_image: MakeImage) -> None:
    assert remove_object(attempt_of(make_image(), store="gone")) is False

    assert Location.objects.count() == 1


def test_name_that_a_failed_commit_left_is_taken_back(make_image: MakeImage) -> None:
    image = make_image()
    attempt = attempt_of(image)
    put(attempt.key, b"old")
    get_store().rename(attempt.key, str(image.pk))

    assert remove_object(attempt) is True

    assert objects_of(image) == []


def test_name_of_an_active_image_is_never_taken_back(make_active: MakeImage) -> None:
    image = make_active()

    assert remove_object(attempt_of(image)) is True

    assert str(image.pk) in keys()


def test_upload_puts_aside_what_a_failed_commit_left(make_image: MakeImage, owner: Actor) -> None:
    image = make_image()
    put(f"{image.pk}.{'0' * 32}", b"old")
    get_store().rename(f"{image.pk}.{'0' * 32}", str(image.pk))

    with receiving(image, actor=owner) as session:
        session.fill([b"new"])

    with get_store().open(str(image.pk)) as reader:
        assert b"".join(reader.chunks(0, reader.size)) == b"new"
    aside = image.locations.get(status="deleting")
    assert remove_object(aside) is True
    assert objects_of(image) == [str(image.pk)]
