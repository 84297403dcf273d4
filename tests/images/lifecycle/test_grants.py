from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone

from images.actors import Actor
from images.errors import BadValue, Forbidden, NotVisible, OverLimit
from images.lifecycle.grants import find_grant, forget_ended, grant_image, grants_for, revoke_grant
from images.models import Event, Image, ImageUserPermission
from images.models.grant import Grantee, grants_held
from images.permissions import can_see, may
from images.times import stamp
from portal.identity.models import Project, User
from portal.sharing.grantees import of_group, of_project, of_user
from tests.conftest import OTHER, PROJECT, THIRD, MakeImage, actor
from tests.images.kept import kinds

pytestmark = pytest.mark.django_db

SOON = timedelta(hours=1)


@pytest.fixture
def alice() -> User:
    return User.objects.create(username="alice")


@pytest.fixture
def asking(alice: User) -> Actor:
    """Return Alice, who reads in a project that has nothing to do with it."""
    return actor(THIRD, "reader", user=alice.public_id, user_key=alice.pk)


@pytest.fixture
def image(make_image: MakeImage) -> Image:
    return make_image(visibility="private")


@pytest.fixture
def end_all() -> Callable[[], None]:
    """Return who lets every grant end a second ago."""

    def end() -> None:
        past = timezone.now() - timedelta(seconds=1)
        ImageUserPermission.objects.update(expires_at=past)

    return end


@pytest.mark.parametrize("right", ["view", "download", "change", "share", "delete"])
def test_every_right_lets_see(
    image: Image, owner: Actor, alice: User, asking: Actor, right: str
) -> None:
    assert can_see(asking, image) is False

    grant = grant_image(image, actor=owner, to=of_user(alice), rights=[right])

    assert can_see(asking, image) is True
    assert grant.rights == {"view", right}
    assert may(asking, "delete", image) is (right == "delete")


def test_grant_is_recorded_with_what_it_was_before(image: Image, owner: Actor, alice: User) -> None:
    end = timezone.now() + SOON
    grant_image(image, actor=owner, to=of_user(alice), rights=["share", "download"])

    grant_image(image, actor=owner, to=of_user(alice), rights=["view"], expires_at=end)

    event = Event.objects.get(kind="image.grant.update")
    assert event.payload == {
        "image_id": str(image.pk),
        "grantee": {"type": "user", "id": alice.public_id, "name": "alice"},
        "rights": ["view"],
        "expires_at": stamp(end),
        "granted_by": owner.user,
    }
    assert event.subject == alice.public_id
    assert event.before == {"rights": ["view", "download", "share"], "expires_at": None}
    assert event.after == {"rights": ["view"], "expires_at": stamp(end)}


def test_the_same_again_changes_nothing(image: Image, owner: Actor, alice: User) -> None:
    first = grant_image(image, actor=owner, to=of_user(alice), rights=["change"])
    again = grant_image(image, actor=owner, to=of_user(alice), rights=["view", "change"])

    assert again == first
    assert kinds("image.grant") == ["image.grant.create"]


def test_less_is_granted_by_granting_again(
    image: Image, owner: Actor, alice: User, asking: Actor
) -> None:
    grant_image(image, actor=owner, to=of_user(alice), rights=["delete", "change"])
    grant_image(image, actor=owner, to=of_user(alice), rights=["change"])

    assert (may(asking, "modify", image), may(asking, "delete", image)) == (True, False)


@pytest.mark.parametrize("rights", [[], ["fly"], ["view", ""]])
def test_rights_must_be_some_and_known(
    image: Image, owner: Actor, alice: User, rights: list[str]
) -> None:
    with pytest.raises(BadValue, match="view, download, change, share, delete"):
        grant_image(image, actor=owner, to=of_user(alice), rights=rights)


def test_an_end_lies_in_the_future(image: Image, owner: Actor, alice: User) -> None:
    with pytest.raises(BadValue, match="future"):
        grant_image(
            image, actor=owner, to=of_user(alice), rights=["view"], expires_at=timezone.now()
        )


