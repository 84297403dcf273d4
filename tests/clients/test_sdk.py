"""openstacksdk, as programs use it."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from openstack.exceptions import NotFoundException, SDKException
from openstack.image.v2._proxy import Proxy
from openstack.image.v2.image import Image

from tests.clients.clouds import BARE, Cloud, one_store


@pytest.fixture
def image(sdk: Proxy) -> Iterator[Image]:
    """Return an image with a few bytes in it."""
    image = sdk.create_image("small", data=b"some bytes", wait=True, **BARE)
    yield image
    sdk.delete_image(image)


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # openstacksdk leaves the file open
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_create_image_checks_and_waits(sdk: Proxy, raw: Path) -> None:
    image = sdk.create_image(
        "checked", filename=str(raw), wait=True, validate_checksum=True, tags=["t"], a="b", **BARE
    )

    assert (image.status, image.size, image.tags) == ("active", raw.stat().st_size, ["t"])
    assert image.hash_value == hashlib.sha512(raw.read_bytes()).hexdigest()
    assert image.properties["a"] == "b"


def test_create_image_twice_uploads_once(sdk: Proxy) -> None:
    content = b"the same bytes"

    first, second = (
        sdk.create_image("same", data=content, wait=True, validate_checksum=True, **BARE)
        for _ in range(2)
    )

    assert first.id == second.id


def test_generator_is_uploaded_in_chunks(sdk: Proxy) -> None:
    image = sdk.create_image("generated", **BARE)
    image.data = (bytes([number]) * 100_000 for number in range(100))

    image.upload(sdk)

    stored = sdk.get_image(image)
    expected = hashlib.md5(b"".join(bytes([number]) * 100_000 for number in range(100)))
    assert (stored.size, stored.checksum) == (10_000_000, expected.hexdigest())


def test_second_upload_is_a_conflict(sdk: Proxy, image: Image) -> None:
    again = sdk.get_image(image)
    again.data = b"other bytes"

    answer = again.upload(sdk)

    assert answer.status_code == 409
    assert sdk.get_image(image).checksum == image.checksum


def test_failed_upload_takes_its_record_along(sdk: Proxy, cloud: Cloud, iso: Path) -> None:
    kept = cloud.objects()

    with iso.open("rb") as disk, pytest.raises(SDKException, match="415"):
        sdk.create_image("failed", data=disk, wait=True, **(BARE | {"disk_format": "qcow2"}))

    assert sdk.find_image("failed") is None
    assert cloud.objects() == kept


def test_download_is_verified_and_written(sdk: Proxy, image: Image, tmp_path: Path) -> None:
    sdk.download_image(image, output=str(tmp_path / "saved"))

    assert (tmp_path / "saved").read_bytes() == b"some bytes"


def test_download_streams(sdk: Proxy, image: Image) -> None:
    answer = sdk.download_image(image, stream=True)

    assert isinstance(answer, requests.Response)
    chunks = list(answer.iter_content(4))
    assert chunks == [b"some", b" byt", b"es"]
    assert answer.headers["Content-MD5"] == hashlib.md5(b"some bytes").hexdigest()


@one_store
def test_images_come_page_by_page(sdk: Proxy) -> None:
    made = [sdk.create_image(f"page-{number}", tags=["paged"], **BARE) for number in range(5)]

    found = list(sdk.images(tag="paged", limit=2, sort="name:asc"))

    for image in made:
        sdk.delete_image(image)
    assert [image.name for image in found] == [f"page-{number}" for number in range(5)]


@one_store
def test_find_image_by_name_and_by_id(sdk: Proxy, image: Image) -> None:
    by_name, by_id = (sdk.find_image(wanted) for wanted in (image.name, image.id))

    assert [found and found.id for found in (by_name, by_id)] == [image.id, image.id]
    assert sdk.find_image("no such image") is None


@one_store
def test_find_image_that_is_hidden(sdk: Proxy, image: Image) -> None:
    sdk.update_image(image.id, is_hidden=True)

    found = sdk.find_image(image.name)

    assert found is not None
    assert found.id == image.id


@one_store
def test_update_image_changes_fields_and_properties(sdk: Proxy, image: Image) -> None:
    sdk.update_image(image.id, min_ram=512, visibility="community", os_distro="debian", own="value")

    changed = sdk.get_image(image)
    assert (changed.min_ram, changed.visibility) == (512, "community")
    assert (changed.os_distro, changed.properties["own"]) == ("debian", "value")


@one_store
def test_tags_come_and_go(sdk: Proxy, image: Image) -> None:
    sdk.add_tag(image, "kept")
    sdk.add_tag(image, "dropped")

    sdk.remove_tag(image, "dropped")

    assert sdk.get_image(image).tags == ["kept"]


@one_store
def test_member_accepts_and_lists(cloud: Cloud, sdk: Proxy, bobs_sdk: Proxy, image: Image) -> None:
    blue = cloud.projects["blue"]
    sdk.add_member(image, member_id=blue)

    pending = [found.id for found in bobs_sdk.images()]
    bobs_sdk.update_member(blue, image, status="accepted")

    assert image.id not in pending
    assert image.id in [found.id for found in bobs_sdk.images()]
    assert [(row.member_id, row.status) for row in sdk.members(image)] == [(blue, "accepted")]


@one_store
def test_removed_member_sees_nothing(
    cloud: Cloud, sdk: Proxy, bobs_sdk: Proxy, image: Image
) -> None:
    blue = cloud.projects["blue"]
    sdk.add_member(image, member_id=blue)
    found = sdk.find_member(blue, image)

    sdk.remove_member(blue, image)

    assert found is not None
    assert (found.member_id, found.status) == (blue, "pending")
    with pytest.raises(NotFoundException):
        bobs_sdk.get_image(image.id)


@one_store
def test_deactivated_image_gives_no_data(sdk: Proxy, image: Image) -> None:
    sdk.deactivate_image(image)
    refused = sdk.get(f"/images/{image.id}/file").status_code

    sdk.reactivate_image(image)

    assert (refused, sdk.get(f"/images/{image.id}/file").content) == (403, b"some bytes")


@one_store
def test_delete_image_ends_it(sdk: Proxy) -> None:
    image = sdk.create_image("short-lived", data=io.BytesIO(b"x"), **BARE)

    sdk.delete_image(image)

    with pytest.raises(NotFoundException):
        sdk.get_image(image.id)


@one_store
def test_info_names_stores_and_methods(sdk: Proxy) -> None:
    stores = [(store.id, store.is_default) for store in sdk.stores()]

    assert stores == [("file", True)]
    assert sdk.get_import_info().import_methods["value"] == []


@one_store
def test_schemas_are_served(sdk: Proxy) -> None:
    schemas = [sdk.get_image_schema(), sdk.get_images_schema()]
    schemas += [sdk.get_member_schema(), sdk.get_members_schema()]

    assert [schema.name for schema in schemas] == ["image", "images", "member", "members"]
