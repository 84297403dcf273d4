"""Resumable uploads as records."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.conf import settings
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone

from images.actors import Actor
from images.errors import (
    BadValue,
    Forbidden,
    MissingFormat,
    NotVisible,
    OverQuota,
    UploadLost,
    WrongState,
)
from images.lifecycle.data import receiving
from images.lifecycle.images import delete_image
from images.lifecycle.undo import EXPIRED, reap
from images.lifecycle.uploads import (
    NewUpload,
    Part,
    begin_upload,
    cancel_upload,
    find_upload,
    forget_uploads,
    uploads_of,
)
from images.models import Event, Image, Location, Upload
from images.models.upload import Upload as Row
from quotas.limits import set_limit
from quotas.models import Resource, Usage
from stores.errors import StoreReadOnly, TooLarge, UnknownStore
from stores.registry import get_store
from tests.conftest import PROJECT, MakeImage
from tests.images.kept import kept, kinds
from tests.images.lifecycle.uploading import Send, assert_undone

pytestmark = pytest.mark.django_db

RAW = {"name": "disk", "disk_format": "raw", "container_format": "bare"}


def begin(image: Image, by: Actor, length: int | None = 10, **given: Any) -> Row:
    return begin_upload(NewUpload(length=length, image=str(image.pk), **given), actor=by)


def let_pass(upload: Row) -> None:
    """Let the idle time of *upload* pass, as the database sees it."""
    past = timedelta(days=2)
    Upload.objects.filter(pk=upload.pk).update(expires_at=F("expires_at") - past)
    Location.objects.filter(pk=upload.attempt).update(heartbeat_at=F("heartbeat_at") - past)


def test_upload_holds_the_image_and_the_quota(make_image: MakeImage, owner: Actor) -> None:
    image = make_image()

    upload = begin(image, owner, filename="disk.raw")

    assert (kept(image).status, upload.offset, upload.length) == ("saving", 0, 10)
    assert Usage.objects.get(project=PROJECT).reserved == 10
    location = Location.objects.get(pk=upload.attempt)
    assert list(get_store().keys()).count(location.key) == 1
    assert kinds(image_id=image.pk) == ["image.create", "image.prepare"]


def test_upload_without_an_image_makes_one(owner: Actor) -> None:
    upload = begin_upload(NewUpload(length=10, fields=RAW), actor=owner)

    assert (upload.image.name, upload.image.status, upload.image.owner) == (
        *("disk", "saving"),
        PROJECT,
    )


def test_refused_upload_makes_no_image(owner: Actor) -> None:
    set_limit(PROJECT, Resource.IMAGE_SIZE_TOTAL, 9)

    with pytest.raises(OverQuota):
        begin_upload(NewUpload(length=10, fields=RAW), actor=owner)

    assert (Image.objects.count(), Upload.objects.count()) == (0, 0)


def test_what_can_be_refused_is_refused_before_the_first_byte(
    make_image: MakeImage, owner: Actor, settings: Any
) -> None:
    settings.IMAGE_SIZE_CAP = 9
    with pytest.raises(TooLarge):
        begin(make_image(), owner)
    with pytest.raises(MissingFormat):
        begin(make_image(disk_format=None), owner, 9)
    with pytest.raises(UnknownStore):
        begin(make_image(), owner, 9, store="other")
    backend = "stores.backends.memory.MemoryStore"
    settings.IMAGE_STORES = {"memory": {"BACKEND": backend, "OPTIONS": {"read_only": True}}}
    with pytest.raises(StoreReadOnly):
        begin(make_image(), owner, 9)

    assert (Upload.objects.count(), Location.objects.count()) == (0, 0)


@pytest.mark.parametrize(("who", "refusal"), [("reader", Forbidden), ("stranger", NotVisible)])
def test_upload_is_refused(
    request: pytest.FixtureRequest, make_image: MakeImage, who: str, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        begin(make_image(), request.getfixturevalue(who))


def test_asked_again_before_a_byte_it_is_the_same(make_image: MakeImage, owner: Actor) -> None:
    image = make_image()
    first = begin(image, owner, fingerprint="f")

    assert begin(image, owner, fingerprint="f") == first
    with pytest.raises(WrongState):
        begin(image, owner, fingerprint="g")


def test_other_upload_of_the_image_is_refused(make_image: MakeImage, owner: Actor) -> None:
    image = make_image()
    begin(image, owner)

    with pytest.raises(WrongState), receiving(image, actor=owner):
        pytest.fail("The image was given away.")


def test_upload_is_its_persons_alone(make_image: MakeImage, owner: Actor, admin: Actor) -> None:
    upload = begin(make_image(), owner)
    pk = str(upload.pk)

    assert find_upload(pk, actor=owner) == find_upload(pk, actor=admin) == upload
    for other in (replace(owner, user="another"), replace(owner, project="9" * 32)):
        with pytest.raises(NotVisible):
            find_upload(pk, actor=other)
        assert uploads_of(other) == []
    assert uploads_of(owner) == [upload]


def test_who_lost_the_right_does_not_go_on(make_image: MakeImage, owner: Actor) -> None:
    upload = begin(make_image(), owner)

    with pytest.raises(Forbidden):
        find_upload(str(upload.pk), actor=replace(owner, roles=frozenset({"reader"})))


@pytest.mark.parametrize("pk", ["", "1", "x" * 36, "00000000-0000-4000-8000-000000000000"])
def test_unknown_upload_is_absent(owner: Actor, pk: str) -> None:
    with pytest.raises(NotVisible):
        find_upload(pk, actor=owner)


def test_paused_upload_is_left_alone(make_image: MakeImage, owner: Actor) -> None:
    upload = begin(make_image(), owner)
    Location.objects.update(heartbeat_at=F("heartbeat_at") - timedelta(hours=23))

    reap()

    assert find_upload(str(upload.pk), actor=owner) == upload


def test_expired_upload_is_undone(make_image: MakeImage, owner: Actor) -> None:
    image = make_image()
    upload = begin(image, owner)
    let_pass(upload)
    with pytest.raises(UploadLost):
        find_upload(str(upload.pk), actor=owner)
    assert uploads_of(owner) == []

    reap()
    forget_uploads()

    assert_undone(image)
    event = Event.objects.get(kind="image.upload_abandoned")
    assert (event.payload["error"], Upload.objects.count()) == (EXPIRED, 0)


def test_expired_upload_gives_way_to_the_next(make_image: MakeImage, owner: Actor) -> None:
    image = make_image()
    let_pass(begin(image, owner))

    with receiving(image, actor=owner, size=5) as session:
        session.fill([b"other"])

    assert kept(image).status == "active"


@pytest.mark.parametrize("days", [2, -2])
def test_clock_that_jumps_neither_expires_nor_keeps(
    make_image: MakeImage, owner: Actor, send: Send, days: int
) -> None:
    fresh, old = begin(make_image(), owner), begin(make_image(), owner)
    let_pass(old)
    true, by = timezone.now, timedelta(days=days)
    idle = timedelta(seconds=settings.UPLOAD_IDLE_SECONDS)

    with patch.object(timezone, "now", lambda: true() + by):
        reap()
        send(fresh, b"12345")
        send(fresh, b"67")

    assert (kept(fresh.image).status, kept(old.image).status) == ("saving", "queued")
    end = Q(expires_at__gt=Now() + idle - timedelta(hours=1), expires_at__lte=Now() + idle)
    assert Upload.objects.filter(end).get() == fresh


@pytest.mark.django_db(transaction=True)
def test_cancelled_upload_is_undone(make_image: MakeImage, owner: Actor) -> None:
    image = make_image()
    upload = begin(image, owner)

    cancel_upload(upload, actor=owner)

    assert_undone(image)
    with pytest.raises(UploadLost):
        find_upload(str(upload.pk), actor=owner)
    assert Event.objects.get(kind="image.upload_abandoned").payload["error"] == "It was cancelled."


def test_deletion_of_the_image_wins(make_image: MakeImage, owner: Actor) -> None:
    image = make_image()
    upload = begin(image, owner)

    delete_image(image, actor=owner)

    with pytest.raises(UploadLost):
        find_upload(str(upload.pk), actor=owner)
    assert Usage.objects.get(project=PROJECT).reserved == 0


def part(image: Image, by: Actor, start: int, length: int, size: int = 20) -> Row:
    return begin(image, by, length, part=Part(start, size))


def test_parts_share_one_object(make_image: MakeImage, owner: Actor) -> None:
    image = make_image()

    parts = [part(image, owner, 0, 10), part(image, owner, 10, 10)]

    assert len({one.attempt for one in parts}) == Location.objects.count() == 1
    assert Usage.objects.get(project=PROJECT).reserved == 20


@pytest.mark.parametrize(
    ("start", "length", "size"), [(5, 10, 20), (0, 20, 20), (10, 10, 21), (15, 10, 20)]
)
def test_part_without_a_place_is_refused(
    make_image: MakeImage, owner: Actor, start: int, length: int, size: int
) -> None:
    image = make_image()
    part(image, owner, 0, 10)

    with pytest.raises(BadValue):
        part(image, owner, start, length, size)


def test_parts_of_two_people_do_not_mix(make_image: MakeImage, owner: Actor) -> None:
    image = make_image()
    part(image, owner, 0, 10)

    with pytest.raises(WrongState):
        part(image, replace(owner, user="another"), 10, 10)
