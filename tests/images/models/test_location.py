from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError
from django.db.models.functions import Now
from django.utils import timezone

from images.models import Location
from tests.conftest import MakeImage

pytestmark = pytest.mark.django_db


def make(image: Any, key: str, **fields: Any) -> Location:
    return Location.objects.create(**{"image": image, "store": "memory", "key": key} | fields)


def test_object_has_one_row(make_image: MakeImage) -> None:
    make(make_image(), "k")

    with pytest.raises(IntegrityError):
        make(make_image(), "k")


def test_image_has_one_active_object_in_a_store(make_image: MakeImage) -> None:
    image = make_image()
    make(image, "a", status="active")
    make(image, "b", status="deleting")

    with pytest.raises(IntegrityError):
        make(image, "c", status="active")


def test_attempt_without_a_sign_of_life_is_stale(make_image: MakeImage, settings: Any) -> None:
    settings.HEARTBEAT_SECONDS = 30
    image = make_image()
    make(image, "alive", heartbeat_at=Now() - timedelta(seconds=10))
    make(image, "done", status="deleting", heartbeat_at=Now() - timedelta(seconds=60))
    dead = make(image, "dead", heartbeat_at=Now() - timedelta(seconds=60))

    assert list(Location.objects.stale()) == [dead]


def test_object_is_removable_while_nobody_removes_it(make_image: MakeImage, settings: Any) -> None:
    settings.HEARTBEAT_SECONDS = 30
    image = make_image()
    make(image, "being removed", status="deleting")
    left = make(image, "left", status="deleting", heartbeat_at=Now() - timedelta(seconds=60))
    never = make(image, "never begun", status="deleting", heartbeat_at=None)
    make(image, "written", heartbeat_at=None)

    assert set(Location.objects.removable()) == {left, never}


def test_times_are_the_databases_own(make_image: MakeImage) -> None:
    location = make(make_image(), "k")
    location.refresh_from_db()

    assert location.heartbeat_at
    assert abs(location.heartbeat_at - timezone.now()) < timedelta(seconds=5)
