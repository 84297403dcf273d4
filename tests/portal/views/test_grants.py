from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone

from images.lifecycle.grants import grant_image, grants_for
from images.models import ImageUserPermission
from portal.forms.grants import end_of, last_day
from portal.identity.models import Project, User
from portal.sharing.grantees import of_project, of_user
from tests.conftest import OTHER

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

    from images.actors import Actor
    from images.models import Image

MakeImage = Callable[..., "Image"]


@pytest.fixture
def image(make_active: MakeImage) -> Image:
    return make_active(name="debian", visibility="private")


@pytest.fixture
def bert(at_farm: Client) -> User:
    """Return the member of the farm, whose browser is open."""
    return User.objects.get(username="member of farm")


def rights(image: Image, owner: Actor) -> list[tuple[bool, list[str]]]:
    """Return what is granted on *image*, and whether to users."""
    return [(one.is_to_user, one.shown_rights) for one in grants_for(image, actor=owner)]


@pytest.mark.parametrize(
    ("kind", "name"), [("user", "Member of farm"), ("group", "testers"), ("project", "Farm")]
)
def test_granted_seen_downloaded_and_lost_again(
    at_lab: Client, at_farm: Client, bert: User, image: Image, kind: str, name: str
) -> None:
    group = Group.objects.create(name="testers")
    group.user_set.add(bert)
    to = {"user": bert.public_id, "group": group.pk, "project": OTHER}[kind]
    before = at_farm.get(f"/images/{image.pk}").status_code

    body = {"name": name, "rights": ["download"]}
    at_lab.post(f"/images/{image.pk}/grants/{kind}", body)
    page, data = at_farm.get(f"/images/{image.pk}"), at_farm.get(f"/images/{image.pk}/download")
    at_lab.post(f"/images/{image.pk}/grants/{kind}/{to}")

    assert (before, page.status_code, data.getvalue()) == (404, 200, b"some bytes")
    assert at_farm.get(f"/images/{image.pk}").status_code == 404


def test_share_page_tells_who_has_what(
    at_lab: Client, image: Image, owner: Actor, bert: User
) -> None:
    alone = at_lab.get(f"/images/{image.pk}/share")
    end = end_of(timezone.localdate())
    grant_image(image, actor=owner, to=of_user(bert), rights=["delete"], expires_at=end)

    page = at_lab.get(f"/images/{image.pk}/share")
    [shown] = page.context["blocks"]["user"]["grants"]

    assert "Only this project sees it" in alone.text
    assert "Only this project sees it" not in page.text
    assert (shown.to.name, shown.rights, shown.can_take) == (bert.username, ["see", "delete"], True)
    assert last_day(end) == timezone.localdate()


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"name": "nobody", "rights": ["view"]}, "no person of that name"),
        ({"name": "member of farm"}, "required"),
        ({"name": "member of farm", "rights": ["fly"]}, "fly"),
        ({"name": "member of farm", "rights": ["view"], "until": "soon"}, "2030-12-31"),
        ({"name": "member of farm", "rights": ["view"], "until": "2030-02-31"}, "2030-12-31"),
        ({"name": "member of farm", "rights": ["view"], "until": "2001-01-01"}, "future"),
        ({"name": "member of farm", "rights": ["view"], "until": "9999-12-31"}, "2030-12-31"),
    ],
)
@pytest.mark.usefixtures("bert")
def test_what_is_wrong_stands_in_the_form(
    at_lab: Client, image: Image, owner: Actor, body: dict[str, Any], words: str
) -> None:
    answer = at_lab.post(f"/images/{image.pk}/grants/user", body)

    assert answer.status_code == 400
    assert words in answer.text
    assert f'value="{body["name"]}"' in answer.text
    assert rights(image, owner) == []


def test_take_back_can_be_undone_once(
    at_lab: Client, image: Image, owner: Actor, bert: User
) -> None:
    end = timezone.now() + timedelta(hours=5)
    given = grant_image(image, actor=owner, to=of_user(bert), rights=["change"], expires_at=end)
    at_lab.post(f"/images/{image.pk}/grants/user/{bert.public_id}")

    elsewhere = at_lab.get("/project").context["frame"].undo
    undo = at_lab.get(f"/images/{image.pk}/share").context["frame"].undo
    again = at_lab.get(f"/images/{image.pk}/share").context["frame"].undo
    fields: dict[str, list[str]] = {}
    for name, value in undo.fields:
        fields.setdefault(name, []).append(value)
    at_lab.post(undo.action, fields)

    assert (elsewhere, again) == (None, None)
    [grant] = grants_for(image, actor=owner)
    assert (grant.rights, grant.expires_at) == (given.rights, end)


