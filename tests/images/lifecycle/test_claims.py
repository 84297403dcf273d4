"""Who writes a resumable upload, and who takes it over."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db.models.functions import Now

from images.actors import Actor
from images.errors import LeaseOver, UploadHeld, UploadLost
from images.lifecycle import heartbeat
from images.lifecycle.images import delete_image
from images.lifecycle.pieces import Piece, take_piece
from images.models import Location, Upload
from stores.base import Stretch
from stores.registry import get_store
from tests.conftest import MakeImage
from tests.images.kept import kept, objects_of
from tests.images.lifecycle.uploading import BYTES, Send, assert_whole, begin, stand

pytestmark = pytest.mark.django_db


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


def seize(upload: Upload) -> None:
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

    assert objects_of(image) == []
    assert (kept(image).status, Location.objects.count()) == ("deleted", 0)
