"""Data: one row for each way; what can go wrong with them is tried beside `views/test_data.py`."""

from __future__ import annotations

import pytest

from images.models import Image
from tests.conftest import MakeImage
from tests.images.api.door import Door

pytestmark = pytest.mark.django_db

FILE = "/v2/images/{image_id}/file"


@pytest.mark.route("PUT", FILE)
@pytest.mark.parametrize("content", [b"", b"some bytes"])
def test_upload_makes_the_image_active_with_size_and_hashes(
    make_image: MakeImage, owner_door: Door, content: bytes
) -> None:
    image = make_image()

    answer = owner_door.upload(image, content)

    shown = owner_door.show(image).json()
    assert (answer.status_code, answer.content, shown["status"]) == (204, b"", "active")
    assert (shown["size"], len(shown["checksum"])) == (len(content), 32)
    assert (shown["os_hash_algo"], len(shown["os_hash_value"])) == ("sha512", 128)


@pytest.mark.route("PUT", FILE)
def test_upload_to_an_image_with_data_is_409(make_active: MakeImage, owner_door: Door) -> None:
    assert owner_door.upload(make_active(), b"x").status_code == 409


@pytest.mark.route("PUT", FILE)
def test_upload_without_formats_is_400(make_image: MakeImage, owner_door: Door) -> None:
    assert owner_door.upload(make_image(disk_format=None), b"x").status_code == 400


@pytest.mark.route("GET", FILE)
@pytest.mark.parametrize("status", ["queued", "saving", "uploading", "importing"])
def test_download_before_there_are_data_is_204(
    make_image: MakeImage, owner_door: Door, status: str
) -> None:
    image = make_image()
    Image.objects.update(status=status)

    answer = owner_door.download(image)

    assert (answer.status_code, answer.content) == (204, b"")


@pytest.mark.route("GET", FILE)
def test_download_of_the_whole_is_200(make_active: MakeImage, owner_door: Door) -> None:
    answer = owner_door.download(make_active(b"some bytes"))

    assert (answer.status_code, b"".join(answer)) == (200, b"some bytes")
    assert answer.headers["Content-Type"] == "application/octet-stream"


@pytest.mark.route("GET", FILE)
@pytest.mark.parametrize(
    ("asked", "status", "content"),
    [
        ("bytes=0-4", 206, b"01234"),
        ("bytes=4-", 206, b"456789"),
        ("bytes=-2", 206, b"89"),
        ("bytes=0-99", 206, b"0123456789"),
        ("bytes=-99", 206, b"0123456789"),
        ("bytes=-0", 416, None),
        ("bytes=10-", 416, None),
        ("bytes=4-2", 416, None),
        ("bytes=x", 416, None),
        ("lines=0-1", 416, None),
        ("bytes=0-1,4-5", 400, None),
    ],
)
def test_download_of_a_range(
    make_active: MakeImage, owner_door: Door, asked: str, status: int, content: bytes | None
) -> None:
    answer = owner_door.download(make_active(b"0123456789"), HTTP_RANGE=asked)

    assert answer.status_code == status
    assert content is None or b"".join(answer) == content


@pytest.mark.route("GET", FILE)
@pytest.mark.parametrize(("who", "status"), [("owner_door", 403), ("admin_door", 200)])
def test_download_of_a_deactivated_image_is_for_administrators(
    request: pytest.FixtureRequest, make_active: MakeImage, who: str, status: int
) -> None:
    image = make_active()
    Image.objects.update(status="deactivated")

    assert request.getfixturevalue(who).download(image).status_code == status
