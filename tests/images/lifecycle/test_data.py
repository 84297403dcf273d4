from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

import pytest
from django.db.models.functions import Now

from images.actors import Actor
from images.errors import (
    Forbidden,
    MissingFormat,
    NotVisible,
    OverQuota,
    UploadLost,
    WrongState,
)
from images.lifecycle.data import receiving
from images.lifecycle.images import delete_image
from images.models import Image, Location
from quotas.limits import set_limit
from quotas.models import Resource, Usage
from stores.errors import (
    FormatMismatch,
    SizeMismatch,
    StoreReadOnly,
    TooLarge,
    UnknownStore,
    UnsafeContent,
)
from tests.conftest import PROJECT, MakeImage
from tests.images.kept import kept, objects_of, since_made

pytestmark = pytest.mark.django_db

BYTES = b"some bytes"
QCOW2_WITH_BACKING_FILE = b"QFI\xfb" + bytes(3) + b"\x03" + bytes(7) + b"\x68" + bytes(600)


def assert_undone(image: Image) -> None:
    """Nothing is left of an attempt: no byte, no row, no reservation; and a new one would do."""
    assert (kept(image).status, kept(image).size, kept(image).checksum) == ("queued", None, None)
    assert (objects_of(image), Location.objects.count()) == ([], 0)
    assert Usage.objects.get(project=PROJECT).reserved == 0
    assert since_made(image)[-1] == "image.upload_abandoned"


def upload(image: Image, content: bytes, by: Actor, **options: Any) -> None:
    with receiving(image, actor=by, **options) as session:
        session.fill([content])


@pytest.mark.parametrize("size", [None, len(BYTES)])
def test_sealed_bytes_are_the_images_data(
    make_image: MakeImage, owner: Actor, size: int | None
) -> None:
    image = make_image()

    upload(image, BYTES, owner, size=size)

    found = kept(image)
    assert (found.status, found.size, found.virtual_size) == ("active", 10, 10)
    assert (found.checksum, found.os_hash_algo) == (hashlib.md5(BYTES).hexdigest(), "sha512")
    assert found.os_hash_value == hashlib.sha512(BYTES).hexdigest()
    locations = [(row.store, row.key, row.size, row.status) for row in Location.objects.all()]
    assert locations == [("memory", str(image.pk), 10, "active")]


def test_upload_is_recorded_and_billed(make_image: MakeImage, owner: Actor) -> None:
    image = make_image()

    upload(image, BYTES, owner, size=len(BYTES))

    assert since_made(image) == ["image.prepare", "image.upload", "image.activate"]
    bill = Usage.objects.get(project=PROJECT)
    assert (bill.used, bill.reserved) == (10, 0)


def test_no_bytes_are_data_too(make_image: MakeImage, owner: Actor) -> None:
    image = make_image()

    upload(image, b"", owner, size=0)

    assert (kept(image).status, kept(image).size, kept(image).virtual_size) == ("active", 0, None)


def test_upload_left_without_a_seal_is_undone(make_image: MakeImage, owner: Actor) -> None:
    image = make_image()

    with receiving(image, actor=owner) as session:
        session.write(BYTES)

    assert_undone(image)


def test_upload_that_breaks_is_undone_and_another_one_will_do(
    make_image: MakeImage, owner: Actor
) -> None:
    image = make_image()

    with pytest.raises(RuntimeError), receiving(image, actor=owner) as session:
        session.write(BYTES)
        raise RuntimeError

    assert_undone(image)
    upload(image, BYTES, owner)
    assert kept(image).status == "active"


@pytest.mark.parametrize("declared", [9, 11])
def test_other_bytes_than_declared_are_undone(
    make_image: MakeImage, owner: Actor, declared: int
) -> None:
    image = make_image()

    with pytest.raises(SizeMismatch):
        upload(image, BYTES, owner, size=declared)

    assert_undone(image)


@pytest.mark.parametrize("size", [None, len(BYTES)])
def test_more_bytes_than_an_image_may_have_are_undone(
    make_image: MakeImage, owner: Actor, settings: Any, size: int | None
) -> None:
    settings.IMAGE_SIZE_CAP = 9
    image = make_image()

    with pytest.raises(TooLarge, match="9"):
        upload(image, BYTES, owner, size=size)

    assert (kept(image).status, objects_of(image)) == ("queued", [])


@pytest.mark.parametrize(
    ("disk_format", "refusal"), [("raw", UnsafeContent), ("vmdk", UnsafeContent)]
)
def test_unsafe_content_is_undone(
    make_image: MakeImage, owner: Actor, disk_format: str, refusal: type[Exception]
) -> None:
    image = make_image(disk_format=disk_format)

    with pytest.raises(refusal):
        upload(image, QCOW2_WITH_BACKING_FILE, owner)

    assert_undone(image)


