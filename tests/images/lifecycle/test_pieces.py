"""Bytes of resumable uploads, as they come in."""

from __future__ import annotations

import hashlib
from itertools import pairwise
from typing import Any

import pytest

from images.actors import Actor
from images.errors import BadValue, OverQuota, UploadLost, WrongOffset
from images.lifecycle.pieces import Piece, take_piece
from images.lifecycle.uploads import find_upload
from images.models import Location, Upload
from quotas.limits import set_limit
from quotas.models import Resource
from stores.errors import ChecksumMismatch, SizeMismatch, UnsafeContent
from stores.registry import get_store
from tests.conftest import PROJECT, MakeImage
from tests.images.kept import kept, since_made
from tests.images.lifecycle.uploading import (
    BYTES,
    Gone,
    Send,
    assert_undone,
    assert_whole,
    begin,
    breaking,
    stand,
)

pytestmark = pytest.mark.django_db

QCOW2_WITH_BACKING_FILE = b"QFI\xfb" + bytes(3) + b"\x03" + bytes(7) + b"\x68" + bytes(600)


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
    assert since_made(image) == ["image.prepare", "image.upload", "image.activate"]


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
