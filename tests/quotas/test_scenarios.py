"""What Tempest's quota tests ask of the Image API, declared and chunked (wire contract, 17)."""

from __future__ import annotations

from typing import Any

import pytest

from images.actors import Actor
from images.lifecycle.data import receiving
from images.models import Image
from quotas.limits import set_limit
from quotas.models import Resource
from tests.conftest import PROJECT
from tests.images.api.door import Door

pytestmark = pytest.mark.django_db

MIB = 1 << 20
COUNT, SIZE = Resource.IMAGE_COUNT_TOTAL, Resource.IMAGE_SIZE_TOTAL
UPLOADING = Resource.IMAGE_COUNT_UPLOADING
ways = pytest.mark.parametrize("way", ["upload", "upload_chunked"])


@pytest.fixture
def door(owner: Actor) -> Door:
    """Return the API as a member of the limited project has it."""
    return Door(owner)


def queued(door: Door, count: int) -> list[str]:
    """Return the ids of new images that wait for data."""
    made = [door.create(disk_format="raw", container_format="bare") for _ in range(count)]
    return [answer.json()["id"] for answer in made]


def used(door: Door, name: Resource) -> dict[str, int]:
    """Return use and limit of *name*, as the API tells them."""
    return dict(door.send("GET", "/info/usage").json()["usage"][name])


def test_count_quota(door: Door) -> None:
    set_limit(PROJECT, COUNT, 1)
    (image,) = queued(door, 1)
    assert door.create().status_code == 413

    door.send("DELETE", f"/images/{image}")

    assert door.create().status_code == 201
    assert used(door, COUNT) == {"usage": 1, "limit": 1}


def test_image_without_data_counts_until_it_is_deleted(door: Door) -> None:
    set_limit(PROJECT, COUNT, 2)
    images = queued(door, 2)
    assert door.upload(images[0], b"bytes").status_code == 204
    assert door.create().status_code == 413

    set_limit(PROJECT, COUNT, 3)

    assert door.create().status_code == 201
    assert door.create().status_code == 413


def test_size_quota_lets_one_of_unknown_size_pass(door: Door) -> None:
    set_limit(PROJECT, SIZE, MIB)
    images = queued(door, 3)

    statuses = [door.upload_chunked(image, bytes(MIB)).status_code for image in images]

    assert statuses == [204, 204, 413]
    assert used(door, SIZE) == {"usage": 2, "limit": 1}
    for image in images[:2]:
        assert door.send("DELETE", f"/images/{image}").status_code == 204
    assert door.upload_chunked(images[2], bytes(MIB)).status_code == 204


def test_size_quota_holds_declared_sizes_to_the_byte(door: Door) -> None:
    set_limit(PROJECT, SIZE, MIB)
    images = queued(door, 3)

    sizes = [MIB - 1, 2, 1]
    statuses = [
        door.upload(image, bytes(size)).status_code
        for image, size in zip(images, sizes, strict=True)
    ]

    assert statuses == [204, 413, 204]
    assert used(door, SIZE) == {"usage": 1, "limit": 1}


@ways
def test_size_quota_of_nothing_takes_nothing(door: Door, way: str, settings: Any) -> None:
    settings.QUOTA_OVERDRAFT = 0
    set_limit(PROJECT, SIZE, 0)
    (image,) = queued(door, 1)

    assert getattr(door, way)(image, b"bytes").status_code == 413
    assert door.show(image).json()["status"] == "queued"


@ways
def test_limit_below_what_is_there_takes_nothing_away(door: Door, way: str) -> None:
    images = queued(door, 2)
    assert door.upload(images[0], bytes(2 * MIB)).status_code == 204

    set_limit(PROJECT, SIZE, MIB)

    assert getattr(door, way)(images[1], b"bytes").status_code == 413
    assert door.show(images[0]).json()["status"] == "active"
    assert used(door, SIZE) == {"usage": 2, "limit": 1}


@ways
def test_refusal_names_limit_and_need(door: Door, way: str) -> None:
    set_limit(PROJECT, SIZE, 3)
    images = queued(door, 2)
    door.upload_chunked(images[0], b"four")

    answer = getattr(door, way)(images[1], b"12345")

    assert answer.status_code == 413
    assert "image_size_total" in answer.json()["message"]
    assert "Retry-After" not in answer  # which Tempest takes for another kind of refusal


@ways
def test_uploading_quota_counts_this_upload_too(door: Door, owner: Actor, way: str) -> None:
    set_limit(PROJECT, UPLOADING, 1)
    slow, image = queued(door, 2)
    with receiving(Image.objects.get(pk=slow), actor=owner) as session:
        assert used(door, UPLOADING) == {"usage": 1, "limit": 1}
        assert getattr(door, way)(image, b"bytes").status_code == 413
        session.fill([b"other bytes"])

    assert getattr(door, way)(image, b"bytes").status_code == 204
    assert used(door, UPLOADING) == {"usage": 0, "limit": 1}
