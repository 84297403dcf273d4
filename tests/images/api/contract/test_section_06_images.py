"""Create, show, delete, tags and actions; the rules of each field are in section 3."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from images.models import Image
from quotas.models import Limit
from tests.conftest import OTHER, PROJECT, MakeImage
from tests.images.api.door import Door

pytestmark = pytest.mark.django_db

LIST, IMAGE = "/v2/images", "/v2/images/{image_id}"
UUID = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"


@pytest.mark.route("POST", LIST)
def test_create_is_201_with_the_image_and_three_headers(owner_door: Door) -> None:
    answer = owner_door.create(name="x")

    assert (answer.status_code, answer.json()["status"]) == (201, "queued")
    assert answer.json() == owner_door.show(answer.json()["id"]).json()
    assert answer.headers["Location"].endswith(f"/v2/images/{answer.json()['id']}")
    assert answer.headers["OpenStack-image-store-ids"] == "memory"
    assert "OpenStack-image-import-methods" not in answer.headers  # there is none


@pytest.mark.route("POST", LIST)
@pytest.mark.parametrize(
    ("who", "fields", "status"),
    [
        ("owner_door", {}, 201),
        ("owner_door", {"owner": PROJECT}, 201),
        ("owner_door", {"visibility": "community"}, 201),
        ("owner_door", {"visibility": "public"}, 403),
        ("owner_door", {"owner": OTHER}, 403),
        ("owner_door", {"owner": None}, 403),
        ("reader_door", {}, 403),
        ("admin_door", {"visibility": "public"}, 201),
        ("admin_door", {"owner": OTHER}, 201),
        ("admin_door", {"owner": None}, 201),
    ],
)
def test_create_is_for_members_of_the_owner_and_public_for_administrators(
    request: pytest.FixtureRequest, who: str, fields: dict[str, Any], status: int
) -> None:
    assert request.getfixturevalue(who).create(**fields).status_code == status


@pytest.mark.route("POST", LIST)
@pytest.mark.parametrize("body", [None, b"", b"{", b"null", b"[]", b'"x"', b"1"])
def test_create_without_a_json_object_is_400(owner_door: Door, body: bytes | None) -> None:
    """An array too (24/7)."""
    assert owner_door.send("POST", "/images", body).status_code == 400


MANY_TAGS = {"tags": [f"t{number}" for number in range(129)]}
MANY_PROPERTIES = {f"k{number}": "" for number in range(129)}


@pytest.mark.route("POST", LIST)
@pytest.mark.parametrize(
    ("who", "fields", "status"),
    [
        ("reader_door", {"name": 1, "status": "active"}, 400),
        ("reader_door", {"k" * 256: "v", "deleted": "true"}, 400),
        ("owner_door", {"status": "active", "id": UUID} | MANY_TAGS, 403),
        ("owner_door", {"os_glance_x": "v", "id": UUID} | MANY_TAGS, 403),
        ("owner_door", {"owner": OTHER, "id": UUID} | MANY_TAGS, 403),
        ("reader_door", {"id": UUID} | MANY_TAGS, 403),
        ("owner_door", {"visibility": "public", "id": UUID} | MANY_TAGS, 403),
        ("owner_door", {"id": UUID} | MANY_TAGS, 413),
        ("owner_door", {"id": UUID} | MANY_PROPERTIES, 413),
        ("owner_door", {"id": UUID}, 409),
    ],
)
def test_create_refuses_in_order(
    request: pytest.FixtureRequest,
    make_image: MakeImage,
    who: str,
    fields: dict[str, Any],
    status: int,
) -> None:
    make_image(id=UUID)

    assert request.getfixturevalue(who).create(**fields).status_code == status
    assert Image.remembered.count() == 1


@pytest.mark.route("POST", LIST)
@pytest.mark.parametrize(("fields", "limit"), [({}, "image_count_total=0"), (MANY_TAGS, "128")])
def test_create_over_the_count_is_413_and_leaves_nothing(
    owner_door: Door, fields: dict[str, Any], limit: str
) -> None:
    Limit.objects.create(project=PROJECT, resource="image_count_total", value=0)

    answer = owner_door.create(**fields)

    assert (answer.status_code, Image.remembered.count()) == (413, 0)
    assert limit in answer.json()["message"]


@pytest.mark.route("GET", IMAGE)
def test_show_is_200(make_image: MakeImage, reader_door: Door) -> None:
    image = make_image()

    answer = reader_door.show(image)

    assert (answer.status_code, answer.json()["id"]) == (200, str(image.pk))


@pytest.mark.route("GET", IMAGE)
@pytest.mark.route("DELETE", IMAGE)
@pytest.mark.parametrize("method", ["GET", "DELETE"])
@pytest.mark.parametrize("identity", [UUID, "x", "name of an image"])
def test_absent_hidden_and_what_is_no_uuid_is_404(
    make_image: MakeImage, stranger_door: Door, method: str, identity: str
) -> None:
    hidden = make_image(name="name of an image")

    for one in (quote(identity), hidden.pk):
        assert stranger_door.send(method, f"/images/{one}").status_code == 404


@pytest.mark.route("DELETE", IMAGE)
@pytest.mark.parametrize(
    "status", ["queued", "saving", "uploading", "importing", "active", "deactivated"]
)
def test_delete_is_204_from_every_status(
    make_active: MakeImage, owner_door: Door, status: str
) -> None:
    image = make_active()
    Image.objects.update(status=status)

    answer = owner_door.send("DELETE", f"/images/{image.pk}")

    assert (answer.status_code, answer.content) == (204, b"")
    assert owner_door.show(image).status_code == 404


@pytest.mark.route("DELETE", IMAGE)
@pytest.mark.parametrize(
    ("who", "status"),
    [("reader_door", 403), ("member_door", 403), ("owner_door", 403), ("admin_door", 403)],
)
def test_delete_of_a_protected_image_is_403(
    request: pytest.FixtureRequest, make_image: MakeImage, who: str, status: int
) -> None:
    image = make_image(protected=True)
    image.members.create(project=OTHER)

    assert request.getfixturevalue(who).send("DELETE", f"/images/{image.pk}").status_code == status
