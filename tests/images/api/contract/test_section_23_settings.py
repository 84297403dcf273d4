"""Settings that change the wire, and oddities that clients lean on."""

from __future__ import annotations

from typing import Any

import pytest

from images.models import Image
from tests.conftest import OTHER, PROJECT, MakeImage
from tests.images.api.door import V21, Door

pytestmark = pytest.mark.django_db

LIST, IMAGE = "/v2/images", "/v2/images/{image_id}"


@pytest.mark.route("GET", LIST)
@pytest.mark.parametrize(("query", "count"), [("", 2), ("limit=3", 3), ("limit=9", 4)])
def test_limits_of_lists(settings: Any, owner_door: Door, query: str, count: int) -> None:
    settings.LIST_LIMIT, settings.LIST_LIMIT_MAX = 2, 4
    Image.objects.bulk_create(Image(owner=PROJECT) for _ in range(5))

    assert len(owner_door.get(f"/v2/images?{query}").json()["images"]) == count


@pytest.mark.route("PUT", f"{IMAGE}/file")
@pytest.mark.parametrize(("length", "status"), [(3, 204), (4, 413)])
def test_size_cap(
    settings: Any, make_image: MakeImage, owner_door: Door, length: int, status: int
) -> None:
    settings.IMAGE_SIZE_CAP = 3

    for upload in (owner_door.upload, owner_door.upload_chunked):
        assert upload(make_image(), b"x" * length).status_code == status


@pytest.mark.route("POST", LIST)
@pytest.mark.parametrize(
    ("quota", "statuses"), [(1, [201, 413]), (0, [413, 413]), (-1, [201, 201])]
)
@pytest.mark.parametrize("setting", ["IMAGE_TAG_QUOTA", "IMAGE_PROPERTY_QUOTA"])
def test_tag_and_property_quota(
    settings: Any, owner_door: Door, setting: str, quota: int, statuses: list[int]
) -> None:
    setattr(settings, setting, quota)
    one: dict[str, Any] = {"tags": ["a"]} if "TAG" in setting else {"k": "v"}
    two: dict[str, Any] = {"tags": ["a", "b"]} if "TAG" in setting else {"k": "v", "l": "v"}

    assert [owner_door.create(**fields).status_code for fields in (one, two)] == statuses


@pytest.mark.route("POST", f"{IMAGE}/members")
@pytest.mark.parametrize(("quota", "status"), [(0, 413), (1, 200), (-1, 200)])
def test_member_quota(
    settings: Any, make_image: MakeImage, owner_door: Door, quota: int, status: int
) -> None:
    settings.IMAGE_MEMBER_QUOTA = quota
    path = f"/images/{make_image().pk}/members"

    assert owner_door.send("POST", path, {"member": OTHER}).status_code == status


@pytest.mark.route("PUT", f"{IMAGE}/file")
@pytest.mark.parametrize(("is_on", "status"), [(True, 415), (False, 204)])
def test_format_match(
    settings: Any, make_image: MakeImage, owner_door: Door, status: int, *, is_on: bool
) -> None:
    settings.REQUIRE_IMAGE_FORMAT_MATCH = is_on

    assert owner_door.upload(make_image(disk_format="qcow2"), b"x").status_code == status


@pytest.mark.route("POST", LIST)
def test_default_visibility_is_shared(owner_door: Door) -> None:
    assert owner_door.create().json()["visibility"] == "shared"


@pytest.mark.route("POST", f"{IMAGE}/members")
def test_member_create_answers_200(make_image: MakeImage, owner_door: Door) -> None:
    path = f"/images/{make_image().pk}/members"

    assert owner_door.send("POST", path, {"member": OTHER}).status_code == 200


@pytest.mark.route("GET", f"{IMAGE}/file")
def test_download_without_data_is_204(make_image: MakeImage, owner_door: Door) -> None:
    assert owner_door.download(make_image()).status_code == 204


@pytest.mark.route("GET", IMAGE)
def test_stores_is_a_string(make_active: MakeImage, owner_door: Door) -> None:
    assert owner_door.show(make_active()).json()["stores"] == "memory"


@pytest.mark.route("GET", IMAGE)
@pytest.mark.route("GET", LIST)
def test_client_looks_a_name_up(make_image: MakeImage, owner_door: Door) -> None:
    image, hidden = make_image(name="box"), make_image(name="shy", os_hidden=True)

    def listed(query: str) -> list[str]:
        return [row["id"] for row in owner_door.get(f"/v2/images?{query}").json()["images"]]

    assert owner_door.show("box").status_code == 404
    assert (listed("name=box"), listed("name=shy")) == ([str(image.pk)], [])
    assert listed("os_hidden=True") == [str(hidden.pk)]


@pytest.mark.route("POST", LIST)
def test_properties_of_openstacksdk_are_kept(owner_door: Door) -> None:
    names = [f"owner_specified.openstack.{word}" for word in ("md5", "sha256", "object")]

    shown = owner_door.create(**dict.fromkeys(names, "v")).json()

    assert {name: shown[name] for name in names} == dict.fromkeys(names, "v")


@pytest.mark.route("GET", IMAGE)
@pytest.mark.route("PATCH", IMAGE)
def test_update_of_glanceclient_is_get_patch_get(make_image: MakeImage, owner_door: Door) -> None:
    path = f"/images/{make_image().pk}"
    operation = {"op": "replace", "path": "/name", "value": "new"}

    before = owner_door.send("GET", path).json()
    changed = owner_door.send("PATCH", path, [operation], content_type=V21).json()

    assert owner_door.send("GET", path).json() == changed
    assert {key for key in before if before[key] != changed[key]} - {"updated_at"} == {"name"}


@pytest.mark.route("GET", LIST)
def test_addresses_in_answers_have_no_host_and_no_prefix(
    settings: Any, make_image: MakeImage, owner_door: Door
) -> None:
    settings.PUBLIC_URL = "https://cloud.example/prefix"
    image = make_image()

    page = owner_door.get("/v2/images?limit=1").json()

    shown = page["images"][0]
    assert (shown["self"], shown["file"]) == (
        f"/v2/images/{image.pk}",
        f"/v2/images/{image.pk}/file",
    )
    assert (shown["schema"], page["schema"]) == ("/v2/schemas/image", "/v2/schemas/images")
    assert page["first"] == "/v2/images?limit=1"
    assert page["next"] == f"/v2/images?limit=1&marker={image.pk}"


@pytest.mark.route("PUT", f"{IMAGE}/tags/{{tag}}")
@pytest.mark.route("GET", f"{IMAGE}/members/{{project}}")
def test_ids_in_the_path_may_be_anything(make_image: MakeImage, owner_door: Door) -> None:
    image = make_image()

    assert owner_door.send("PUT", f"/images/{image.pk}/tags/%20").status_code == 204
    assert owner_door.send("GET", f"/images/{image.pk}/members/%20").status_code == 404
    assert owner_door.send("PUT", "/images/anything/tags/a").status_code == 404
    assert owner_door.send("GET", "/images/").status_code == 404
