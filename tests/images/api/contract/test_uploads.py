"""/uploads: tus 1.0, each extension and each refusal; /api/uploads: what is unfinished."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest

from images.api.tus import PIECE
from images.models import Image, Upload
from quotas.limits import set_limit
from quotas.models import Resource
from tests.conftest import PROJECT, MakeImage
from tests.images.api.door import Door

pytestmark = [pytest.mark.django_db, pytest.mark.route("POST", "/uploads")]
BYTES = b"0123456789" * 10
ABSENT = "/uploads/3f2504e0-4f89-41d3-9a0c-0305e82c3301"


def metadata(**told: object) -> str:
    pairs = (
        f"{key} {base64.b64encode(str(value).encode()).decode()}" for key, value in told.items()
    )
    return ",".join(pairs)


def ask(door: Door, method: str, path: str, body: Any = b"", **headers: Any) -> Any:
    """Send one request of the protocol; *headers* are written with _ for -."""
    given: Any = {
        f"HTTP_{name.upper()}": str(text) for name, text in headers.items() if text is not None
    }
    given = {"HTTP_TUS_RESUMABLE": "1.0.0", "content_type": PIECE} | given
    if "HTTP_CONTENT_TYPE" in given:
        given["content_type"] = given.pop("HTTP_CONTENT_TYPE")
    answer = door.generic(method, path, body, **given)
    assert answer.headers["Tus-Resumable"] == "1.0.0"
    return answer


def begin(door: Door, length: int | None = len(BYTES), **told: Any) -> Any:
    said: Any = {"Upload_Defer_Length": 1} if length is None else {"Upload_Length": length}
    return ask(door, "POST", "/uploads", Upload_Metadata=metadata(**told), **said)


def opened(door: Door, image: Image, **told: Any) -> str:
    """Begin an upload of `BYTES` and return its address."""
    answer = begin(door, image=image.pk, **told)
    assert answer.status_code == 201, answer.content
    return str(answer.headers["Location"])


def patch(door: Door, path: str, offset: int, body: bytes, **headers: object) -> Any:
    return ask(door, "PATCH", path, body, Upload_Offset=offset, **headers)


def kept(image: Image) -> Image:
    return Image.objects.get(pk=image.pk)


def sum_of(name: str, body: bytes) -> str:
    return f"{name} {base64.b64encode(hashlib.new(name, body).digest()).decode()}"


@pytest.mark.parametrize("version", ["", "0.2.2", "1.0.1", "2"])
def test_other_version_is_refused_before_anything(
    make_image: MakeImage, owner_door: Door, version: str
) -> None:
    told = metadata(image=make_image().pk)
    headers: Any = {"Upload_Length": 1, "Upload_Metadata": told, "Tus_Resumable": version}

    answer = ask(owner_door, "POST", "/uploads", **headers)

    assert (answer.status_code, answer.headers["Tus-Version"]) == (412, "1.0.0")
    assert Upload.objects.count() == 0


def test_upload_begins(make_image: MakeImage, owner_door: Door) -> None:
    image = make_image()

    answer = begin(owner_door, image=image.pk, filename="disk.raw")

    upload = Upload.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (201, f"/uploads/{upload.pk}")
    assert answer.headers["Upload-Expires"].endswith(" GMT")
    assert (upload.filename, kept(image).status) == ("disk.raw", "saving")


def test_upload_makes_its_image(owner_door: Door) -> None:
    answer = begin(owner_door, filename="disk.raw", disk_format="raw", visibility="private")

    assert answer.status_code == 201
    image = Image.objects.get()
    assert (image.name, image.disk_format, image.container_format, image.visibility) == (
        *("disk.raw", "raw", "bare"),
        "private",
    )


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 400),
        ({"Upload_Length": "x"}, 400),
        ({"Upload_Length": -1}, 400),
        ({"Upload_Length": (1 << 40) + 1}, 413),
        ({"Upload_Length": 1 << 63}, 400),
        ({"Upload_Defer_Length": 2}, 400),
        ({"Upload_Length": 1, "Upload_Metadata": "image !"}, 400),
        ({"Upload_Length": 1, "Upload_Metadata": "image YQ==,image YQ=="}, 400),
        ({"Upload_Length": 1, "Upload_Metadata": "a b c"}, 400),
        ({"Upload_Length": 1, "Upload_Metadata": "x " + "YWFh" * 2000}, 400),
        ({"Upload_Length": 1, "Upload_Metadata": metadata(name="no format")}, 400),
        ({"Upload_Length": 1, "Upload_Metadata": metadata(disk_format="floppy")}, 400),
        ({"Upload_Length": 1, "Upload_Metadata": metadata(image="x")}, 404),
        ({"Upload_Length": 1, "Upload_Metadata": metadata(disk_format="raw", checksum="x")}, 400),
        ({"Upload_Length": 1, "Upload_Metadata": metadata(disk_format="raw", store="x")}, 400),
        ({"Upload_Length": 1, "Upload_Metadata": metadata(disk_format="raw", name="\0")}, 400),
        ({"Upload_Length": 1, "Upload_Concat": "partial"}, 400),
        ({"Upload_Length": 1, "Upload_Concat": "final;/uploads/x"}, 400),
        ({"Upload_Concat": "final;/uploads/x"}, 400),
        ({"Upload_Concat": f"final;{ABSENT}"}, 404),
        ({"Upload_Concat": "final;"}, 404),
    ],
)
def test_beginning_that_can_never_be_right_is_refused(
    owner_door: Door, headers: dict[str, Any], status: int
) -> None:
    given = {"Upload_Metadata": metadata(disk_format="raw")} | headers

    answer = ask(owner_door, "POST", "/uploads", **given)

    assert (answer.status_code, Upload.objects.count()) == (status, 0), answer.content
    assert set(answer.json()) == {"message", "code", "title"}


def test_quota_is_told_before_the_first_byte(make_image: MakeImage, owner_door: Door) -> None:
    set_limit(PROJECT, Resource.IMAGE_SIZE_TOTAL, 99)

    answer = begin(owner_door, image=make_image().pk)

    assert answer.status_code == 413
    assert "100 B needed, 99 B left" in answer.json()["message"]


@pytest.mark.route("POST", "/uploads/")
def test_slash_is_a_courtesy(make_image: MakeImage, owner_door: Door) -> None:
    told = metadata(image=make_image().pk)

    answer = ask(owner_door, "POST", "/uploads/", Upload_Length=1, Upload_Metadata=told)

    assert (answer.status_code, Upload.objects.count()) == (201, 1)


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


@pytest.mark.route("DELETE", "/uploads/{upload_id}")
def test_cancelled_upload_is_gone(make_image: MakeImage, owner_door: Door) -> None:
    image = make_image()
    path = opened(owner_door, image)

    assert ask(owner_door, "DELETE", path).status_code == 204

    assert kept(image).status == "queued"
    assert [ask(owner_door, method, path).status_code for method in ("HEAD", "DELETE")] == [410] * 2
    assert patch(owner_door, path, 0, BYTES).status_code == 410


@pytest.mark.route("DELETE", "/uploads/{upload_id}")
def test_upload_of_a_deleted_image_is_gone(make_image: MakeImage, owner_door: Door) -> None:
    image = make_image()
    path = opened(owner_door, image)

    owner_door.delete(f"/v2/images/{image.pk}")

    assert patch(owner_door, path, 0, BYTES).status_code == 410


@pytest.mark.route("POST", "/uploads/{upload_id}")
def test_method_may_be_overridden(make_image: MakeImage, owner_door: Door) -> None:
    path = opened(owner_door, make_image())
    meant = {"X_HTTP_Method_Override": "PATCH", "Upload_Offset": 0}

    assert ask(owner_door, "POST", path, BYTES[:5], **meant).headers["Upload-Offset"] == "5"
    assert ask(owner_door, "POST", path, X_HTTP_Method_Override="DELETE").status_code == 204
    assert ask(owner_door, "POST", path, X_HTTP_Method_Override="PUT").status_code == 405


@pytest.mark.route("PATCH", "/uploads/{upload_id}")
@pytest.mark.parametrize("method", ["HEAD", "PATCH", "DELETE"])
def test_upload_of_another_is_as_unknown(
    make_image: MakeImage, owner_door: Door, stranger_door: Door, method: str
) -> None:
    path = opened(owner_door, make_image())

    theirs, unknown = (ask(stranger_door, method, one, Upload_Offset=0) for one in (path, ABSENT))

    assert (theirs.status_code, theirs.content) == (404, unknown.content)
    assert "Upload-Offset" not in theirs.headers
    assert Upload.objects.get().offset == 0


def test_data_come_one_way_at_a_time(make_image: MakeImage, owner_door: Door) -> None:
    image = make_image()
    opened(owner_door, image)

    assert owner_door.upload(image, BYTES).status_code == 409


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
def test_unfinished_uploads_are_listed(
    make_image: MakeImage, owner_door: Door, stranger_door: Door
) -> None:
    image = make_image(name="disk")
    path = opened(owner_door, image, filename="disk.raw", fingerprint="f")
    patch(owner_door, path, 0, BYTES[:30])

    [shown] = owner_door.get("/api/uploads").json()["uploads"]

    assert shown.pop("expires_at").endswith("Z")
    assert shown == {
        "id": path.rpartition("/")[2],
        "url": path,
        "image": str(image.pk),
        "name": "disk",
        "image_url": f"/images/{image.pk}",
        "size": 100,
        "offset": 30,
        "filename": "disk.raw",
        "fingerprint": "f",
        "parts": False,
        "parts_urls": [],
    }
    assert stranger_door.get("/api/uploads").json() == {"uploads": []}


@pytest.mark.route("GET", "/api/uploads")
def test_parts_are_listed_as_one(make_image: MakeImage, owner_door: Door) -> None:
    image = make_image()
    second, first = begin_part(owner_door, image, 60, 40), begin_part(owner_door, image, 0, 60)
    patch(owner_door, second, 0, BYTES[60:70])

    [shown] = owner_door.get("/api/uploads").json()["uploads"]

    facts = [shown[name] for name in ("url", "size", "offset", "parts", "parts_urls")]
    assert facts == [first, 100, 10, True, [first, second]]


@pytest.mark.route("GET", "/api/uploads")
def test_finished_uploads_are_not_listed(
    make_image: MakeImage, owner_door: Door, django_assert_num_queries: Any
) -> None:
    patch(owner_door, opened(owner_door, make_image()), 0, BYTES)
    for _ in range(3):
        opened(owner_door, make_image())

    with django_assert_num_queries(1):
        listed = owner_door.get("/api/uploads").json()["uploads"]

    assert len(listed) == 3
