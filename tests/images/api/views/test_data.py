from __future__ import annotations

import hashlib
from io import BytesIO
from typing import Any

import pytest

from images.lifecycle.data import receiving
from images.models import Event, Image, Location
from quotas.limits import set_limit
from quotas.models import Resource, Usage
from tests.conftest import OTHER, PROJECT, MakeImage
from tests.images.api.door import OCTETS, Door
from tests.images.api.views.transfer import TEN, content
from tests.images.kept import kept, objects_of

pytestmark = pytest.mark.django_db

ABSENT = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
QCOW2_WITH_BACKING_FILE = b"QFI\xfb" + bytes(3) + b"\x03" + bytes(7) + b"\x68" + bytes(600)


def assert_untouched(image: Image) -> None:
    """The image waits for data, and no store holds a byte of it."""
    assert (kept(image).status, kept(image).size, kept(image).checksum) == ("queued", None, None)
    assert objects_of(image) == []
    assert (Location.objects.count(), Usage.objects.get(project=PROJECT).reserved) == (0, 0)


@pytest.mark.parametrize("way", ["upload", "upload_chunked"])
@pytest.mark.parametrize("data", [TEN, b"", b"x" * (9 << 20)])
def test_data_go_in(make_image: MakeImage, owner_door: Door, way: str, data: bytes) -> None:
    image = make_image()

    answer = getattr(owner_door, way)(image, data)

    assert (answer.status_code, answer.content) == (204, b"")
    shown = owner_door.show(image).json()
    assert (shown["status"], shown["size"], shown["stores"]) == ("active", len(data), "memory")
    assert shown["virtual_size"] == (len(data) or None)
    assert shown["checksum"] == hashlib.md5(data).hexdigest()
    assert shown["os_hash_value"] == hashlib.sha512(data).hexdigest()
    assert content(owner_door.download(image)) == data


@pytest.mark.parametrize("kind", ["application/octet-stream; charset=binary", OCTETS.upper()])
def test_parameters_of_the_content_type_are_not_looked_at(
    make_image: MakeImage, owner_door: Door, kind: str
) -> None:
    assert owner_door.upload(make_image(), TEN, content_type=kind).status_code == 204


@pytest.mark.parametrize(
    "environ",
    [
        {"content_type": "application/json"},
        {"content_type": "text/plain"},
        {"content_type": ""},
        {"content_type": "multipart/form-data; boundary=x"},
        {"HTTP_CONTENT_ENCODING": "gzip"},
        {"HTTP_CONTENT_ENCODING": "identity, gzip"},
    ],
)
def test_data_of_another_type_are_refused(
    make_image: MakeImage, owner_door: Door, environ: dict[str, Any]
) -> None:
    image = make_image()

    assert owner_door.upload(image, TEN, **environ).status_code == 415
    assert_untouched(image)


@pytest.mark.parametrize("encoding", ["identity", ""])
def test_encoding_that_is_none_will_do(
    make_image: MakeImage, owner_door: Door, encoding: str
) -> None:
    assert owner_door.upload(make_image(), TEN, HTTP_CONTENT_ENCODING=encoding).status_code == 204


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("10", 204),
        ("0010", 204),
        ("0", 204),
        ("", 204),
        (" 10 ", 204),
        ("9", 400),
        ("11", 400),
        ("-1", 400),
        ("-10", 400),
        ("+10", 400),
        ("1e1", 400),
        ("10.0", 400),
        ("0x0a", 400),
        ("1_0", 400),
        ("ten", 400),
        ("\u0661\u0660", 400),
        (str(2**63), 400),
        (str(2**70), 400),
        ("0" * 30 + "9" * 30, 400),
        ("9" * 5000, 400),
    ],
)
@pytest.mark.parametrize("way", ["upload", "upload_chunked"])
def test_declared_size_is_kept_to(
    make_image: MakeImage, owner_door: Door, way: str, said: str, status: int
) -> None:
    image = make_image()

    answer = getattr(owner_door, way)(image, TEN, HTTP_X_OPENSTACK_IMAGE_SIZE=said)

    assert answer.status_code == status
    assert kept(image).status == ("active" if status == 204 else "queued")
    if status == 400:
        assert_untouched(image)


def test_size_beyond_the_cap_is_refused_before_a_byte(
    make_image: MakeImage, owner_door: Door, settings: Any
) -> None:
    settings.IMAGE_SIZE_CAP = 9
    image, body = make_image(), BytesIO(TEN)

    assert owner_door.upload(image, TEN, **{"wsgi.input": body}).status_code == 413
    assert body.tell() == 0
    assert owner_door.upload_chunked(image, TEN).status_code == 413
    assert_untouched(image)


def test_size_over_the_quota_is_refused_before_a_byte(
    make_image: MakeImage, owner_door: Door, settings: Any
) -> None:
    settings.QUOTA_OVERDRAFT = 0
    set_limit(PROJECT, Resource.IMAGE_SIZE_TOTAL, 9)
    image, body = make_image(), BytesIO(TEN)

    assert owner_door.upload(image, TEN, **{"wsgi.input": body}).status_code == 413
    assert body.tell() == 0
    assert owner_door.upload_chunked(image, TEN).status_code == 413
    assert_untouched(image)


