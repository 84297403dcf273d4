from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone

from images.models import Event, Image, ImageUserPermission
from images.times import stamp
from portal.identity import people
from portal.identity.actors import OPERATOR
from portal.identity.models import Project, User
from tests.images.api.door import Door
from tests.portal.api.conftest import Enter

LIST = "/api/images/{image_id}/grants"
ONE = "/api/images/{image_id}/grants/{kind}/{name}"


def ask(door: Door, method: str, image: Image, rest: str = "", body: Any = None) -> Any:
    """Send *body* to the grants of *image*."""
    path = f"/api/images/{image.pk}/grants{rest}"
    sent: Any = b"" if body is None else json.dumps(body).encode()
    given: dict[str, Any] = {"content_type": "application/json", "RAW_URI": path}
    return door.generic(method, path, sent, **given)


def codes(door: Door, image: Image) -> tuple[int, int, int]:
    """Return the statuses of show and download, and how many images the list has."""
    shown, loaded = door.show(image), door.download(image)
    return shown.status_code, loaded.status_code, len(door.get("/v2/images").json()["images"])


@pytest.mark.route("POST", LIST)
@pytest.mark.route("GET", LIST)
@pytest.mark.parametrize("name", ["alice", "Alice", "id"])
def test_grant_by_name_or_id(owner_door: Door, alice_door: Door, image: Image, name: str) -> None:
    alice, olga = User.objects.get(username="alice"), User.objects.get(username="olga")
    body = {"user": alice.public_id if name == "id" else name, "rights": ["download"]}

    answer = ask(owner_door, "POST", image, body=body)

    assert answer.status_code == 201, answer.content
    assert answer.json() == {
        "grantee": {"type": "user", "id": alice.public_id, "name": "alice"},
        "rights": ["view", "download"],
        "expires_at": None,
        "has_ended": False,
        "granted_at": answer.json()["granted_at"],
        "granted_by": olga.public_id,
        "self": f"/api/images/{image.pk}/grants/user/{alice.public_id}",
    }
    assert ask(owner_door, "GET", image).json() == {"grants": [answer.json()]}
    assert ask(alice_door, "GET", image).json() == {"grants": [answer.json()]}


@pytest.mark.route("POST", LIST)
@pytest.mark.route("DELETE", ONE)
@pytest.mark.parametrize("kind", ["user", "group", "project"])
def test_an_image_is_seen_downloaded_and_lost_again(
    owner_door: Door, alice_door: Door, image: Image, kind: str
) -> None:
    testers = Group.objects.create(name="testers")
    testers.user_set.add(User.objects.get(username="alice"))
    name = {"user": "alice", "group": "testers", "project": "shop"}[kind]
    before = codes(alice_door, image)

    ask(owner_door, "POST", image, body={kind: name, "rights": ["download"]})
    during = codes(alice_door, image)
    gone = ask(owner_door, "DELETE", image, f"/{kind}/{name}")

    assert (before, during) == ((404, 404, 0), (200, 200, 1))
    assert (gone.status_code, codes(alice_door, image)) == (204, (404, 404, 0))


@pytest.mark.route("POST", LIST)
def test_without_the_person_the_group_the_project_or_time_nothing_is_seen(
    owner_door: Door, alice_door: Door, enter: Enter, image: Image, shop: Project
) -> None:
    alice, testers = User.objects.get(username="alice"), Group.objects.create(name="testers")
    testers.user_set.add(alice)
    elsewhere = enter("alice", people.create_project("farm", actor=OPERATOR))
    for body in ({"group": "testers"}, {"project": "shop"}):
        ask(owner_door, "POST", image, body=body | {"rights": ["download"]})

    testers.user_set.remove(alice)
    assert codes(elsewhere, image) == (404, 404, 0)  # the grant to the shop counts in the shop
    assert codes(alice_door, image) == (200, 200, 1)
    people.suspend_project(shop, actor=OPERATOR)
    assert alice_door.show(image).status_code == 401
    ask(owner_door, "POST", image, body={"user": "alice", "rights": ["view"]})
    assert elsewhere.show(image).status_code == 200
    ImageUserPermission.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert codes(elsewhere, image) == (404, 404, 0)


@pytest.mark.route("POST", LIST)
def test_who_is_made_again_under_the_same_name_has_nothing(
    owner_door: Door, alice_door: Door, enter: Enter, image: Image, shop: Project
) -> None:
    ask(owner_door, "POST", image, body={"user": "alice", "rights": ["view"]})
    assert alice_door.show(image).status_code == 200

    User.objects.get(username="alice").delete()

    assert codes(enter("alice", shop), image) == (404, 404, 0)
    assert ask(owner_door, "GET", image).json() == {"grants": []}


