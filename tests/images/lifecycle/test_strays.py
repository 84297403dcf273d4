from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from images.actors import Actor
from images.lifecycle.data import receiving
from images.lifecycle.strays import settle_strays
from images.models import Image, Location
from stores.backends.filesystem import FilesystemStore
from stores.registry import get_store
from tests.conftest import MakeImage
from tests.images.kept import objects_of
from tests.images.lifecycle.uploading import begin

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("linking_store")]

BYTES = b"some bytes"


@pytest.fixture(autouse=True)
def impatience(settings: Any) -> None:
    """Let every attempt be one on which nothing was done for long enough."""
    settings.HEARTBEAT_SECONDS = -1


def store() -> FilesystemStore:
    found = get_store()
    assert isinstance(found, FilesystemStore)
    return found


def leave(image: Image, *, is_linked: bool = False, is_sealed: bool = True) -> str:
    """Leave what a worker leaves that dies after this step, and return its key."""
    key = f"{image.pk}.{uuid.uuid4().hex}"
    writer = store().create(key, len(BYTES))
    writer.write(BYTES)
    if is_sealed:
        writer.seal()
    if is_linked:
        store().link(key, str(image.pk))
    return key


@pytest.mark.parametrize("is_sealed", [True, False])
def test_attempt_without_a_row_goes(make_image: MakeImage, *, is_sealed: bool) -> None:
    image = make_image()
    leave(image, is_sealed=is_sealed)

    call_command("reap")

    assert objects_of(image) == []


def test_name_that_was_taken_and_not_committed_goes_too(make_image: MakeImage) -> None:
    image = make_image()
    leave(image, is_linked=True)

    assert settle_strays() == 1

    assert objects_of(image) == []


def test_committed_data_stay_and_the_attempts_key_goes(make_active: MakeImage) -> None:
    image = make_active(BYTES)
    attempt = f"{image.pk}.{uuid.uuid4().hex}"
    (folder,) = (Path(str(store().details()["data_dir"])),)
    (folder / f".{attempt}").hardlink_to(folder / str(image.pk))

    assert settle_strays() == 1

    assert objects_of(image) == [str(image.pk)]
    with store().open(str(image.pk)) as reader:
        assert b"".join(reader.chunks(0, reader.size)) == BYTES


def test_attempt_that_was_overtaken_goes_alone(make_active: MakeImage) -> None:
    image = make_active(BYTES)
    leave(image)

    settle_strays()

    assert objects_of(image) == [str(image.pk)]


def test_attempt_with_a_row_is_its_workers(make_image: MakeImage, owner: Actor) -> None:
    image = make_image()

    with receiving(image, actor=owner, size=len(BYTES)) as session:
        assert settle_strays() == 0
        session.fill([BYTES])

    assert objects_of(image) == [str(image.pk)]


def test_object_that_was_put_aside_is_the_reapers(make_image: MakeImage) -> None:
    image = make_image()
    key = leave(image)
    Location.objects.create(image=image, store=store().name, key=key, status="deleting")

    assert settle_strays() == 0

    assert objects_of(image) == [key]


def test_attempt_of_a_moment_ago_is_somebodys(make_image: MakeImage, settings: Any) -> None:
    settings.HEARTBEAT_SECONDS = 30
    image = make_image()
    key = leave(image)

    assert settle_strays() == 0

    assert objects_of(image) == [key]


def test_attempt_of_a_deleted_image_goes(make_image: MakeImage) -> None:
    image = make_image()
    leave(image, is_linked=True)
    Image.remembered.filter(pk=image.pk).update(status="deleted", deleted_at="2026-01-01T00:00Z")

    assert settle_strays() == 1

    assert objects_of(image) == []


def test_what_is_of_no_image_is_left(db: None) -> None:
    key = f"{uuid.uuid4()}.{uuid.uuid4().hex}"
    store().create(key, 0).seal()

    assert settle_strays() == 0

    assert list(store().keys()) == [key]


def test_store_that_is_away_or_closed_is_left(
    make_image: MakeImage, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    image = make_image()
    leave(image)
    [(name, entry)] = settings.IMAGE_STORES.items()
    away = {**entry, "OPTIONS": {"path": "/proc/nowhere"}}
    closed = {**entry, "OPTIONS": {**entry["OPTIONS"], "read_only": True}}

    settings.IMAGE_STORES = {"away": away, "closed": closed}
    assert settle_strays() == 0
    assert "The attempts in away are left until it answers" in caplog.text

    settings.IMAGE_STORES = {"away": away, name: entry}
    assert settle_strays() == 1
    assert objects_of(image) == []


def test_name_of_an_image_that_lies_in_a_store_apart_goes(
    make_image: MakeImage, owner: Actor, settings: Any
) -> None:
    memory = {"BACKEND": "stores.backends.memory.MemoryStore"}
    settings.IMAGE_STORES = settings.IMAGE_STORES | {"apart": memory}
    image = make_image()
    with receiving(image, actor=owner, size=len(BYTES), store="apart") as session:
        session.fill([BYTES])
    leave(image, is_linked=True)

    assert settle_strays() == 1

    assert objects_of(image) == []


other_stores = pytest.mark.parametrize("is_there", [True, False], ids=["beside", "renamed"])


def call_store_other(settings: Any, *, is_there: bool) -> None:
    """Let there be a store `other` over the same folder, beside the first or in its place."""
    [(name, entry)] = settings.IMAGE_STORES.items()
    settings.IMAGE_STORES = {"other": entry, **({name: entry} if is_there else {})}
    settings.DEFAULT_STORE = "other"


@other_stores
def test_data_of_another_store_over_the_folder_stay(
    make_active: MakeImage, settings: Any, *, is_there: bool
) -> None:
    image = make_active(BYTES)
    folder = Path(str(store().details()["data_dir"]))
    (folder / f".{image.pk}.{uuid.uuid4().hex}").hardlink_to(folder / str(image.pk))
    call_store_other(settings, is_there=is_there)

    settle_strays()

    assert objects_of(image) == [str(image.pk)]


@other_stores
def test_upload_that_waits_in_another_store_over_the_folder_stays(
    make_image: MakeImage, owner: Actor, settings: Any, *, is_there: bool
) -> None:
    image = make_image()
    begin(image, owner)
    [key] = objects_of(image)
    call_store_other(settings, is_there=is_there)

    assert settle_strays() == 0

    assert objects_of(image) == [key]
