"""/uploads: tus 1.0, parallel parts."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from images.models import Image
from tests.conftest import MakeImage
from tests.images.api.door import Door
from tests.images.api.uploading import BYTES, ask, metadata, patch
from tests.images.kept import kept

pytestmark = [pytest.mark.django_db, pytest.mark.route("POST", "/uploads")]


def begin_part(door: Door, image: Image, start: int, length: int) -> str:
    told = metadata(image=image.pk, offset=start, size=100)
    said: Any = {"Upload_Length": length, "Upload_Metadata": told, "Upload_Concat": "partial"}
    answer = ask(door, "POST", "/uploads", **said)
    assert answer.status_code == 201, answer.content
    return str(answer.headers["Location"])


def join(door: Door, *paths: str, **told: object) -> Any:
    concat = "final;" + " ".join(paths)
    return ask(door, "POST", "/uploads", Upload_Concat=concat, Upload_Metadata=metadata(**told))


def test_parts_are_joined(make_image: MakeImage, owner_door: Door) -> None:
    image = make_image()
    first, second = begin_part(owner_door, image, 0, 60), begin_part(owner_door, image, 60, 40)
    patch(owner_door, second, 0, BYTES[60:])
    assert join(owner_door, first, second).status_code == 400
    patch(owner_door, first, 0, BYTES[:60])

    answer = join(owner_door, first, f"http://testserver{second}")

    assert (answer.status_code, answer.headers["Upload-Offset"]) == (201, "100")
    assert kept(image).checksum == hashlib.md5(BYTES).hexdigest()
    told = ask(owner_door, "HEAD", answer.headers["Location"]).headers
    assert told["Upload-Concat"] == f"final;{first} {second}"
    assert ask(owner_door, "HEAD", first).headers["Upload-Concat"] == "partial"


@pytest.mark.route("PATCH", "/uploads/{upload_id}")
def test_what_was_joined_takes_no_bytes(make_image: MakeImage, owner_door: Door) -> None:
    part = begin_part(owner_door, make_image(), 0, 100)
    patch(owner_door, part, 0, BYTES)
    final = join(owner_door, part).headers["Location"]

    assert patch(owner_door, final, 100, b"x").status_code == 403


@pytest.mark.route("GET", "/api/uploads")
def test_parts_are_listed_as_one(make_image: MakeImage, owner_door: Door) -> None:
    image = make_image()
    second, first = begin_part(owner_door, image, 60, 40), begin_part(owner_door, image, 0, 60)
    patch(owner_door, second, 0, BYTES[60:70])

    [shown] = owner_door.get("/api/uploads").json()["uploads"]

    facts = [shown[name] for name in ("url", "size", "offset", "parts", "parts_urls")]
    assert facts == [first, 100, 10, True, [first, second]]
