"""/uploads: tus 1.0, pieces and their refusals."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest

from images.models import Upload
from quotas.limits import set_limit
from quotas.models import Resource
from tests.conftest import PROJECT, MakeImage
from tests.images.api.door import Door
from tests.images.api.uploading import BYTES, ask, begin, metadata, opened, patch
from tests.images.kept import kept

pytestmark = [pytest.mark.django_db, pytest.mark.route("POST", "/uploads")]


def sum_of(name: str, body: bytes) -> str:
    return f"{name} {base64.b64encode(hashlib.new(name, body).digest()).decode()}"


@pytest.mark.route("PATCH", "/uploads/{upload_id}")
def test_pieces_make_the_image_active(make_image: MakeImage, owner_door: Door) -> None:
    image = make_image()
    path = opened(owner_door, image)

    first = patch(owner_door, path, 0, BYTES[:30])
    last = patch(owner_door, path, 30, BYTES[30:])

    assert (first.status_code, first.headers["Upload-Offset"]) == (204, "30")
    assert (last.status_code, last.headers["Upload-Offset"]) == (204, "100")
    assert kept(image).checksum == hashlib.md5(BYTES).hexdigest()
    assert ask(owner_door, "HEAD", path).headers["Upload-Offset"] == "100"


def test_head_tells_where_it_stands(make_image: MakeImage, owner_door: Door) -> None:
    image = make_image()
    path = opened(owner_door, image)
    patch(owner_door, path, 0, BYTES[:30])

    answer = ask(owner_door, "HEAD", path)

    told = answer.headers
    assert (answer.status_code, answer.content) == (200, b"")
    assert (told["Upload-Offset"], told["Upload-Length"]) == ("30", "100")
    assert told["Upload-Metadata"] == metadata(image=image.pk)
    assert told["Upload-Expires"].endswith(" GMT")
    assert told["Cache-Control"] == "private, no-store"


def test_first_bytes_come_along(make_image: MakeImage, owner_door: Door) -> None:
    told = metadata(image=make_image().pk)

    answer = ask(owner_door, "POST", "/uploads", BYTES[:7], Upload_Length=100, Upload_Metadata=told)

    assert (answer.status_code, answer.headers["Upload-Offset"]) == (201, "7")


def test_empty_file_is_whole_at_once(make_image: MakeImage, owner_door: Door) -> None:
    image = make_image()

    answer = begin(owner_door, 0, image=image.pk)

    assert (answer.status_code, kept(image).status, kept(image).size) == (201, "active", 0)


@pytest.mark.route("PATCH", "/uploads/{upload_id}")
def test_length_is_told_later(make_image: MakeImage, owner_door: Door) -> None:
    image = make_image()
    path = begin(owner_door, None, image=image.pk).headers["Location"]
    assert ask(owner_door, "HEAD", path).headers["Upload-Defer-Length"] == "1"
    patch(owner_door, path, 0, BYTES[:30])

    patch(owner_door, path, 30, BYTES[30:], Upload_Length=100)

    assert (kept(image).status, kept(image).size) == ("active", 100)


@pytest.mark.route("PATCH", "/uploads/{upload_id}")
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Upload_Offset": 29}, 409),
        ({"Upload_Offset": 31}, 409),
        ({"Upload_Offset": "x"}, 400),
        ({"Upload_Offset": None}, 400),
        ({"Upload_Offset": 30, "Content_Type": "application/octet-stream"}, 415),
        ({"Upload_Offset": 30, "Upload_Checksum": "crc32 AAAA"}, 400),
        ({"Upload_Offset": 30, "Upload_Checksum": "sha1 !"}, 400),
        ({"Upload_Offset": 30, "Upload_Checksum": sum_of("sha1", b"other")}, 460),
        ({"Upload_Offset": 30, "Upload_Length": 99}, 400),
    ],
)
def test_refused_piece_moves_nothing(
    make_image: MakeImage, owner_door: Door, headers: dict[str, Any], status: int
) -> None:
    path = opened(owner_door, make_image())
    patch(owner_door, path, 0, BYTES[:30])

    answer = ask(owner_door, "PATCH", path, BYTES[30:], **headers)

    assert (answer.status_code, Upload.objects.get().offset) == (status, 30), answer.content
    assert patch(owner_door, path, 30, BYTES[30:]).status_code == 204


@pytest.mark.route("PATCH", "/uploads/{upload_id}")
@pytest.mark.parametrize(("length", "status"), [(100, 204), (None, 413)])
def test_quota_that_was_lowered_refuses_what_was_not_declared(
    make_image: MakeImage, owner_door: Door, settings: Any, length: int | None, status: int
) -> None:
    settings.QUOTA_OVERDRAFT, settings.QUOTA_SLICE = 0, 10
    path = begin(owner_door, length, image=make_image().pk).headers["Location"]
    patch(owner_door, path, 0, BYTES[:30])
    set_limit(PROJECT, Resource.IMAGE_SIZE_TOTAL, 40)

    answer = patch(owner_door, path, 30, BYTES[30:])

    assert answer.status_code == status, answer.content
    assert Upload.objects.get().offset == (30 if status == 413 else 100)


@pytest.mark.parametrize("name", ["sha1", "md5", "sha256", "sha512"])
def test_right_sum_is_taken(make_image: MakeImage, owner_door: Door, name: str) -> None:
    image = make_image()
    path = opened(owner_door, image)

    answer = patch(owner_door, path, 0, BYTES, Upload_Checksum=sum_of(name, BYTES))

    assert (answer.status_code, kept(image).status) == (204, "active")


def test_wrong_checksum_of_the_whole_tells_both(make_image: MakeImage, owner_door: Door) -> None:
    image, wrong = make_image(), "0" * 32
    path = opened(owner_door, image, checksum=wrong)

    answer = patch(owner_door, path, 0, BYTES)

    assert (answer.status_code, kept(image).status) == (400, "queued")
    assert hashlib.md5(BYTES).hexdigest() in answer.json()["message"]
    assert wrong in answer.json()["message"]
    assert ask(owner_door, "HEAD", path).status_code == 410