def test_an_ended_grant_counts_nowhere_and_can_be_given_again(
    image: Image,
    owner: Actor,
    alice: User,
    asking: Actor,
    end_all: Callable[[], None],
) -> None:
    grant_image(image, actor=owner, to=of_user(alice), rights=["delete"])
    end_all()

    assert (can_see(asking, image), may(asking, "delete", image)) == (False, False)
    assert (list(Image.objects.visible_to(asking)), grants_held(asking)) == ([], [])
    assert [grant.has_ended for grant in grants_for(image, actor=owner)] == [True]

    grant_image(image, actor=owner, to=of_user(alice), rights=["delete"])
    assert may(asking, "delete", image) is True


@pytest.mark.parametrize(("days", "left"), [(29, 2), (31, 0)])
def test_ended_grants_are_forgotten_after_a_while(
    image: Image, owner: Actor, alice: User, days: int, left: int
) -> None:
    grant_image(image, actor=owner, to=of_user(alice), rights=["change"])
    ImageUserPermission.objects.update(expires_at=timezone.now() - timedelta(days=days))

    assert forget_ended() == 2 - left
    assert ImageUserPermission.objects.count() == left


@pytest.mark.parametrize("who", ["reader", "stranger"])
def test_who_may_not_share_grants_nothing(
    request: pytest.FixtureRequest, image: Image, alice: User, who: str
) -> None:
    asking = request.getfixturevalue(who)

    with pytest.raises((Forbidden, NotVisible)):
        grant_image(image, actor=asking, to=of_user(alice), rights=["view"])

    assert kinds("image.grant") == []


def test_an_image_has_so_many_grants(
    image: Image, owner: Actor, alice: User, settings: Any, end_all: Callable[[], None]
) -> None:
    settings.IMAGE_MEMBER_QUOTA = 1
    bob, carol = (User.objects.create(username=name) for name in ("bob", "carol"))
    grant_image(image, actor=owner, to=of_user(alice), rights=["view"])

    with pytest.raises(OverLimit, match="grants"):
        grant_image(image, actor=owner, to=of_user(bob), rights=["view"])

    grant_image(image, actor=owner, to=of_user(alice), rights=["change"])
    end_all()
    assert grant_image(image, actor=owner, to=of_user(carol), rights=["view"]).key == carol.pk


def grantees(image: Image) -> list[tuple[Grantee, Actor]]:
    """Return a user, a group and a project, each with somebody who gets what they are granted."""
    user, group = User.objects.create(username="bob"), Group.objects.create(name="testers")
    own = Group.objects.create(name="of the project")
    project = Project.objects.create(pk=OTHER, name="farm", group=own)
    return [
        (of_user(user), actor(THIRD, "reader", user_key=user.pk)),
        (of_group(group), actor(THIRD, "reader", groups=frozenset({group.pk}))),
        (of_project(project), actor(OTHER, "reader", groups=frozenset({own.pk}))),
    ]


@pytest.mark.parametrize("kind", [0, 1, 2])
def test_given_and_taken(image: Image, owner: Actor, kind: int) -> None:
    to, asking = grantees(image)[kind]

    grant_image(image, actor=owner, to=to, rights=["change"])
    assert may(asking, "modify", image) is True
    assert [grant.image for grant in grants_held(asking)] == [image]
    revoke_grant(image, actor=owner, to=to)

    assert can_see(asking, image) is False
    assert kinds("image.grant") == ["image.grant.create", "image.grant.delete"]
    with pytest.raises(NotVisible):
        revoke_grant(image, actor=owner, to=to)


def test_what_is_held_of_ones_own_project_is_no_gift(
    image: Image, owner: Actor, alice: User, asking: Actor
) -> None:
    grant_image(image, actor=owner, to=of_user(alice), rights=["view"])
    at_home = actor(PROJECT, "reader", user_key=alice.pk)

    assert [len(grants_held(one)) for one in (asking, at_home)] == [1, 0]
    assert find_grant(image, actor=asking, to=of_user(alice)).rights == {"view"}
