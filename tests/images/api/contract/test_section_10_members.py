"""Members: with whom an image is shared, and what they say to it."""

from __future__ import annotations

import re
from typing import Any

import pytest

from images.models import Event, Image
from tests.conftest import OTHER, PROJECT, THIRD, MakeImage, actor
from tests.images.api.door import Door

pytestmark = pytest.mark.django_db

LIST = "/v2/images/{image_id}/members"
ONE = f"{LIST}/{{project}}"
FOURTH = "4" * 32
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")

DOORS = {
    "owner's reader": Door(actor(PROJECT, "reader")),
    "owner": Door(actor(PROJECT, "member")),
    "member's reader": Door(actor(OTHER, "reader")),
    "member": Door(actor(OTHER, "member")),
    "other member": Door(actor(FOURTH, "member")),
    "stranger": Door(actor(THIRD, "member")),
    "administrator": Door(actor("a" * 32, "admin")),
}


@pytest.fixture
def shared(make_image: MakeImage) -> Image:
    """Return an image that is shared with two projects."""
    image = make_image()
    for project in (OTHER, FOURTH):
        image.members.create(project=project)
    return image


@pytest.fixture
def public(shared: Image) -> Image:
    """Return an image that sleeping members have, for it is not shared."""
    Image.objects.update(visibility="public")
    return shared


def ask(who: str, method: str, image: Image, project: str = "", body: Any = None) -> Any:
    """Ask for the members of *image*, or for that of *project*."""
    path = f"/images/{image.pk}/members" + (f"/{project}" if project else "")
    return DOORS[who].send(method, path, body)


@pytest.mark.route("POST", LIST)
def test_member_object(make_image: MakeImage) -> None:
    image = make_image()

    shown = ask("owner", "POST", image, body={"member": OTHER}).json()

    times = shown.pop("created_at"), shown.pop("updated_at")
    assert [bool(TIME.fullmatch(time)) for time in times] == [True, True]
    assert shown == {
        "member_id": OTHER,
        "image_id": str(image.pk),
        "status": "pending",
        "schema": "/v2/schemas/member",
    }


@pytest.mark.route("GET", LIST)
@pytest.mark.parametrize(
    ("who", "status", "seen"),
    [
        ("owner", 200, [OTHER, FOURTH]),
        ("owner's reader", 200, [OTHER, FOURTH]),
        ("administrator", 200, [OTHER, FOURTH]),
        ("member", 200, [OTHER]),
        ("member's reader", 200, [OTHER]),
        ("stranger", 404, None),
    ],
)
def test_list(shared: Image, who: str, status: int, seen: list[str] | None) -> None:
    answer = ask(who, "GET", shared)

    assert answer.status_code == status
    if seen is not None:
        assert answer.json()["schema"] == "/v2/schemas/members"
        assert [member["member_id"] for member in answer.json()["members"]] == seen


@pytest.mark.route("GET", LIST)
@pytest.mark.parametrize("who", ["owner", "member", "stranger", "administrator"])
def test_list_of_what_is_not_shared_is_403(public: Image, who: str) -> None:
    assert ask(who, "GET", public).status_code == 403


@pytest.mark.route("POST", LIST)
@pytest.mark.parametrize("project", [OTHER, "any text at all", PROJECT, "\N{GRINNING FACE}"])
def test_create_is_200_for_any_text(make_image: MakeImage, project: str) -> None:
    answer = ask("owner", "POST", make_image(), body={"member": project})

    assert (answer.status_code, answer.json()["status"]) == (200, "pending")
    assert answer.json()["member_id"] == project


@pytest.mark.route("POST", LIST)
@pytest.mark.parametrize("body", [None, {}, {"member": ""}, {"member": 1}, [], "text"])
def test_create_without_a_member_is_400(shared: Image, body: Any) -> None:
    assert ask("stranger", "POST", shared, body=body).status_code == 400


@pytest.mark.route("POST", LIST)
@pytest.mark.parametrize(
    ("who", "member", "status"),
    [
        ("stranger", "new", 404),
        ("owner's reader", "new", 403),
        ("member", "new", 403),
        ("owner", OTHER, 409),
        ("administrator", OTHER, 409),
        ("owner", "new", 200),
    ],
)
def test_create_refuses(shared: Image, who: str, member: str, status: int) -> None:
    assert ask(who, "POST", shared, body={"member": member}).status_code == status


@pytest.mark.route("POST", LIST)
def test_create_for_what_is_not_shared_is_403(public: Image) -> None:
    assert ask("owner", "POST", public, body={"member": THIRD}).status_code == 403


