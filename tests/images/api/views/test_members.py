from __future__ import annotations

import re
from typing import Any

import pytest

from images.models import Image
from tests.conftest import OTHER, PROJECT, THIRD, MakeImage, actor
from tests.images.api.door import Door

pytestmark = pytest.mark.django_db

FOURTH = "4" * 32


@pytest.fixture
def shared(make_image: MakeImage) -> Image:
    """Return an image that is shared with two projects."""
    image = make_image()
    for project in (OTHER, FOURTH):
        image.members.create(project=project)
    return image


def path(image: Image, project: str = "") -> str:
    return f"/images/{image.pk}/members" + (f"/{project}" if project else "")


def test_image_is_shared(make_image: MakeImage, owner_door: Door) -> None:
    image = make_image()

    answer = owner_door.send("POST", path(image), {"member": OTHER})

    shown = answer.json()
    times = shown.pop("created_at"), shown.pop("updated_at")
    assert (answer.status_code, times[0]) == (200, times[1])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", times[0])
    assert shown == {
        "member_id": OTHER,
        "image_id": str(image.pk),
        "status": "pending",
        "schema": "/v2/schemas/member",
    }


@pytest.mark.parametrize(
    "body",
    [
        None,
        {},
        [],
        "text",
        {"member": ""},
        {"member": None},
        {"member": 1},
        {"member": [OTHER]},
        {"member": "a\0"},
        {"member": "p" * 256},
        {"project": OTHER},
    ],
)
def test_share_with_nobody_is_refused(make_image: MakeImage, owner_door: Door, body: Any) -> None:
    image = make_image()

    assert owner_door.send("POST", path(image), body).status_code == 400
    assert image.members.count() == 0


def test_share_twice_is_a_conflict(shared: Image, owner_door: Door) -> None:
    assert owner_door.send("POST", path(shared), {"member": OTHER}).status_code == 409


def test_share_is_over_the_limit(make_image: MakeImage, owner_door: Door) -> None:
    image = make_image()
    for number in range(128):
        image.members.create(project=f"p{number}")

    assert owner_door.send("POST", path(image), {"member": OTHER}).status_code == 413


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("owner_door", [OTHER, FOURTH]),
        ("reader_door", [OTHER, FOURTH]),
        ("admin_door", [OTHER, FOURTH]),
        ("member_door", [OTHER]),
    ],
)
def test_members_are_listed(
    request: pytest.FixtureRequest, shared: Image, who: str, seen: list[str]
) -> None:
    answer = request.getfixturevalue(who).send("GET", path(shared))

    body = answer.json()
    assert (answer.status_code, body["schema"]) == (200, "/v2/schemas/members")
    assert [member["member_id"] for member in body["members"]] == seen


@pytest.mark.parametrize("answer", ["accepted", "rejected", "pending"])
def test_member_answers(shared: Image, member_door: Door, answer: str) -> None:
    answered = member_door.send("PUT", path(shared, OTHER), {"status": answer})

    assert (answered.status_code, answered.json()["status"]) == (200, answer)
    assert member_door.send("GET", path(shared, OTHER)).json() == answered.json()


@pytest.mark.parametrize(
    "body", [None, {}, [], {"status": ""}, {"status": "maybe"}, {"status": 1}, {"status": None}]
)
def test_answer_that_is_none_is_refused(shared: Image, member_door: Door, body: Any) -> None:
    assert member_door.send("PUT", path(shared, OTHER), body).status_code == 400


@pytest.mark.parametrize(
    ("asking", "status"),
    [
        (actor(PROJECT, "member"), 403),
        (actor(PROJECT, "reader"), 403),
        (actor(OTHER, "reader"), 403),
        (actor(FOURTH, "member"), 404),
        (actor(THIRD, "member"), 404),
        (actor(THIRD, "admin"), 200),
    ],
)
def test_others_do_not_answer(shared: Image, asking: Any, status: int) -> None:
    answer = Door(asking).send("PUT", path(shared, OTHER), {"status": "accepted"})

    assert answer.status_code == status


@pytest.mark.parametrize(
    ("asking", "status"),
    [
        (actor(PROJECT, "member"), 204),
        (actor(THIRD, "admin"), 204),
        (actor(PROJECT, "reader"), 403),
        (actor(OTHER, "manager"), 403),
        (actor(THIRD, "member"), 404),
    ],
)
def test_share_is_taken_back(shared: Image, asking: Any, status: int) -> None:
    answer = Door(asking).send("DELETE", path(shared, OTHER))

    assert answer.status_code == status
    assert shared.members.filter(project=OTHER).exists() == (status != 204)


@pytest.mark.parametrize(
    ("asking", "status"),
    [
        (actor(PROJECT, "reader"), 403),
        (actor(OTHER, "member"), 403),
        (actor(THIRD, "member"), 404),
    ],
)
def test_others_do_not_share(shared: Image, asking: Any, status: int) -> None:
    assert Door(asking).send("POST", path(shared), {"member": THIRD}).status_code == status


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
@pytest.mark.parametrize("project", ["nobody", THIRD, "%20", "😀"])
def test_no_member_is_absent(shared: Image, owner_door: Door, method: str, project: str) -> None:
    body = {"status": "accepted"} if method == "PUT" else None

    assert owner_door.send(method, path(shared, project), body).status_code == 404


@pytest.mark.parametrize("visibility", ["private", "community", "public"])
def test_image_that_is_not_shared_has_no_members(
    shared: Image, owner_door: Door, visibility: str
) -> None:
    Image.objects.update(visibility=visibility)
    answer = {"status": "accepted"}

    assert owner_door.send("GET", path(shared)).status_code == 403
    assert owner_door.send("POST", path(shared), {"member": THIRD}).status_code == 403
    assert owner_door.send("GET", path(shared, OTHER)).status_code == 404
    assert owner_door.send("PUT", path(shared, OTHER), answer).status_code == 403
    assert owner_door.send("DELETE", path(shared, OTHER)).status_code == 403


def test_members_of_others_public_images_are_forbidden(shared: Image, stranger_door: Door) -> None:
    Image.objects.update(visibility="public")

    assert stranger_door.send("GET", path(shared)).status_code == 403
    assert stranger_door.send("GET", path(shared, OTHER)).status_code == 404


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
@pytest.mark.parametrize("project", ["a%00b", "%ff", "%c0%ae"])
def test_member_that_no_database_holds_is_refused(
    shared: Image, owner_door: Door, method: str, project: str
) -> None:
    answer = owner_door.send(method, path(shared, project), {"status": "accepted"})

    assert answer.status_code == 400
