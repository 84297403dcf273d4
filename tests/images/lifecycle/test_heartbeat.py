from __future__ import annotations

import threading
import time
from typing import Any

import pytest

from images.actors import Actor
from images.errors import UploadLost
from images.lifecycle.data import receiving
from images.lifecycle.images import delete_image
from images.models import Location
from tests.conftest import MakeImage


def beats() -> bool:
    return any(thread.name == "heartbeat" for thread in threading.enumerate())


def wait_until_silent() -> None:
    deadline = time.monotonic() + 5
    while beats():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.django_db(transaction=True)
def test_upload_under_way_gives_signs_of_life(
    make_image: MakeImage, owner: Actor, settings: Any
) -> None:
    settings.HEARTBEAT_SECONDS = 0.3

    with receiving(make_image(), actor=owner):
        first = Location.objects.get().heartbeat_at
        deadline = time.monotonic() + 5
        while Location.objects.get().heartbeat_at == first:
            assert time.monotonic() < deadline
            time.sleep(0.05)

    wait_until_silent()


@pytest.mark.django_db(transaction=True)
def test_upload_that_lost_its_image_hears_of_it(
    make_image: MakeImage, owner: Actor, settings: Any
) -> None:
    settings.HEARTBEAT_SECONDS = 0.3
    image = make_image()
    deadline = time.monotonic() + 5

    with pytest.raises(UploadLost), receiving(image, actor=owner) as session:
        delete_image(image, actor=owner)
        while time.monotonic() < deadline:
            session.write(b"x")
            time.sleep(0.05)

    assert time.monotonic() < deadline


def test_heart_beats_for_uploads_only(make_image: MakeImage, owner: Actor) -> None:
    wait_until_silent()

    with receiving(make_image(), actor=owner), receiving(make_image(), actor=owner):
        assert beats()

    wait_until_silent()