def test_content_of_another_format_is_undone(make_image: MakeImage, owner: Actor) -> None:
    image = make_image(disk_format="qcow2")

    with pytest.raises(FormatMismatch):
        upload(image, BYTES, owner)

    assert_undone(image)


@pytest.mark.parametrize("missing", ["disk_format", "container_format"])
def test_image_without_a_format_takes_no_data(
    make_image: MakeImage, owner: Actor, missing: str
) -> None:
    image = make_image(**{missing: None})

    with pytest.raises(MissingFormat):
        upload(image, BYTES, owner)

    assert (kept(image).status, since_made(image), objects_of(image)) == ("queued", [], [])


def test_second_upload_is_refused_and_the_first_goes_on(
    make_image: MakeImage, owner: Actor
) -> None:
    image = make_image()

    with receiving(image, actor=owner) as session:
        with pytest.raises(WrongState, match="saving"):
            upload(image, b"other", owner)
        session.fill([BYTES])

    assert kept(image).checksum == hashlib.md5(BYTES).hexdigest()


def test_active_image_takes_no_other_data(make_active: MakeImage, owner: Actor) -> None:
    image = make_active(BYTES)

    with pytest.raises(WrongState, match="active"):
        upload(image, b"other", owner)

    assert kept(image).checksum == hashlib.md5(BYTES).hexdigest()


@pytest.mark.parametrize(("who", "refusal"), [("reader", Forbidden), ("stranger", NotVisible)])
def test_upload_is_refused(
    request: pytest.FixtureRequest, make_image: MakeImage, who: str, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        upload(make_image(), BYTES, request.getfixturevalue(who))


@pytest.mark.parametrize("name", ["", "other", "../memory", "MEMORY"])
def test_unknown_store_takes_nothing(make_image: MakeImage, owner: Actor, name: str) -> None:
    with pytest.raises(UnknownStore):
        upload(make_image(), BYTES, owner, store=name)


def test_store_that_only_serves_takes_nothing(
    make_image: MakeImage, owner: Actor, settings: Any
) -> None:
    settings.IMAGE_STORES = {
        "memory": {
            "BACKEND": "stores.backends.memory.MemoryStore",
            "OPTIONS": {"read_only": True},
        }
    }
    image = make_image()

    with pytest.raises(StoreReadOnly):
        upload(image, BYTES, owner)

    assert kept(image).status == "queued"


def test_declared_size_over_the_quota_is_refused_before_a_byte(
    make_image: MakeImage, owner: Actor
) -> None:
    set_limit(PROJECT, Resource.IMAGE_SIZE_TOTAL, 9)
    image = make_image()

    with pytest.raises(OverQuota), receiving(image, actor=owner, size=10):
        pytest.fail("The upload was opened.")

    assert (kept(image).status, since_made(image)) == ("queued", [])


def test_true_size_over_the_quota_is_undone(
    make_image: MakeImage, owner: Actor, settings: Any
) -> None:
    settings.QUOTA_OVERDRAFT = 0
    set_limit(PROJECT, Resource.IMAGE_SIZE_TOTAL, 9)
    image = make_image()

    with pytest.raises(OverQuota):
        upload(image, BYTES, owner)

    assert_undone(image)


@pytest.mark.parametrize("limit", [-1, 1000])
@pytest.mark.parametrize("size", [None, len(BYTES)])
def test_image_that_is_deleted_meanwhile_is_lost_to_the_upload(
    make_image: MakeImage, owner: Actor, size: int | None, limit: int
) -> None:
    set_limit(PROJECT, Resource.IMAGE_SIZE_TOTAL, limit)
    image = make_image()

    with pytest.raises(UploadLost), receiving(image, actor=owner, size=size) as session:
        delete_image(image, actor=owner)
        session.fill([BYTES])

    assert (kept(image).status, objects_of(image), Location.objects.count()) == ("deleted", [], 0)
    bill = Usage.objects.get(project=PROJECT)
    assert (bill.images, bill.used, bill.reserved) == (0, 0, 0)


def test_stale_attempt_is_taken_over_and_can_neither_finish_nor_undo(
    make_image: MakeImage, owner: Actor
) -> None:
    image = make_image()

    with pytest.raises(UploadLost), receiving(image, actor=owner) as frozen:
        frozen.write(b"old")
        Location.objects.update(heartbeat_at=Now() - timedelta(days=1))
        upload(image, BYTES, owner)
        frozen.seal()

    assert kept(image).checksum == hashlib.md5(BYTES).hexdigest()
    assert objects_of(image) == [str(image.pk)]
    assert Usage.objects.get(project=PROJECT).used == 10


def test_living_attempt_is_not_taken_over(make_image: MakeImage, owner: Actor) -> None:
    image = make_image()

    with receiving(image, actor=owner):
        Location.objects.update(heartbeat_at=Now() - timedelta(seconds=5))
        with pytest.raises(WrongState):
            upload(image, BYTES, owner)