def test_a_grant_is_changed_in_a_form_that_is_filled_in(
    at_lab: Client, image: Image, owner: Actor, bert: User
) -> None:
    end = end_of(timezone.localdate() + timedelta(days=3))
    grant_image(image, actor=owner, to=of_user(bert), rights=["share"], expires_at=end)

    form = at_lab.get(f"/images/{image.pk}/share?user={bert.public_id}").context["blocks"]["user"]
    typed = form["form"].initial
    at_lab.post(f"/images/{image.pk}/grants/user", typed | {"rights": ["view"]})

    assert (typed["name"], typed["rights"]) == (bert.username, ["view", "share"])
    [grant] = grants_for(image, actor=owner)
    assert (grant.shown_rights, grant.expires_at) == (["view"], end)


def test_who_shares_by_a_grant_is_offered_what_it_has(
    at_farm: Client, at_lab: Client, image: Image, owner: Actor, bert: User
) -> None:
    grant_image(image, actor=owner, to=of_user(bert), rights=["share"])
    carol = User.objects.create(username="carol")

    page = at_farm.get(f"/images/{image.pk}/share")
    offered = [
        value for value, _ in page.context["blocks"]["user"]["form"].fields["rights"].choices
    ]
    more = at_farm.post(
        f"/images/{image.pk}/grants/user", {"name": "carol", "rights": ["view", "delete"]}
    )
    at_farm.post(f"/images/{image.pk}/grants/user", {"name": "carol", "rights": ["view"]})

    assert (offered, more.status_code) == (["view", "share"], 400)
    assert ImageUserPermission.objects.filter(user=carol).count() == 1


def test_a_grantee_gives_up_what_it_has(
    at_farm: Client, image: Image, owner: Actor, bert: User
) -> None:
    grant_image(image, actor=owner, to=of_user(bert), rights=["view"])

    page = at_farm.get(f"/images/{image.pk}/sharing")
    answer = at_farm.post(f"/images/{image.pk}/grants/user/{bert.public_id}")

    assert "Give up" in page.text
    assert answer["Location"] == "/"
    assert rights(image, owner) == []


@pytest.mark.parametrize("count", [1, 3])
def test_the_inbox_tells_what_was_granted(
    at_farm: Client,
    make_active: MakeImage,
    owner: Actor,
    bert: User,
    projects: dict[str, Project],
    django_assert_num_queries: DjangoAssertNumQueries,
    count: int,
) -> None:
    nothing = at_farm.get("/inbox").text
    for _ in range(count):
        image = make_active(visibility="private")
        grant_image(image, actor=owner, to=of_user(bert), rights=["view"])
        grant_image(image, actor=owner, to=of_project(projects[OTHER]), rights=["delete"])

    with django_assert_num_queries(11):
        page = at_farm.get("/inbox")

    assert ("Granted to you" in nothing, page.text.count(">Give up<")) == (False, count)
    assert len(page.context["grants"]) == 2 * count


def test_deletion_says_who_loses_it(at_lab: Client, image: Image, owner: Actor, bert: User) -> None:
    grant_image(image, actor=owner, to=of_user(bert), rights=["view"])

    page = at_lab.get(f"/images/{image.pk}/delete").text
    at_lab.post(f"/images/{image.pk}/delete?now", {"confirmed": "yes"})

    assert "1 person, group or project that was granted rights on it" in page
    assert "Only this project sees it" not in page
    assert ImageUserPermission.objects.count() == 0


def test_strangers_and_readers_grant_nothing(
    at_shop: Client, at_lab_reader: Client, image: Image, owner: Actor, bert: User
) -> None:
    address, body = f"/images/{image.pk}/grants/user", {"name": bert.username, "rights": ["view"]}

    codes = [browser.post(address, body).status_code for browser in (at_shop, at_lab_reader)]

    assert (codes, rights(image, owner)) == ([404, 403], [])
    assert at_lab_reader.post(f"/images/{image.pk}/grants/robot", body).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_share_page_takes_a_constant_number_of_queries(
    at_lab: Client,
    image: Image,
    owner: Actor,
    projects: dict[str, Project],
    django_assert_num_queries: DjangoAssertNumQueries,
    count: int,
) -> None:
    for number in range(count):
        user = User.objects.create(username=f"u{number}")
        grant_image(image, actor=owner, to=of_user(user), rights=["change"])

    with django_assert_num_queries(12):
        at_lab.get(f"/images/{image.pk}/share")
