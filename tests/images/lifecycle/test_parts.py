"""Parallel parts of one image."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from images.actors import Actor
from images.errors import BadValue, Forbidden, NotVisible
from images.lifecycle.parts import join_parts
from images.lifecycle.uploads import Part
from images.models import Image, Upload
from stores.errors import ChecksumMismatch
from stores.session import BLOCK
from tests.conftest import MakeImage
from tests.images.lifecycle.uploading import BYTES, Send, assert_undone, assert_whole, begin

pytestmark = pytest.mark.django_db


def begin_parts(image: Image, by: Actor, *sizes: int, **given: Any) -> list[Upload]:
    """Begin parts of *sizes* that make an image of them."""
    starts = [sum(sizes[:number]) for number in range(len(sizes))]
    return [
        begin(image, by, size, part=Part(start, sum(sizes)), **given)
        for start, size in zip(starts, sizes, strict=True)
    ]


def join(parts: list[Upload], by: Actor, checksum: str = "") -> Upload:
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
