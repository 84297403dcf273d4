"""Our own REST: /api/images/{image_id}/links."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client

from images.actors import Actor
from images.models import Image, Link
from portal.identity.models import User
from tests.conftest import PROJECT, actor
from tests.images.api.door import Door

LINKS = "/api/images/{image_id}/links"
LINK = LINKS + "/{link_id}"


class OwnDoor(Door):
    """A door to our own REST."""

    root = "/api"


@pytest.fixture
def maker(db: None) -> Actor:
    """Somebody of the owner's project who has an account."""
    user = User.objects.create(username="maker")
    return actor(PROJECT, "member", user=user.public_id, user_key=user.pk)


@pytest.fixture
def door(maker: Actor) -> OwnDoor:
    return OwnDoor(maker)


@pytest.fixture
def image(make_active: Callable[..., Image]) -> Image:
    return make_active(name="debian", visibility="private")


def make(door: OwnDoor, image: Image, **fields: Any) -> Any:
    """Make a link and return what was told of it."""
    return door.send("POST", f"/images/{image.pk}/links", fields)


@pytest.mark.route("POST", LINKS)
@pytest.mark.django_db
def test_a_link_is_made_and_its_address_told_once(
    door: OwnDoor, image: Image, maker: Actor
) -> None:
    given = {"note": "for bert", "expires_at": "2999-01-01T00:00:00Z", "max_uses": 3}

    refused = make(door, image, **given)
    made = make(door, image, **given | {"expires_at": None})

    assert (refused.status_code, made.status_code) == (400, 201)
    told = made.json()
    assert urlsplit(told["url"]).path.startswith("/links/vd_")
    assert (told["note"], told["max_uses"], told["uses"]) == ("for bert", 3, 0)
    assert (told["user_id"], told["project_id"]) == (maker.user, PROJECT)
    assert Link.objects.count() == 1


@pytest.mark.route("POST", LINKS)
@pytest.mark.parametrize(
    "body",
    [{"max_uses": value} for value in (0, -1, 1.5, "1", True, 2**31, 2**63)]
    + [{"note": 1}, {"note": "\0"}, {"note": "x" * 256}, {"secret": "mine"}, {"uses": 1}]
    + [{"expires_at": text} for text in ("soon", 1, "2020-01-01T00:00:00Z", "2020-13-01", "")],
)
def test_nonsense_is_a_bad_request(door: OwnDoor, image: Image, body: dict[str, Any]) -> None:
    answer = make(door, image, **body)

    assert answer.status_code == 400
    assert Link.objects.count() == 0


@pytest.mark.route("GET", LINKS)
@pytest.mark.route("GET", LINK)
def test_links_are_listed_without_what_opens_them(door: OwnDoor, image: Image) -> None:
    made = make(door, image).json()
    secret = made.pop("url").rpartition("/")[2]

    listed = door.send("GET", f"/images/{image.pk}/links")
    one = door.send("GET", f"/images/{image.pk}/links/{made['id']}")

    assert listed.json() == {"links": [made]}
    assert one.json() == made
    assert secret not in listed.text
    assert "no-store" in one["Cache-Control"]


@pytest.mark.route("DELETE", LINK)
def test_a_deleted_link_is_revoked_and_still_shown(
    door: OwnDoor, image: Image, client: Client
) -> None:
    made = make(door, image).json()

    answers = [door.send("DELETE", f"/images/{image.pk}/links/{made['id']}") for _ in range(2)]

    shown = door.send("GET", f"/images/{image.pk}/links/{made['id']}").json()
    assert [answer.status_code for answer in answers] == [204, 204]
    assert shown["revoked_at"] is not None
    assert client.get(urlsplit(made["url"]).path).status_code == 403


@pytest.mark.route("GET", LINK)
@pytest.mark.route("DELETE", LINK)
@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_a_link_of_another_image_is_not_there(
    door: OwnDoor, image: Image, make_active: Callable[..., Image], method: str
) -> None:
    made = make(door, make_active()).json()

    for link in (made["id"], "nonsense"):
        answer = door.send(method, f"/images/{image.pk}/links/{link}")
        assert answer.status_code == 404
    assert Link.objects.get().revoked_at is None


@pytest.mark.route("GET", LINKS)
@pytest.mark.route("POST", LINKS)
@pytest.mark.parametrize(("who", "status"), [("reader", 403), ("stranger", 404)])
def test_who_may_not_share_has_no_links(
    image: Image, request: pytest.FixtureRequest, who: str, status: int
) -> None:
    door = OwnDoor(request.getfixturevalue(who))

    answers = [door.send(method, f"/images/{image.pk}/links") for method in ("GET", "POST")]

    assert answers[0].status_code == status
    assert make(door, image).status_code == status
