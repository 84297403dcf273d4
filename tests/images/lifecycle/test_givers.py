"""Who may grant what, and who may take it back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone

from images.actors import Actor
from images.errors import Forbidden, NotVisible
from images.lifecycle.givers import rights_to_give
from images.lifecycle.grants import grant_image, grants_for, revoke_grant
from images.lifecycle.images import deactivate_image
from images.models import Image
from portal.identity.models import Project, User
from portal.sharing.grantees import of_project, of_user
from tests.conftest import OTHER, PROJECT, THIRD, MakeImage, actor

pytestmark = pytest.mark.django_db

SOON = timedelta(hours=1)


@pytest.fixture
def image(make_image: MakeImage) -> Image:
    return make_image(visibility="private")


@pytest.fixture
def alice() -> User:
    return User.objects.create(username="alice")


@pytest.fixture
def bob() -> User:
    return User.objects.create(username="bob")


@pytest.fixture
def sharer(image: Image, owner: Actor, alice: User) -> Actor:
    """Return Alice, who was granted to share for an hour, and nothing else."""
    end = timezone.now() + SOON
    grant_image(image, actor=owner, to=of_user(alice), rights=["share"], expires_at=end)
    return actor(THIRD, "member", user=alice.public_id, user_key=alice.pk)


@pytest.mark.parametrize("right", ["download", "change", "delete"])
def test_nobody_grants_what_it_has_not(image: Image, sharer: Actor, bob: User, right: str) -> None:
    end = timezone.now() + SOON / 2

    with pytest.raises(Forbidden, match=right):
        grant_image(image, actor=sharer, to=of_user(bob), rights=["view", right], expires_at=end)
    grant_image(image, actor=sharer, to=of_user(bob), rights=["share"], expires_at=end)

    assert len(grants_for(image, actor=sharer)) == 2


@pytest.mark.parametrize("later", [None, SOON + timedelta(minutes=1)])
def test_nobody_grants_for_longer_than_it_holds(
    image: Image, sharer: Actor, bob: User, later: timedelta | None
) -> None:
    end = timezone.now() + later if later else None

    with pytest.raises(Forbidden, match="only until"):
        grant_image(image, actor=sharer, to=of_user(bob), rights=["view"], expires_at=end)


def test_who_holds_two_grants_has_the_longer(
    image: Image, sharer: Actor, owner: Actor, bob: User
) -> None:
    group = Group.objects.create(name="farm")
    project = Project.objects.create(pk=OTHER, name="farm", group=group)
    grant_image(image, actor=owner, to=of_project(project), rights=["share", "delete"])
    asking = actor(OTHER, "member", user_key=sharer.user_key, groups=frozenset({group.pk}))

    assert rights_to_give(asking, image) == {"view": None, "share": None, "delete": None}


def test_a_sharer_changes_and_takes_what_it_gave_alone(
    image: Image, sharer: Actor, owner: Actor, bob: User, admin: Actor
) -> None:
    carol = User.objects.create(username="carol")
    end = timezone.now() + SOON / 2
    grant_image(image, actor=owner, to=of_user(bob), rights=["view", "delete"])
    grant_image(image, actor=sharer, to=of_user(carol), rights=["view"], expires_at=end)

    with pytest.raises(Forbidden, match="owns"):
        grant_image(image, actor=sharer, to=of_user(bob), rights=["view"], expires_at=end)
    with pytest.raises(Forbidden, match="owns"):
        revoke_grant(image, actor=sharer, to=of_user(bob))
    revoke_grant(image, actor=sharer, to=of_user(carol))
    revoke_grant(image, actor=admin, to=of_user(bob))

    assert [grant.key for grant in grants_for(image, actor=owner)] == [sharer.user_key]


@pytest.mark.usefixtures("sharer")
def test_a_grantee_gives_up_its_own_and_sees_no_other(
    image: Image, owner: Actor, alice: User, bob: User
) -> None:
    grant_image(image, actor=owner, to=of_user(bob), rights=["view"])
    asking = actor(THIRD, "reader", user_key=bob.pk)

    with pytest.raises(NotVisible):
        revoke_grant(image, actor=asking, to=of_user(alice))
    assert [grant.key for grant in grants_for(image, actor=asking)] == [bob.pk]
    revoke_grant(image, actor=asking, to=of_user(bob))

    with pytest.raises(NotVisible):
        grants_for(image, actor=asking)


@pytest.mark.parametrize(("role", "may_give_up"), [("member", False), ("manager", True)])
def test_a_project_gives_up_its_own_by_its_managers(
    image: Image, owner: Actor, role: str, *, may_give_up: bool
) -> None:
    group = Group.objects.create(name="farm")
    project = Project.objects.create(pk=OTHER, name="farm", group=group)
    grant_image(image, actor=owner, to=of_project(project), rights=["view"])
    asking = actor(OTHER, role, groups=frozenset({group.pk}))

    if not may_give_up:
        with pytest.raises(Forbidden):
            revoke_grant(image, actor=asking, to=of_project(project))
    else:
        revoke_grant(image, actor=asking, to=of_project(project))

    assert bool(grants_for(image, actor=owner)) is not may_give_up


def test_an_owner_grants_all_of_a_deactivated_image(make_active: MakeImage, owner: Actor) -> None:
    image = make_active()
    deactivate_image(image, actor=owner)
    image.refresh_from_db()

    held = rights_to_give(owner, image)

    assert held == dict.fromkeys(("view", "download", "change", "share", "delete"))
    assert rights_to_give(actor(PROJECT, "reader"), image) == {"view": None}


@pytest.mark.parametrize("scope", ["read", "upload"])
def test_a_narrow_token_gives_nothing_up(image: Image, owner: Actor, bob: User, scope: str) -> None:
    grant_image(image, actor=owner, to=of_user(bob), rights=["view", "share"])
    asking = actor(THIRD, "manager", user_key=bob.pk, scope=scope)

    with pytest.raises(Forbidden):
        revoke_grant(image, actor=asking, to=of_user(bob))
    with pytest.raises(Forbidden):
        grant_image(image, actor=asking, to=of_user(bob), rights=["view"])

    assert len(grants_for(image, actor=owner)) == 1
