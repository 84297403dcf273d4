"""/uploads: tus 1.0, how an upload begins and ends; /api/uploads: what is unfinished."""

from __future__ import annotations

from typing import Any

import pytest

from images.actors import Actor
from images.lifecycle.trash import trash_image
from images.models import Image, Upload
from quotas.limits import set_limit
from quotas.models import Resource
from tests.conftest import PROJECT, MakeImage
from tests.images.api.door import Door
from tests.images.api.uploading import BYTES, ask, begin, metadata, opened, patch
from tests.images.kept import kept

pytestmark = [pytest.mark.django_db, pytest.mark.route("POST", "/uploads")]
ABSENT = "/uploads/3f2504e0-4f89-41d3-9a0c-0305e82c3301"


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
        ({"Upload_Defer_Length": 1, "Upload_Length": 1}, 400),
        ({"Upload_Defer_Length": 2, "Upload_Length": 1}, 400),
        ({"Upload_Length": 1, "Upload_Concat": "whole"}, 400),
        ({"Upload_Length": 1, "Upload_Concat": ""}, 400),
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


@pytest.mark.route("PATCH", "/uploads/{upload_id}")
@pytest.mark.parametrize("method", ["HEAD", "PATCH", "DELETE"])
def test_upload_of_an_image_in_the_trash_is_as_unknown(
    make_image: MakeImage, owner: Actor, owner_door: Door, method: str
) -> None:
    image = make_image()
    path = opened(owner_door, image)
    ask(owner_door, "DELETE", path)
    trash_image(image, actor=owner)

    lost, unknown = (ask(owner_door, method, one, Upload_Offset=0) for one in (path, ABSENT))

    assert (lost.status_code, lost.content) == (404, unknown.content)


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
def test_finished_uploads_are_not_listed(
    make_image: MakeImage, owner_door: Door, django_assert_num_queries: Any
) -> None:
    patch(owner_door, opened(owner_door, make_image()), 0, BYTES)
    for _ in range(3):
        opened(owner_door, make_image())

    with django_assert_num_queries(1):
        listed = owner_door.get("/api/uploads").json()["uploads"]

    assert len(listed) == 3
