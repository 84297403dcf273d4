from __future__ import annotations

import hashlib
from typing import Any

import psutil
import pytest

from images.models import Image
from stores.registry import get_store
from tests.conftest import OTHER, MakeImage
from tests.images.api.door import OCTETS, Door
from tests.images.api.views.transfer import TEN, content
from tests.images.kept import kept

pytestmark = pytest.mark.django_db

OTHERS = b"abcdefghij"


def test_data_come_out_whole(make_active: MakeImage, owner_door: Door) -> None:
    answer = owner_door.download(make_active(TEN))

    assert (answer.status_code, content(answer)) == (200, TEN)
    assert answer.headers["Content-Type"] == OCTETS
    assert answer.headers["Content-Length"] == "10"
    assert answer.headers["Content-MD5"] == hashlib.md5(TEN).hexdigest()
    assert answer.headers["Content-Disposition"] == "attachment"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("query", "sent"),
    [
        ("", TEN),
        ("prefer=", TEN),
        ("prefer=,", TEN),
        ("prefer=memory,second", TEN),
        ("prefer=empty", TEN),
        ("prefer=second", OTHERS),
        ("prefer=empty,second,memory,second", OTHERS),
        ("prefer=%20second%20", OTHERS),
    ],
)
def test_preferred_stores_are_tried_first(
    make_active: MakeImage, owner_door: Door, settings: Any, query: str, sent: bytes
) -> None:
    stores = ("memory", "second", "empty")
    settings.IMAGE_STORES = dict.fromkeys(stores, settings.IMAGE_STORES["memory"])
    image = make_active(TEN)
    second, attempt = get_store("second"), f"{image.pk}.{'0' * 32}"
    writer = second.create(attempt, len(OTHERS))
    writer.write(OTHERS)
    writer.seal()
    second.rename(attempt, str(image.pk))
    image.locations.create(store="second", key=str(image.pk), size=10, status="active")

    answer = owner_door.get(f"/v2/images/{image.pk}/file?{query}")

    assert content(answer) == sent


def test_preferred_store_that_is_none_is_refused(
    make_active: MakeImage, owner_door: Door, stranger_door: Door
) -> None:
    address = f"/v2/images/{make_active(TEN).pk}/file?prefer=memory,nowhere"

    assert owner_door.get(address).status_code == 400
    assert stranger_door.get(address).status_code == 404


@pytest.mark.parametrize(
    ("asked", "part", "sent"),
    [
        ("bytes=0-4", "bytes 0-4/10", b"01234"),
        ("bytes=4-", "bytes 4-9/10", b"456789"),
        ("bytes=-2", "bytes 8-9/10", b"89"),
        ("bytes=9-9", "bytes 9-9/10", b"9"),
        ("bytes=0-99", "bytes 0-9/10", TEN),
        ("bytes=-99", "bytes 0-9/10", TEN),
        ("bytes=0-9999999999999999999", "bytes 0-9/10", TEN),
    ],
)
def test_one_range_is_served(
    make_active: MakeImage, owner_door: Door, asked: str, part: str, sent: bytes
) -> None:
    answer = owner_door.download(make_active(TEN), HTTP_RANGE=asked)

    assert (answer.status_code, content(answer)) == (206, sent)
    assert answer.headers["Content-Range"] == part
    assert answer.headers["Content-Length"] == str(len(sent))
    assert answer.headers["Content-MD5"] == hashlib.md5(TEN).hexdigest()


def test_range_of_data_that_began_otherwise_is_all(
    make_active: MakeImage, owner_door: Door
) -> None:
    image = make_active(TEN)
    etag = owner_door.download(image).headers["ETag"]

    rest = owner_door.download(image, HTTP_RANGE="bytes=4-", HTTP_IF_RANGE=etag)
    everything = owner_door.download(image, HTTP_RANGE="bytes=4-", HTTP_IF_RANGE='"other"')

    assert (rest.status_code, content(rest)) == (206, TEN[4:])
    assert (everything.status_code, content(everything)) == (200, TEN)


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ("bytes=10-", 416),
        ("bytes=4-2", 416),
        ("bytes=-0", 416),
        ("bytes=-", 416),
        ("bytes=x", 416),
        ("bytes=", 416),
        ("bytes", 416),
        ("bytes=0-4x", 416),
        ("bytes= 0-4", 416),
        ("bytes=+1-4", 416),
        ("bytes=\u0660-4", 416),
        ("bytes=99999999999999999999-", 416),
        ("lines=0-4", 416),
        ("bytes=0-1,3-4", 400),
        ("bytes=0-,0-,0-", 400),
    ],
)
def test_other_ranges_are_refused(
    make_active: MakeImage, owner_door: Door, asked: str, status: int
) -> None:
    answer = owner_door.download(make_active(TEN), HTTP_RANGE=asked)

    assert answer.status_code == status
    assert answer.headers.get("Content-Range") == ("bytes */10" if status == 416 else None)


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ("bytes 0-1/10", 206),
        ("bytes 0-1/*", 206),
        ("bytes 0-10/10", 416),
        ("bytes 4-2/10", 416),
        ("bytes */10", 416),
        ("0-1", 416),
    ],
)
def test_range_of_old_clients_is_served(
    make_active: MakeImage, owner_door: Door, asked: str, status: int
) -> None:
    answer = owner_door.download(make_active(TEN), HTTP_CONTENT_RANGE=asked)

    assert answer.status_code == status
    assert status == 416 or content(answer) == b"01"


