"""Where we do better than the reference, and clients still understand.

The answers that belong to a section of their own are tried there, in tests named `test_better_NN`;
here is the rest.
"""

from __future__ import annotations

from typing import Any

import pytest

from images.models import Image
from tests.conftest import MakeImage
from tests.images.api.door import Door

pytestmark = pytest.mark.django_db

LIST, IMAGE = "/v2/images", "/v2/images/{image_id}"


@pytest.mark.route("GET", LIST)
@pytest.mark.route("POST", LIST)
@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/images", 400),  # an array as the body
        ("GET", "/images?unknown_min=x", 200),
        ("GET", "/images?unknown_max=x", 200),
        ("GET", "/images?size=x", 400),
        ("GET", "/images?min_ram=x", 400),
        ("GET", "/images?visibility=", 400),
        ("GET", "/images?locations=x", 200),
        ("GET", "/images?members=x", 200),
        ("GET", "/images?properties=x", 200),
    ],
)
def test_better_07_input_is_never_a_500(
    owner_door: Door, make_image: MakeImage, method: str, path: str, status: int
) -> None:
    make_image()

    answer = owner_door.generic(method, f"/v2{path}", "[]" if method == "POST" else "")

    assert answer.status_code == status
    assert method == "POST" or status == 400 or answer.json()["images"] == []


@pytest.mark.route("GET", f"{IMAGE}/file")
def test_better_07_range_of_an_image_without_data_is_204(
    make_image: MakeImage, owner_door: Door
) -> None:
    assert owner_door.download(make_image(), HTTP_RANGE="bytes=0-1").status_code == 204


@pytest.mark.route("PUT", f"{IMAGE}/file")
def test_better_08_read_only_store_is_400_before_any_byte(
    make_image: MakeImage, owner_door: Door, settings: Any
) -> None:
    backend = "stores.backends.memory.MemoryStore"
    settings.IMAGE_STORES = {"old": {"BACKEND": backend, "OPTIONS": {"read_only": True}}}
    settings.DEFAULT_STORE = "old"

    answer = owner_door.upload(make_image(), b"x")

    assert (answer.status_code, "old" in answer.json()["message"]) == (400, True)
    assert Image.objects.get().status == "queued"


@pytest.mark.route("GET", f"{IMAGE}/file")
def test_better_09_last_nothing_of_an_image_is_416(
    make_active: MakeImage, owner_door: Door
) -> None:
    assert owner_door.download(make_active(), HTTP_RANGE="bytes=-0").status_code == 416


@pytest.mark.route("PUT", f"{IMAGE}/file")
@pytest.mark.route("GET", f"{IMAGE}/file")
def test_better_17_refused_data_leave_nothing(make_image: MakeImage, owner_door: Door) -> None:
    image = make_image(disk_format="qcow2")
    before = owner_door.show(image).json()

    assert owner_door.upload(image, b"no such format").status_code == 415

    after = owner_door.show(image).json()
    assert {name for name in after if after[name] != before.get(name)} <= {"updated_at"}
    assert owner_door.download(image).status_code == 204
    assert owner_door.upload(image, b"again").status_code == 415


@pytest.mark.route("PUT", f"{IMAGE}/file")
def test_better_19_second_upload_is_409(make_image: MakeImage, owner_door: Door) -> None:
    image = make_image()
    Image.objects.update(status="saving")

    assert owner_door.upload(image, b"x").status_code == 409


@pytest.mark.route("PUT", f"{IMAGE}/file")
@pytest.mark.parametrize("magic", [b"QFI\xfb\0\0\0\3", b"KDMV\1\0\0\0"])
def test_better_31_container_of_disks_is_not_raw(
    make_image: MakeImage, owner_door: Door, magic: bytes
) -> None:
    content = magic + b"\0" * 4096

    assert owner_door.upload(make_image(disk_format="raw"), content).status_code == 415
