from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import Group

from images.lifecycle.grants import grant_image, grants_for
from images.models import Event
from portal.identity.models import Project, User
from portal.sharing.grantees import of_user
from tests.conftest import OTHER

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from images.actors import Actor
    from images.models import Image


@pytest.fixture
def image(make_active: Callable[..., Image]) -> Image:
    return make_active(name="debian", visibility="private")


@pytest.fixture
def page(image: Image) -> str:
    """Return the address of the grants on the image."""
    return f"/admin/images/image/{image.pk}/permissions/"


def held(image: Image, owner: Actor) -> list[list[str]]:
    return [grant.shown_rights for grant in grants_for(image, actor=owner)]


def test_page_names_who_gave(administrator: Client, image: Image, page: str, owner: Actor) -> None:
    alice, ada = User.objects.create(username="alice"), User.objects.create(username="ada")
    by_ada = replace(owner, user=ada.public_id)
    grant_image(image, actor=by_ada, to=of_user(alice), rights=["view"])

    shown = administrator.get(page).text

    assert "<td>ada</td>" in shown
    assert ada.public_id not in shown


@pytest.mark.parametrize("kind", ["user", "group", "project"])
def test_grant_and_take_back(
    administrator: Client,
    projects: dict[str, Project],
    image: Image,
    page: str,
    owner: Actor,
    kind: str,
) -> None:
    user, group = User.objects.create(username="alice"), Group.objects.create(name="testers")
    name = {"user": "alice", "group": "testers", "project": "Farm"}[kind]
    key = {"user": user.pk, "group": group.pk, "project": projects[OTHER].group_id}[kind]
    form = "user" if kind == "user" else "group"

    chosen = administrator.post(page, {form: name, f"submit_manage_{form}": "Go"})["Location"]
    body: dict[str, Any] = {"rights": ["delete"]}
    body |= {"expires_at_0": "2090-01-01", "expires_at_1": "00:00:00"}
    administrator.post(chosen, body)
    given, shown = held(image, owner), administrator.get(page).text
    administrator.post(chosen, {"expires_at_0": ""})  # no right at all

    assert chosen == f"{page}{form}-manage/{key}/"
    assert (given, held(image, owner)) == ([["view", "delete"]], [])
    assert "2090" in shown
    events = Event.objects.filter(kind__startswith="image.grant").order_by("pk")
    assert [(one.kind, one.payload["grantee"]["type"]) for one in events] == [
        ("image.grant.create", kind),
        ("image.grant.delete", kind),
    ]


@pytest.mark.parametrize(
    ("kind", "words"), [("user", "no person of that name"), ("group", "no group or project")]
)
def test_an_unknown_name_is_told(administrator: Client, page: str, kind: str, words: str) -> None:
    answer = administrator.post(page, {kind: "nobody", f"submit_manage_{kind}": "Go"})

    assert (answer.status_code, words in answer.text) == (200, True)


def test_a_refusal_is_told(administrator: Client, image: Image, page: str, owner: Actor) -> None:
    alice = User.objects.create(username="alice")
    body = {"rights": ["view"], "expires_at_0": "2001-01-01", "expires_at_1": "00:00:00"}

    answer = administrator.post(f"{page}user-manage/{alice.pk}/", body, follow=True)

    assert "must lie in the future" in answer.text
    assert held(image, owner) == []


def test_an_image_shows_its_grants_and_writes_none_itself(
    administrator: Client, image: Image, owner: Actor
) -> None:
    alice = User.objects.create(username="alice")
    grant_image(image, actor=owner, to=of_user(alice), rights=["share"])

    text = administrator.get(f"/admin/images/image/{image.pk}/change/").text

    assert "alice" in text
    assert 'name="user_grants-0-permission"' not in text


@pytest.mark.parametrize("rest", ["", "user-manage/1/", "group-manage/1/"])
def test_staff_alone_grants_nothing(at_lab: Client, image: Image, page: str, rest: str) -> None:
    User.objects.update(is_staff=True)

    answers = [at_lab.get(f"{page}{rest}"), at_lab.post(f"{page}{rest}", {"rights": ["view"]})]

    assert [(one.status_code, one["Location"]) for one in answers] == [(302, "/admin/")] * 2
    assert Event.objects.filter(kind__startswith="image.grant").count() == 0
