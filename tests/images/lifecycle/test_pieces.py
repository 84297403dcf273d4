"""Bytes of resumable uploads, as they come in."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db.models.functions import Now

from images.actors import Actor
from images.errors import (
    BadValue,
    Forbidden,
    LeaseOver,
    NotVisible,
    OverQuota,
    UploadHeld,
    UploadLost,
    WrongOffset,
)
from images.lifecycle import heartbeat
from images.lifecycle.images import delete_image
from images.lifecycle.parts import join_parts
from images.lifecycle.pieces import Piece, take_piece
from images.lifecycle.uploads import NewUpload, Part, begin_upload, find_upload
from images.models import Event, Image, Location, Upload
from images.models.upload import Upload as Row
from quotas.limits import set_limit
from quotas.models import Resource, Usage
from stores.base import Stretch
from stores.errors import ChecksumMismatch, SizeMismatch, UnsafeContent
from stores.registry import get_store
from stores.session import BLOCK
from tests.conftest import PROJECT, MakeImage

pytestmark = pytest.mark.django_db

BYTES = bytes(range(256)) * 4
QCOW2_WITH_BACKING_FILE = b"QFI\xfb" + bytes(3) + b"\x03" + bytes(7) + b"\x68" + bytes(600)
Send = Callable[..., Row]


class Gone(Exception):
    """What a broken connection raises."""


def kept(image: Image) -> Image:
    return Image.remembered.get(pk=image.pk)


def begin(image: Image, by: Actor, length: int | None = len(BYTES), **given: Any) -> Row:
    return begin_upload(NewUpload(length=length, image=str(image.pk), **given), actor=by)


def breaking(*chunks: bytes) -> Iterator[bytes]:
    yield from chunks
    raise Gone


@pytest.fixture
def send(owner: Actor) -> Send:
    """Return who sends a piece at the offset where the upload stands, or at another."""

    def piece(upload: Row, *chunks: bytes, offset: int | None = None, **said: Any) -> Row:
        at = Upload.objects.get(pk=upload.pk).offset if offset is None else offset
        return take_piece(upload, Piece(at, **said), chunks, actor=owner)

    return piece


def stand(upload: Row) -> tuple[int, int, uuid.UUID | None]:
    """Return what the row says: confirmed, dirty up to, held by."""
    return Upload.objects.values_list("offset", "reach", "holder").get(pk=upload.pk)


def assert_whole(image: Image, content: bytes) -> None:
    found = kept(image)
    assert (found.status, found.size) == ("active", len(content))
    assert found.checksum == hashlib.md5(content).hexdigest()
    assert found.os_hash_value == hashlib.sha512(content).hexdigest()
    with get_store().open(str(image.pk)) as reader:
        assert b"".join(reader.chunks(0, reader.size)) == content
    bill = Usage.objects.get(project=PROJECT)
    assert (bill.used, bill.reserved) == (len(content), 0)


def assert_undone(image: Image) -> None:
    assert (kept(image).status, Location.objects.count()) == ("queued", 0)
    assert [key for key in list(get_store().keys()) if key.startswith(str(image.pk))] == []
    assert Usage.objects.get(project=PROJECT).reserved == 0


@pytest.mark.parametrize("cuts", [[], [1], [500, 501], [1023]])
def test_pieces_become_the_images_data(
    make_image: MakeImage, owner: Actor, send: Send, cuts: list[int]
) -> None:
    image = make_image()
    upload = begin(image, owner)
    borders = [0, *cuts, len(BYTES)]

    for start, stop in pairwise(borders):
        assert kept(image).status == "saving"
        upload = send(upload, BYTES[start:stop])

    assert_whole(image, BYTES)
    assert stand(upload) == (len(BYTES), len(BYTES), None)
    kinds = [event.kind for event in Event.objects.filter(image_id=image.pk)]
    assert kinds[1:] == ["image.prepare", "image.upload", "image.activate"]


def test_upload_of_no_bytes_is_whole_at_once(
    make_image: MakeImage, owner: Actor, send: Send
) -> None:
    image = make_image()

    send(begin(image, owner, 0))

    assert_whole(image, b"")


def test_what_came_before_the_line_broke_counts(
    make_image: MakeImage, owner: Actor, send: Send
) -> None:
    image = make_image()
    upload = begin(image, owner)

    with pytest.raises(Gone):
        take_piece(upload, Piece(0), breaking(BYTES[:300], BYTES[300:301]), actor=owner)

    assert stand(upload) == (301, 301, None)
    send(upload, BYTES[301:])
    assert_whole(image, BYTES)


def test_last_byte_counts_with_the_image_alone(
    make_image: MakeImage, owner: Actor, send: Send
) -> None:
    image = make_image()
    upload = send(begin(image, owner), BYTES[:100])

    with pytest.raises(Gone):
        take_piece(upload, Piece(100), breaking(BYTES[100:]), actor=owner)

    assert (stand(upload)[0], kept(image).status) == (100, "saving")
    send(upload, BYTES[100:])
    assert_whole(image, BYTES)


def test_checked_piece_that_broke_off_counts_for_nothing(
    make_image: MakeImage, owner: Actor, send: Send
) -> None:
    image = make_image()
    upload = begin(image, owner)

    with pytest.raises(Gone):
        take_piece(upload, Piece(0, checked=400), breaking(b"!" * 400), actor=owner)

    assert stand(upload) == (0, 400, None)
    send(upload, bytes(400))
    send(upload, BYTES[400:])
    assert_whole(image, bytes(400) + BYTES[400:])


@pytest.mark.parametrize("offset", [0, 99, 101, 1024])
def test_piece_at_another_byte_is_refused(
    make_image: MakeImage, owner: Actor, send: Send, offset: int
) -> None:
    upload = send(begin(make_image(), owner), BYTES[:100])

    with pytest.raises(WrongOffset, match="100"):
        send(upload, b"x", offset=offset)

    assert stand(upload) == (100, 100, None)


def test_whole_upload_takes_no_bytes(make_image: MakeImage, owner: Actor, send: Send) -> None:
    upload = send(begin(make_image(), owner), BYTES)

    with pytest.raises(WrongOffset):
        send(upload, b"x")
    assert find_upload(str(upload.pk), actor=owner).is_whole


def test_one_request_writes_at_a_time(make_image: MakeImage, owner: Actor, send: Send) -> None:
    image = make_image()
    upload = begin(image, owner)

    def chunks() -> Iterator[bytes]:
        yield BYTES[:10]
        with pytest.raises(UploadHeld):
            send(upload, b"other")
        yield BYTES[10:]

    take_piece(upload, Piece(0), chunks(), actor=owner)

    assert_whole(image, BYTES)


def seize(upload: Row) -> None:
    """Let another request have taken the upload over."""
    Upload.objects.filter(pk=upload.pk).update(holder=uuid.uuid4(), held_at=Now())


def test_who_was_overtaken_confirms_nothing(make_image: MakeImage, owner: Actor) -> None:
    image = make_image()
    upload = begin(image, owner)

    def chunks() -> Iterator[bytes]:
        yield BYTES[:10]
        seize(upload)

    with pytest.raises(UploadLost):
        take_piece(upload, Piece(0), chunks(), actor=owner)

    assert (stand(upload)[0], kept(image).status) == (0, "saving")


def test_who_was_overtaken_does_not_finish(make_image: MakeImage, owner: Actor) -> None:
    image = make_image()
    upload = begin(image, owner)

    def chunks() -> Iterator[bytes]:
        yield BYTES
        seize(upload)

    with pytest.raises(UploadLost):
        take_piece(upload, Piece(0), chunks(), actor=owner)

    assert (stand(upload)[0], kept(image).status, Location.objects.get().status) == (
        *(0, "saving"),
        "writing",
    )


def test_dead_request_is_overtaken(make_image: MakeImage, owner: Actor, send: Send) -> None:
    image = make_image()
    upload = begin(image, owner)
    get_store().reopen(Location.objects.get().key, Stretch(0, 0)).write(b"!" * 700)
    seize(upload)
    Upload.objects.update(reach=700, held_at=Now() - timedelta(hours=1))

    send(upload, bytes(len(BYTES)))

    assert_whole(image, bytes(len(BYTES)))


def test_worker_that_cannot_say_that_it_lives_stops(
    make_image: MakeImage, owner: Actor, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    upload = begin(make_image(), owner)
    late = heartbeat._now() + settings.HEARTBEAT_SECONDS

    def chunks() -> Iterator[bytes]:
        yield BYTES[:10]
        monkeypatch.setattr(heartbeat, "_now", lambda: late)
        yield BYTES[10:20]

    with pytest.raises(LeaseOver):
        take_piece(upload, Piece(0), chunks(), actor=owner)

    assert stand(upload) == (10, 10, None)


def test_deletion_ends_the_upload_under_way(make_image: MakeImage, owner: Actor) -> None:
    image = make_image()
    upload = begin(image, owner)

    def chunks() -> Iterator[bytes]:
        yield BYTES[:10]
        delete_image(image, actor=owner)
        yield BYTES[10:]

    with pytest.raises(UploadLost):
        take_piece(upload, Piece(0), chunks(), actor=owner)

    assert [key for key in list(get_store().keys()) if key.startswith(str(image.pk))] == []
    assert (kept(image).status, Location.objects.count()) == ("deleted", 0)


@pytest.mark.parametrize("name", ["md5", "sha256", "sha512"])
def test_wrong_checksum_keeps_nothing(
    make_image: MakeImage, owner: Actor, send: Send, name: str
) -> None:
    image = make_image()
    upload = begin(image, owner, checksum=hashlib.new(name, b"other").hexdigest())
    send(upload, BYTES[:100])

    with pytest.raises(ChecksumMismatch, match=hashlib.new(name, BYTES).hexdigest()):
        send(upload, BYTES[100:])

    assert_undone(image)
    with pytest.raises(UploadLost):
        find_upload(str(upload.pk), actor=owner)


def test_right_checksum_is_kept(make_image: MakeImage, owner: Actor, send: Send) -> None:
    image = make_image()
    upload = begin(image, owner, checksum=hashlib.sha256(BYTES).hexdigest())

    send(send(upload, BYTES[:100]), BYTES[100:])

    assert_whole(image, BYTES)


def test_content_is_inspected_over_all_pieces(
    make_image: MakeImage, owner: Actor, send: Send
) -> None:
    image = make_image()
    upload = begin(image, owner, len(QCOW2_WITH_BACKING_FILE))
    for at in range(0, len(QCOW2_WITH_BACKING_FILE) - 200, 100):
        send(upload, QCOW2_WITH_BACKING_FILE[at : at + 100])

    with pytest.raises(UnsafeContent):
        send(upload, QCOW2_WITH_BACKING_FILE[Upload.objects.get().offset :])

    assert_undone(image)


def test_more_bytes_than_declared_are_refused(
    make_image: MakeImage, owner: Actor, send: Send
) -> None:
    image = make_image()
    upload = send(begin(image, owner), BYTES[:100])

    with pytest.raises(SizeMismatch):
        send(upload, BYTES[100:1000], BYTES[1000:] + b"x")

    assert stand(upload) == (1000, 1000, None)
    send(upload, BYTES[1000:])
    assert_whole(image, BYTES)


def test_length_may_be_told_last(make_image: MakeImage, owner: Actor, send: Send) -> None:
    image = make_image()
    upload = send(begin(image, owner, None), BYTES[:1000])
    assert upload.length is None

    send(upload, BYTES[1000:], length=len(BYTES))

    assert_whole(image, BYTES)


@pytest.mark.parametrize(("first", "second"), [(1024, 1023), (None, 99)])
def test_length_is_told_once(
    make_image: MakeImage, owner: Actor, send: Send, first: int | None, second: int
) -> None:
    upload = send(begin(make_image(), owner, first), BYTES[:100])

    with pytest.raises(BadValue):
        send(upload, b"x", length=second)

    assert stand(upload) == (100, 100, None)


def test_quota_that_shrinks_stops_bytes_that_nobody_declared(
    make_image: MakeImage, owner: Actor, send: Send, settings: Any
) -> None:
    settings.QUOTA_OVERDRAFT, settings.QUOTA_SLICE = 0, 100
    image = make_image()
    declared, open_end = begin(make_image(), owner), begin(image, owner, None)
    send(open_end, BYTES[:100])
    set_limit(PROJECT, Resource.IMAGE_SIZE_TOTAL, len(BYTES) + 150)

    with pytest.raises(OverQuota):
        send(open_end, BYTES[100:300])

    assert (kept(image).status, stand(open_end)) == ("saving", (100, 100, None))
    assert send(declared, BYTES).is_whole


def test_object_that_was_lost_ends_the_upload(
    make_image: MakeImage, owner: Actor, send: Send
) -> None:
    image = make_image()
    upload = send(begin(image, owner), BYTES[:100])
    get_store().delete(Location.objects.get().key)

    with pytest.raises(UploadLost):
        send(upload, BYTES[100:])

    assert_undone(image)


def test_object_that_nobody_made_yet_is_made(
    make_image: MakeImage, owner: Actor, send: Send
) -> None:
    image = make_image()
    upload = begin(image, owner)
    get_store().delete(Location.objects.get().key)

    send(upload, BYTES)

    assert_whole(image, BYTES)


def test_state_that_is_lost_is_read_back(make_image: MakeImage, owner: Actor, send: Send) -> None:
    image = make_image()
    upload = send(begin(image, owner), BYTES[:100])
    Upload.objects.update(state=b"of another release")

    send(upload, BYTES[100:])

    assert_whole(image, BYTES)


def begin_parts(image: Image, by: Actor, *sizes: int, **given: Any) -> list[Row]:
    """Begin parts of *sizes* that make an image of them."""
    starts = [sum(sizes[:number]) for number in range(len(sizes))]
    return [
        begin(image, by, size, part=Part(start, sum(sizes)), **given)
        for start, size in zip(starts, sizes, strict=True)
    ]


def join(parts: list[Row], by: Actor, checksum: str = "") -> Row:
    return join_parts([part.pk for part in parts], checksum=checksum, metadata="", actor=by)


def test_parts_become_one_image(make_image: MakeImage, owner: Actor, send: Send) -> None:
    image, content = make_image(), BYTES * (BLOCK // len(BYTES)) + b"end"
    parts = begin_parts(image, owner, BLOCK - 5, 8)
    send(parts[1], content[BLOCK - 5 :])
    send(parts[0], content[:100])
    send(parts[0], content[100 : BLOCK - 5])

    final = join(parts, owner, hashlib.sha256(content).hexdigest())

    assert_whole(image, content)
    assert (final.is_whole, join(parts, owner)) == (True, final)
    with pytest.raises(Forbidden):
        send(final, b"x", offset=0)


def test_parts_that_are_not_whole_are_not_joined(
    make_image: MakeImage, owner: Actor, send: Send
) -> None:
    image = make_image()
    parts = begin_parts(image, owner, 500, 524)
    send(parts[0], BYTES[:500])

    for wrong in (parts, parts[:1], parts[::-1], [parts[0], parts[0]]):
        with pytest.raises((BadValue, NotVisible)):
            join(wrong, owner)

    send(parts[1], BYTES[500:])
    with pytest.raises(BadValue):
        join(parts[::-1], owner)
    join(parts, owner)
    assert_whole(image, BYTES)


def test_parts_with_a_wrong_checksum_keep_nothing(
    make_image: MakeImage, owner: Actor, send: Send
) -> None:
    image = make_image()
    parts = begin_parts(image, owner, 500, 524, checksum="0" * 64)
    send(parts[0], BYTES[:500])
    send(parts[1], BYTES[500:])

    with pytest.raises(ChecksumMismatch, match=hashlib.sha256(BYTES).hexdigest()):
        join(parts, owner)

    assert_undone(image)