@pytest.mark.parametrize(
    ("store", "status"),
    [("memory", 204), ("", 400), ("other", 400), ("../memory", 400), ("Memory", 400)],
)
def test_store_is_one_of_those_there_are(
    make_image: MakeImage, owner_door: Door, store: str, status: int
) -> None:
    image = make_image()

    assert owner_door.upload(image, TEN, HTTP_X_IMAGE_META_STORE=store).status_code == status
    if status == 400:
        assert_untouched(image)


def test_data_go_into_the_store_that_is_named(
    make_image: MakeImage, owner_door: Door, settings: Any
) -> None:
    memory = settings.IMAGE_STORES["memory"]
    settings.IMAGE_STORES = {
        "memory": memory,
        "second": memory,
        "old": memory | {"OPTIONS": {"read_only": True}},
    }
    image = make_image()

    assert owner_door.upload(image, TEN, HTTP_X_IMAGE_META_STORE="old").status_code == 400
    assert owner_door.upload(image, TEN, HTTP_X_IMAGE_META_STORE="second").status_code == 204
    assert owner_door.show(image).json()["stores"] == "second"


@pytest.mark.parametrize(
    ("environ", "status"),
    [
        ({"content_type": "text/plain", "HTTP_X_OPENSTACK_IMAGE_SIZE": "x"}, 415),
        ({"HTTP_X_OPENSTACK_IMAGE_SIZE": "x", "HTTP_X_IMAGE_META_STORE": "x"}, 400),
        ({"HTTP_X_IMAGE_META_STORE": "x"}, 400),
        ({}, 404),
    ],
)
def test_request_is_looked_at_before_the_image(
    owner_door: Door, environ: dict[str, Any], status: int
) -> None:
    assert owner_door.upload(ABSENT, TEN, **environ).status_code == status


@pytest.mark.parametrize(
    ("who", "status"), [("reader_door", 403), ("member_door", 403), ("stranger_door", 404)]
)
def test_data_come_from_the_owner_only(
    request: pytest.FixtureRequest, make_image: MakeImage, who: str, status: int
) -> None:
    image = make_image()
    image.members.create(project=OTHER)

    assert request.getfixturevalue(who).upload(image, TEN).status_code == status
    assert_untouched(image)


def test_image_without_formats_takes_no_data(make_image: MakeImage, owner_door: Door) -> None:
    image = make_image(disk_format=None)

    assert owner_door.upload(image, TEN).status_code == 400
    assert_untouched(image)


def test_second_upload_is_a_conflict(
    make_image: MakeImage, make_active: MakeImage, owner: Any, owner_door: Door
) -> None:
    assert owner_door.upload(make_active(), TEN).status_code == 409

    image = make_image()
    with receiving(image, actor=owner) as session:
        assert owner_door.upload(image, b"other").status_code == 409
        session.fill([TEN])
    assert content(owner_door.download(image)) == TEN


@pytest.mark.parametrize(
    ("disk_format", "data"),
    [("qcow2", TEN), ("raw", QCOW2_WITH_BACKING_FILE), ("qcow2", QCOW2_WITH_BACKING_FILE)],
)
def test_refused_content_leaves_nothing_and_a_second_upload_starts_clean(
    make_image: MakeImage, owner_door: Door, disk_format: str, data: bytes
) -> None:
    image = make_image(disk_format=disk_format)

    assert owner_door.upload(image, data).status_code == 415
    assert_untouched(image)
    assert owner_door.download(image).status_code == 204
    assert Event.objects.latest("pk").kind == "image.upload_abandoned"

    operation = {"op": "replace", "path": "/disk_format", "value": "raw"}
    assert owner_door.change(image, operation).status_code == 200
    assert owner_door.upload(image, TEN).status_code == 204


class Broken(BytesIO):
    """A body that breaks off, as gunicorn tells it."""

    def __init__(self, trouble: Exception) -> None:
        super().__init__(TEN)
        self._trouble = trouble

    def read(self, size: int | None = -1) -> bytes:
        return super().read(5) if self.tell() == 0 else self._fail()

    def _fail(self) -> bytes:
        raise self._trouble


@pytest.mark.parametrize(
    ("trouble", "status"),
    [(ConnectionResetError(), 400), (OSError("bad chunk"), 400), (TimeoutError(), 408)],
)
def test_body_that_breaks_off_is_undone(
    make_image: MakeImage, owner_door: Door, trouble: Exception, status: int
) -> None:
    image = make_image()

    answer = owner_door.upload_chunked(image, TEN, **{"wsgi.input": Broken(trouble)})

    assert answer.status_code == status
    assert_untouched(image)


def test_body_shorter_than_its_length_is_undone(make_image: MakeImage, owner_door: Door) -> None:
    image = make_image()

    answer = owner_door.upload(image, TEN, **{"CONTENT_LENGTH": "11", "wsgi.input": BytesIO(TEN)})

    assert answer.status_code == 400
    assert_untouched(image)
