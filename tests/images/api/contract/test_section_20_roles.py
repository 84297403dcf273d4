"""Who may what: the table of acts and people, row by row."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from images.actors import Actor
from images.models import Image
from tests.conftest import OTHER, PROJECT, THIRD, MakeImage, actor
from tests.images.api.door import OCTETS, V21, Door

pytestmark = pytest.mark.django_db

IMAGE = "/v2/images/{image_id}"
PEOPLE: dict[str, tuple[Actor, str]] = {
    "owner: reader": (actor(PROJECT, "reader"), "shared"),
    "owner: member": (actor(PROJECT, "member"), "shared"),
    "other, private": (actor(THIRD, "member"), "private"),
    "other, shared": (actor(THIRD, "member"), "shared"),
    "image member: reader": (actor(OTHER, "reader"), "shared"),
    "image member: member": (actor(OTHER, "member"), "shared"),
    "community: reader": (actor(THIRD, "reader"), "community"),
    "community: member": (actor(THIRD, "member"), "community"),
    "public: reader": (actor(THIRD, "reader"), "public"),
    "public: member": (actor(THIRD, "member"), "public"),
    "admin": (actor("a" * 32, "admin"), "shared"),
    "system-scoped": (actor(None, "admin"), "public"),
}
MEMBER = f"/members/{OTHER}"
PATCH: dict[str, Any] = {"body": [], "content_type": V21}
DATA: dict[str, Any] = {"body": b"x", "content_type": OCTETS}
ACCEPT: dict[str, Any] = {"body": {"status": "accepted"}}
ROWS: dict[str, tuple[str, str, dict[str, Any], str]] = {  # the people in their order
    "show": ("GET", "", {}, "200 200 404 404 200 200 200 200 200 200 200 404"),
    "patch": ("PATCH", "", PATCH, "403 200 404 404 403 403 403 403 403 403 200 404"),
    "tag": ("PUT", "/tags/new", {}, "403 204 404 404 403 403 403 403 403 403 204 404"),
    "upload": ("PUT", "/file", DATA, "403 409 404 404 403 403 403 403 403 403 409 404"),
    "download": ("GET", "/file", {}, "403 200 404 404 403 200 403 200 403 200 200 404"),
    "delete": ("DELETE", "", {}, "403 204 404 404 403 403 403 403 403 403 204 404"),
    "deactivate": (
        "POST",
        "/actions/deactivate",
        {},
        "403 204 404 404 403 403 403 403 403 403 204 404",
    ),
    "reactivate": (
        "POST",
        "/actions/reactivate",
        {},
        "403 204 404 404 403 403 403 403 403 403 204 404",
    ),
    "members": ("GET", "/members", {}, "200 200 404 404 200 200 403 403 403 403 200 404"),
    "member add": (
        "POST",
        "/members",
        {"body": {"member": "p"}},
        "403 200 404 404 403 403 403 403 403 403 200 404",
    ),
    "member remove": ("DELETE", MEMBER, {}, "403 204 404 404 403 403 403 403 403 403 204 404"),
    "member accept": ("PUT", MEMBER, ACCEPT, "403 403 404 404 403 200 403 403 403 403 200 404"),
}
CELLS = [
    (act, who, status)
    for act, (*_, statuses) in ROWS.items()
    for who, status in zip(PEOPLE, map(int, statuses.split()), strict=True)
]


@pytest.mark.route("GET", IMAGE)
@pytest.mark.route("PATCH", IMAGE)
@pytest.mark.route("DELETE", IMAGE)
@pytest.mark.route("PUT", f"{IMAGE}/tags/{{tag}}")
@pytest.mark.route("PUT", f"{IMAGE}/file")
@pytest.mark.route("GET", f"{IMAGE}/file")
@pytest.mark.route("POST", f"{IMAGE}/actions/deactivate")
@pytest.mark.route("POST", f"{IMAGE}/actions/reactivate")
@pytest.mark.route("GET", f"{IMAGE}/members")
@pytest.mark.route("POST", f"{IMAGE}/members")
@pytest.mark.route("PUT", f"{IMAGE}/members/{{project}}")
@pytest.mark.route("DELETE", f"{IMAGE}/members/{{project}}")
@pytest.mark.parametrize(("act", "who", "status"), CELLS)
def test_act(make_active: MakeImage, act: str, who: str, status: int) -> None:
    image = make_active()
    image.members.create(project=OTHER)
    asking, visibility = PEOPLE[who]
    Image.objects.update(visibility=visibility)
    method, path, sent, _ = ROWS[act]

    answer = Door(asking).send(method, f"/images/{image.pk}{path}", **sent)

    assert answer.status_code == status


@pytest.mark.route("POST", "/v2/images")
@pytest.mark.parametrize("visibility", ["private", "shared", "community", "public"])
@pytest.mark.parametrize(
    ("who", "few", "public"),
    [
        ("owner: reader", 403, 403),
        ("owner: member", 201, 403),
        ("admin", 201, 201),
        ("system-scoped", 403, 403),
    ],
)
def test_create(visibility: str, who: str, few: int, public: int) -> None:
    answer = Door(PEOPLE[who][0]).create(visibility=visibility)

    assert answer.status_code == (public if visibility == "public" else few)


@pytest.mark.route("GET", "/v2/images")
@pytest.mark.parametrize(
    ("who", "status", "count"),
    [
        ("owner: reader", 200, 1),
        ("owner: member", 200, 1),
        ("other, private", 200, 0),
        ("other, shared", 200, 0),
        ("image member: member", 200, 0),  # until it accepts
        ("community: member", 200, 0),  # unless it asks
        ("public: reader", 200, 1),
        ("admin", 200, 1),
        ("system-scoped", 403, None),
    ],
)
def test_list(make_image: MakeImage, who: str, status: int, count: int | None) -> None:
    image = make_image()
    image.members.create(project=OTHER)
    asking, visibility = PEOPLE[who]
    Image.objects.update(visibility=visibility)

    answer = Door(asking).send("GET", "/images")

    assert answer.status_code == status
    assert count is None or len(answer.json()["images"]) == count


@pytest.mark.route("GET", IMAGE)
@pytest.mark.parametrize(
    ("visibility", "status"),
    [("public", 200), ("community", 200), ("shared", 200), ("private", 404)],
)
def test_unowned_image_is_shown_to_everybody_unless_private(
    make_image: MakeImage, admin: Actor, stranger_door: Door, visibility: str, status: int
) -> None:
    image = make_image(owner=None, visibility=visibility, actor=admin)

    assert stranger_door.show(image).status_code == status
    assert stranger_door.change(image).status_code == (403 if status == 200 else 404)


@pytest.mark.route("PATCH", IMAGE)
def test_administrator_of_a_project_acts_in_every_project(
    make_image: MakeImage, admin_door: Door
) -> None:
    image = make_image(visibility="private")

    assert admin_door.change(image, {"op": "add", "path": "/k", "value": "v"}).status_code == 200


@pytest.mark.route("POST", "/v2/images")
@pytest.mark.route("PATCH", IMAGE)
def test_permissions_are_checked_after_the_body(make_image: MakeImage, reader_door: Door) -> None:
    operation = {"op": "add", "path": "/name", "value": 1}

    assert reader_door.create(name=1).status_code == 400
    assert reader_door.change(make_image(), operation).status_code == 400


@pytest.mark.parametrize(
    ("method", "path", "options"),
    [("GET", "", {}), ("GET", "/file", {}), ("DELETE", "", {}), ("PATCH", "", PATCH)],
)
@pytest.mark.route("GET", IMAGE)
@pytest.mark.route("GET", f"{IMAGE}/file")
@pytest.mark.route("DELETE", IMAGE)
@pytest.mark.route("PATCH", IMAGE)
def test_hidden_image_asks_the_database_what_an_unknown_one_asks(
    make_image: MakeImage, method: str, path: str, options: dict[str, Any]
) -> None:
    deleted = make_image(visibility="shared")
    Door(actor("a" * 32, "admin")).send("DELETE", f"/images/{deleted.pk}")
    hidden = [make_image(visibility=visibility) for visibility in ("private", "shared")]
    asked = set()

    for pk in (uuid.uuid4(), deleted.pk, *(image.pk for image in hidden)):
        with CaptureQueriesContext(connection) as queries:
            door = Door(actor(THIRD, "member", user_key=7))
            assert door.send(method, f"/images/{pk}{path}", **options).status_code == 404
        asked.add(len(queries))

    assert asked == {3}  # the image, its members, its grants