@pytest.mark.parametrize("environ", [{}, {"HTTP_RANGE": "bytes=0-4"}, {"HTTP_RANGE": "x"}])
@pytest.mark.parametrize("status", ["queued", "saving", "uploading", "importing"])
def test_image_without_data_has_no_content(
    make_image: MakeImage, owner_door: Door, status: str, environ: dict[str, Any]
) -> None:
    image = make_image()
    Image.objects.update(status=status)

    answer = owner_door.download(image, **environ)

    assert (answer.status_code, answer.content) == (204, b"")


def test_empty_image_is_whole_and_has_no_range(make_active: MakeImage, owner_door: Door) -> None:
    image = make_active(b"")

    whole = owner_door.download(image)

    assert (whole.status_code, content(whole), whole.headers["Content-Length"]) == (200, b"", "0")
    assert owner_door.download(image, HTTP_RANGE="bytes=0-").status_code == 416


def test_deactivated_data_are_for_administrators(
    make_active: MakeImage, owner_door: Door, admin_door: Door
) -> None:
    image = make_active(TEN)
    Image.objects.update(status="deactivated")

    assert owner_door.download(image).status_code == 403
    assert content(admin_door.download(image)) == TEN


@pytest.mark.parametrize(
    ("who", "visibility", "status"),
    [
        ("reader_door", "shared", 403),
        ("member_door", "shared", 200),
        ("stranger_door", "shared", 404),
        ("stranger_door", "public", 200),
        ("stranger_door", "community", 200),
        ("member_door", "private", 404),
        ("admin_door", "private", 200),
    ],
)
def test_data_are_for_members_who_see_the_image(
    request: pytest.FixtureRequest, make_active: MakeImage, who: str, visibility: str, status: int
) -> None:
    image = make_active(TEN)
    image.members.create(project=OTHER, status="rejected")
    Image.objects.update(visibility=visibility)

    assert request.getfixturevalue(who).download(image).status_code == status


def test_data_in_a_store_that_is_gone_are_not_to_be_had_now(
    make_active: MakeImage, owner_door: Door
) -> None:
    image = make_active(TEN)
    image.locations.update(store="gone")

    answer = owner_door.download(image)

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert owner_door.show(image).json()["stores"] == "gone"


def test_data_that_no_store_has_are_lost(make_active: MakeImage, owner_door: Door) -> None:
    image = make_active(TEN)
    get_store().delete(str(image.pk))

    assert owner_door.download(image).status_code == 404
    assert kept(image).status == "active"


@pytest.fixture
def files(settings: Any, tmp_path: Any) -> None:
    """Keep data in files."""
    backend = "stores.backends.filesystem.FilesystemStore"
    options = {"path": str(tmp_path / "images")}
    settings.IMAGE_STORES = {"memory": {"BACKEND": backend, "OPTIONS": options}}


@pytest.mark.parametrize("environ", [{}, {"HTTP_RANGE": "bytes=3-6"}, {"HTTP_RANGE": "x"}])
def test_files_are_sent_and_closed(
    files: None, make_active: MakeImage, owner_door: Door, environ: dict[str, str]
) -> None:
    image = make_active(TEN)
    before = psutil.Process().num_fds()

    answer = owner_door.download(image, **environ)
    sent = content(answer)
    answer.close()

    length = int(answer.headers["Content-Length"])
    assert answer.status_code == 416 or sent[:length] in (TEN, b"3456")
    assert psutil.Process().num_fds() == before
