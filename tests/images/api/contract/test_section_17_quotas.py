"""Quotas: how many images and bytes a project may have, as an image's acts meet them."""

from __future__ import annotations

from typing import Any

import pytest

from images.actors import Actor
from images.lifecycle.data import receiving
from quotas.models import Limit, Usage
from tests.conftest import OTHER, PROJECT, MakeImage
from tests.images.api.door import Door

pytestmark = pytest.mark.django_db

IMAGE = "/v2/images/{image_id}"
COUNT, SIZE = "image_count_total", "image_size_total"
UPLOADING = "image_count_uploading"


def limit(resource: str, value: int, project: str = PROJECT) -> None:
    """Give *project* a limit, as an administrator does."""
    Limit.objects.update_or_create(project=project, resource=resource, defaults={"value": value})


@pytest.mark.route("POST", "/v2/images")
@pytest.mark.parametrize(("value", "statuses"), [(1, [201, 413]), (0, [413, 413]), (-1, [201] * 2)])
def test_count_total_is_checked_at_create(
    owner_door: Door, value: int, statuses: list[int]
) -> None:
    limit(COUNT, value)

    assert [owner_door.create().status_code for _ in range(2)] == statuses


@pytest.mark.route("POST", "/v2/images")
@pytest.mark.route("DELETE", IMAGE)
def test_count_total_counts_any_status_and_frees_at_delete(
    make_image: MakeImage, owner_door: Door
) -> None:
    image = make_image()  # queued
    limit(COUNT, 1)

    assert owner_door.create().status_code == 413
    owner_door.send("DELETE", f"/images/{image.pk}")
    assert owner_door.create().status_code == 201


@pytest.mark.route("POST", "/v2/images")
def test_refusal_names_the_limit_and_the_numbers(owner_door: Door) -> None:
    limit(COUNT, 0)

    message = owner_door.create().json()["message"]

    assert message == (
        "The project's limit image_count_total=0 would be passed: 1 needed, 0 left. "
        "The cloud's administrators can raise it; the project's managers cannot."
    )


@pytest.mark.route("PUT", f"{IMAGE}/file")
@pytest.mark.parametrize(("length", "status"), [(10, 204), (11, 413)])
def test_size_total_is_checked_at_upload_with_the_declared_bytes(
    make_image: MakeImage, owner_door: Door, length: int, status: int
) -> None:
    limit(SIZE, 10)

    assert owner_door.upload(make_image(), b"x" * length).status_code == status


@pytest.mark.route("PUT", f"{IMAGE}/file")
@pytest.mark.parametrize(("value", "status"), [(1, 413), (2, 204), (-1, 204)])
def test_count_uploading_is_checked_at_upload_and_frees_at_its_end(
    make_image: MakeImage, owner_door: Door, owner: Actor, value: int, status: int
) -> None:
    limit(UPLOADING, value)
    image, other = make_image(), make_image()

    with receiving(other, actor=owner):
        assert owner_door.upload(image, b"x").status_code == status

    assert owner_door.upload(make_image(), b"x").status_code == 204


@pytest.mark.route("PUT", f"{IMAGE}/file")
def test_size_total_counts_every_image_and_frees_at_delete(
    make_active: MakeImage, make_image: MakeImage, owner_door: Door
) -> None:
    limit(SIZE, 10)
    image = make_active(b"x" * 8)

    assert owner_door.upload(make_image(), b"xxx").status_code == 413
    owner_door.send("DELETE", f"/images/{image.pk}")
    assert owner_door.upload(make_image(), b"xxx").status_code == 204


@pytest.mark.route("PUT", f"{IMAGE}/file")
def test_better_16_unknown_size_is_accepted_within_the_limit_and_the_next_is_refused(
    make_image: MakeImage, owner_door: Door, settings: Any
) -> None:
    settings.QUOTA_OVERDRAFT = 1 << 20
    limit(SIZE, 10)

    answers = [owner_door.upload_chunked(make_image(), b"x" * size) for size in (10, 10, 1)]

    assert [answer.status_code for answer in answers] == [204, 204, 413]


@pytest.mark.route("PUT", f"{IMAGE}/file")
def test_better_16_overdraft_of_nothing_is_strict(
    make_image: MakeImage, owner_door: Door, settings: Any
) -> None:
    settings.QUOTA_OVERDRAFT = 0
    limit(SIZE, 10)

    assert owner_door.upload_chunked(make_image(), b"x" * 11).status_code == 413
    assert Usage.objects.get(project=PROJECT).used == 0


@pytest.mark.route("POST", "/v2/images")
@pytest.mark.route("PUT", f"{IMAGE}/file")
def test_better_16_owner_pays_whoever_acts(make_image: MakeImage, admin_door: Door) -> None:
    limit(COUNT, 0, OTHER)
    limit(SIZE, 0)

    assert admin_door.create(owner=OTHER).status_code == 413
    assert admin_door.create(owner=PROJECT).status_code == 201
    assert admin_door.upload(make_image(), b"x").status_code == 413


@pytest.mark.route("PATCH", IMAGE)
def test_owner_change_moves_the_bill_or_is_refused(
    make_active: MakeImage, admin_door: Door
) -> None:
    image = make_active(b"xxx")
    operation = {"op": "replace", "path": "/owner", "value": OTHER}

    limit(SIZE, 2, OTHER)
    assert admin_door.change(image, operation).status_code == 413
    limit(SIZE, 3, OTHER)
    assert admin_door.change(image, operation).status_code == 200
    assert Usage.objects.get(project=OTHER).used == 3


@pytest.mark.route("POST", "/v2/images")
def test_changed_limit_counts_for_the_next_request(owner_door: Door) -> None:
    statuses = []
    for value in (0, 1, 1, -1):
        limit(COUNT, value)
        statuses.append(owner_door.create().status_code)

    assert statuses == [413, 201, 413, 201]
