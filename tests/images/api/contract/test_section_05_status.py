"""The status machine: which act moves an image from where, and what is refused elsewhere."""

from __future__ import annotations

from typing import Any

import pytest

from images.models import Image
from images.states import MOVES, Status
from tests.conftest import MakeImage
from tests.images.api.door import Door

pytestmark = pytest.mark.django_db

IMAGE = "/v2/images/{image_id}"
LIVING = ["queued", "saving", "uploading", "importing", "active", "deactivated"]


def status_of(door: Door, image: Image) -> str:
    found: str = door.show(image).json().get("status", "")
    return found


@pytest.fixture
def make_in(make_active: MakeImage) -> Any:
    """Return a maker of images in a status."""

    def make(status: str) -> Image:
        image = make_active()
        Image.objects.filter(pk=image.pk).update(status=status)
        return image

    return make


@pytest.mark.parametrize(
    ("source", "targets"),
    [
        ("queued", {"saving", "uploading", "importing", "active", "deleted"}),
        ("saving", {"active", "queued", "deleted"}),
        ("uploading", {"importing", "queued", "deleted"}),
        ("importing", {"active", "queued", "deleted"}),
        ("active", {"deactivated", "deleted"}),
        ("deactivated", {"active", "deleted"}),
        ("deleted", {"queued", "active", "deactivated"}),  # out of the trash alone
    ],
)
def test_status_may_become(source: str, targets: set[str]) -> None:
    assert {str(status) for status in MOVES[Status(source)]} == targets


@pytest.mark.route("POST", "/v2/images")
def test_new_image_is_queued(owner_door: Door) -> None:
    assert owner_door.create().json()["status"] == "queued"


@pytest.mark.route("PUT", f"{IMAGE}/file")
def test_queued_becomes_active_by_its_data(make_image: MakeImage, owner_door: Door) -> None:
    image = make_image()

    owner_door.upload(image, b"abc")

    assert status_of(owner_door, image) == "active"


@pytest.mark.route("PUT", f"{IMAGE}/file")
def test_saving_becomes_queued_by_any_failure(make_image: MakeImage, owner_door: Door) -> None:
    image = make_image(disk_format="qcow2")

    assert owner_door.upload(image, b"no such format").status_code == 415
    shown = owner_door.show(image).json()
    assert (shown["status"], shown["size"], shown["virtual_size"]) == ("queued", None, None)
    assert (shown["checksum"], shown["os_hash_value"], "stores" in shown) == (None, None, False)


@pytest.mark.route("PUT", f"{IMAGE}/file")
@pytest.mark.parametrize("status", [word for word in LIVING if word != "queued"])
def test_data_come_to_queued_images_alone(make_in: Any, owner_door: Door, status: str) -> None:
    image = make_in(status)

    assert owner_door.upload(image, b"abc").status_code == 409
    assert status_of(owner_door, image) == status


@pytest.mark.route("PUT", f"{IMAGE}/file")
@pytest.mark.parametrize("missing", ["disk_format", "container_format"])
def test_data_need_both_formats(make_image: MakeImage, owner_door: Door, missing: str) -> None:
    image = make_image(**{missing: None})

    assert owner_door.upload(image, b"abc").status_code == 400
    assert status_of(owner_door, image) == "queued"


@pytest.mark.route("POST", f"{IMAGE}/actions/deactivate")
@pytest.mark.route("POST", f"{IMAGE}/actions/reactivate")
@pytest.mark.parametrize(("act", "to"), [("deactivate", "deactivated"), ("reactivate", "active")])
@pytest.mark.parametrize("status", LIVING)
def test_actions_move_between_active_and_deactivated_alone(
    make_in: Any, owner_door: Door, act: str, to: str, status: str
) -> None:
    image = make_in(status)
    may = status in {"active", "deactivated"}

    answer = owner_door.send("POST", f"/images/{image.pk}/actions/{act}")

    assert answer.status_code == (204 if may else 403)
    assert status_of(owner_door, image) == (to if may else status)


@pytest.mark.route("DELETE", IMAGE)
@pytest.mark.parametrize("status", LIVING)
def test_any_status_becomes_deleted_and_is_gone(
    make_in: Any, owner_door: Door, status: str
) -> None:
    image = make_in(status)

    assert owner_door.send("DELETE", f"/images/{image.pk}").status_code == 204
    for method, path in [("GET", ""), ("PUT", "/tags/a"), ("GET", "/members"), ("GET", "/file")]:
        assert owner_door.send(method, f"/images/{image.pk}{path}").status_code == 404


@pytest.mark.route("GET", "/v2/schemas/{name}")
def test_killed_and_pending_delete_are_in_the_schema_alone(owner_door: Door) -> None:
    schema = owner_door.send("GET", "/schemas/image").json()

    words = set(schema["properties"]["status"]["enum"])
    assert words - set(Status.values) == {"killed", "pending_delete"}