@pytest.mark.route("POST", LIST)
@pytest.mark.parametrize("kind", ["user", "group", "project"])
@pytest.mark.parametrize("name", ["nobody", "ali", "", "a" * 32])
def test_an_unknown_name_is_not_found(
    owner_door: Door, alice_door: Door, image: Image, kind: str, name: str
) -> None:
    answer = ask(owner_door, "POST", image, body={kind: name, "rights": ["view"]})

    assert answer.status_code == 404
    assert answer.json()["message"] == f"There is no {kind} of the name or id '{name}'."


@pytest.mark.route("POST", LIST)
@pytest.mark.parametrize(
    "body",
    [
        {},
        {"rights": ["view"]},
        {"user": "alice", "group": "testers", "rights": ["view"]},
        {"user": 1, "rights": ["view"]},
        {"user": "alice"},
        {"user": "alice", "rights": "view"},
        {"user": "alice", "rights": [1]},
        {"user": "alice", "rights": []},
        {"user": "alice", "rights": ["fly"]},
        {"user": "alice", "rights": ["view"], "expires_at": "soon"},
        {"user": "alice", "rights": ["view"], "expires_at": 4102444800},
        {"user": "alice", "rights": ["view"], "expires_at": "2030-13-01T00:00:00Z"},
        {"user": "alice", "rights": ["view"], "expires_at": "2001-01-01T00:00:00Z"},
        {"user": "alice", "rights": ["view"], "expires_at": "9999-12-31T23:59:59-00:01"},
        {"user": "alice", "rights": ["view"], "granted_by": "x"},
    ],
)
def test_a_wrong_body_is_refused_and_changes_nothing(
    owner_door: Door, alice_door: Door, image: Image, body: Any
) -> None:
    assert ask(owner_door, "POST", image, body=body).status_code == 400
    assert ImageUserPermission.objects.count() == 0


@pytest.mark.route("PATCH", ONE)
@pytest.mark.route("GET", ONE)
def test_rights_and_end_are_changed_alone(owner_door: Door, alice_door: Door, image: Image) -> None:
    end = timezone.now() + timedelta(days=1)
    ask(owner_door, "POST", image, body={"user": "alice", "rights": ["delete"]})

    ended = ask(owner_door, "PATCH", image, "/user/alice", {"expires_at": end.isoformat()})
    fewer = ask(owner_door, "PATCH", image, "/user/alice", {"rights": ["change"]})
    shown = ask(alice_door, "GET", image, "/user/alice")

    assert (ended.json()["rights"], ended.json()["expires_at"]) == (["view", "delete"], stamp(end))
    assert (fewer.json()["rights"], fewer.json()["expires_at"]) == (["view", "change"], stamp(end))
    assert shown.json() == fewer.json()
    assert Event.objects.filter(kind="image.grant.update").count() == 2


@pytest.mark.route("PATCH", ONE)
@pytest.mark.route("DELETE", ONE)
@pytest.mark.route("GET", ONE)
@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_a_name_without_a_grant_and_no_name_are_told_alike(
    owner_door: Door, alice_door: Door, image: Image, method: str
) -> None:
    body = {"rights": ["view"]} if method == "PATCH" else None

    answers = [
        ask(owner_door, method, image, f"/{kind}/{name}", body)
        for kind, name in (("user", "alice"), ("user", "nemo"), ("robot", "x"))
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    texts = [answer.json()["message"].replace("nemo", "alice") for answer in answers]
    assert texts[0] == texts[1]


@pytest.mark.route("POST", LIST)
@pytest.mark.route("GET", LIST)
def test_strangers_and_readers_learn_no_names(
    alice_door: Door, enter: Enter, image: Image, lab: Project
) -> None:
    body = {"user": "nobody", "rights": ["view"]}

    stranger = ask(alice_door, "POST", image, body=body)
    reader = ask(enter("rita", lab, "reader"), "POST", image, body=body)

    assert (stranger.status_code, reader.status_code) == (404, 403)
    assert "nobody" not in stranger.text + reader.text
    assert ask(alice_door, "GET", image).json() == stranger.json()
    assert ask(Door(), "GET", image).status_code == 401


@pytest.mark.route("DELETE", ONE)
def test_a_grantee_gives_its_own_up(owner_door: Door, alice_door: Door, image: Image) -> None:
    ask(owner_door, "POST", image, body={"user": "alice", "rights": ["view"]})
    ask(owner_door, "POST", image, body={"project": "shop", "rights": ["view"]})

    others = ask(alice_door, "DELETE", image, "/project/shop")
    own = ask(alice_door, "DELETE", image, "/user/alice")

    assert (others.status_code, own.status_code) == (403, 204)
    assert alice_door.show(image).status_code == 200