@pytest.mark.route("POST", LIST)
def test_create_of_the_129th_is_413(make_image: MakeImage) -> None:
    image = make_image()
    for number in range(128):
        image.members.create(project=f"p{number}")

    assert ask("owner", "POST", image, body={"member": OTHER}).status_code == 413


@pytest.mark.route("GET", ONE)
@pytest.mark.parametrize(
    ("who", "project", "status"),
    [
        ("owner", OTHER, 200),
        ("owner's reader", OTHER, 200),
        ("administrator", OTHER, 200),
        ("member", OTHER, 200),
        ("member's reader", OTHER, 200),
        ("other member", OTHER, 404),
        ("stranger", OTHER, 404),
        ("owner", "nobody", 404),
    ],
)
def test_show(shared: Image, who: str, project: str, status: int) -> None:
    assert ask(who, "GET", shared, project).status_code == status


@pytest.mark.route("GET", ONE)
def test_show_of_what_is_not_shared_is_404(public: Image) -> None:
    assert ask("owner", "GET", public, OTHER).status_code == 404


@pytest.mark.route("PUT", ONE)
@pytest.mark.parametrize("status", ["accepted", "rejected", "pending"])
def test_update_by_the_member(shared: Image, status: str) -> None:
    answer = ask("member", "PUT", shared, OTHER, {"status": status})

    assert (answer.status_code, answer.json()["status"]) == (200, status)


@pytest.mark.route("PUT", ONE)
@pytest.mark.parametrize("body", [None, {}, {"status": "maybe"}, {"status": 1}, []])
def test_update_to_another_status_is_400(shared: Image, body: Any) -> None:
    assert ask("member", "PUT", shared, OTHER, body).status_code == 400


@pytest.mark.route("PUT", ONE)
@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("owner", 403),
        ("owner's reader", 403),
        ("member's reader", 403),
        ("other member", 404),
        ("stranger", 404),
        ("administrator", 200),
    ],
)
def test_update_by_others(shared: Image, who: str, status: int) -> None:
    assert ask(who, "PUT", shared, OTHER, {"status": "accepted"}).status_code == status


@pytest.mark.route("PUT", ONE)
def test_update_for_what_is_not_shared_is_403(public: Image) -> None:
    assert ask("member", "PUT", public, OTHER, {"status": "accepted"}).status_code == 403


@pytest.mark.route("DELETE", ONE)
@pytest.mark.parametrize(
    ("who", "project", "status"),
    [
        ("owner", OTHER, 204),
        ("administrator", OTHER, 204),
        ("owner", "nobody", 404),
        ("stranger", OTHER, 404),
        ("owner's reader", OTHER, 403),
        ("member", OTHER, 403),
    ],
)
def test_delete(shared: Image, who: str, project: str, status: int) -> None:
    assert ask(who, "DELETE", shared, project).status_code == status


@pytest.mark.route("DELETE", ONE)
def test_delete_for_what_is_not_shared_is_403(public: Image) -> None:
    assert ask("owner", "DELETE", public, OTHER).status_code == 403


@pytest.mark.route("PUT", ONE)
@pytest.mark.parametrize("answer", ["pending", "rejected", "accepted"])
def test_member_shows_and_downloads_whatever_it_answered(
    make_active: MakeImage, answer: str
) -> None:
    image = make_active()
    image.members.create(project=OTHER)
    ask("member", "PUT", image, OTHER, {"status": answer})

    listed = DOORS["member"].send("GET", "/images").json()["images"]

    assert DOORS["member"].show(image).status_code == 200
    assert DOORS["member"].download(image).status_code == 200
    assert DOORS["member's reader"].download(image).status_code == 403
    assert len(listed) == (answer == "accepted")


@pytest.mark.route("POST", LIST)
@pytest.mark.route("DELETE", ONE)
def test_removing_and_adding_again_starts_at_pending(shared: Image) -> None:
    ask("member", "PUT", shared, OTHER, {"status": "accepted"})
    ask("owner", "DELETE", shared, OTHER)

    answer = ask("owner", "POST", shared, body={"member": OTHER})

    assert answer.json()["status"] == "pending"


@pytest.mark.route("PUT", ONE)
def test_same_answer_again_is_no_change(shared: Image) -> None:
    first, again = (
        ask("member", "PUT", shared, OTHER, {"status": "accepted"}).json() for _ in range(2)
    )

    assert first == again
    assert Event.objects.filter(kind="image.member.update").count() == 1
