from __future__ import annotations

import pytest
from django.contrib.auth.models import Group

from images.actors import NOBODY, Actor
from images.lifecycle.images import delete_image
from images.lifecycle.members import share_image
from images.models import Event, Member
from portal.identity import groups, invitations, people
from portal.identity.actors import OPERATOR
from portal.identity.belongings import delete_project, delete_user, managed_alone
from portal.identity.errors import NotPermitted, StillNeeded
from portal.identity.models import Membership, Project, ProjectGroup, Token, User
from portal.identity.tokens import Scope
from quotas.account import Origin
from quotas.history import keep_today
from quotas.models import DailyUse, Limit, Part, Usage
from quotas.parts import set_part_limit
from tests.conftest import MakeImage
from tests.portal.identity.conftest import acting, new_token


def test_project_with_images_stays_and_says_what_it_owns(
    alice: User, demo: Project, make_active: MakeImage
) -> None:
    image = make_active(b"0123456789", actor=acting(alice, demo))

    with pytest.raises(StillNeeded, match="demo owns 1 images of 10 bytes; suspend it instead"):
        delete_project(demo, actor=OPERATOR)

    delete_image(image, actor=acting(alice, demo))
    delete_project(demo, actor=OPERATOR)
    assert not Project.objects.exists()


def test_deleted_project_takes_all_of_its_own_along(
    alice: User, bob: User, demo: Project, elsewhere: Project
) -> None:
    new_token(bob, Scope(project=elsewhere))
    Limit.objects.create(project=elsewhere.pk, resource="image_count_total", value=1)
    set_part_limit(elsewhere.pk, Origin(store="memory"), 1)
    keep_today()
    groups.create_group("some", project=elsewhere, actor=OPERATOR)
    manager = acting(bob, elsewhere)
    invitations.invite_user(alice, project=elsewhere, role="reader", actor=manager)

    delete_project(elsewhere, actor=OPERATOR)

    models = (Token, Limit, Part, Usage, DailyUse, ProjectGroup)
    assert [model.objects.count() for model in models] == [0, 0, 0, 0, 0, 0]
    assert list(Group.objects.all()) == [demo.group]
    assert Membership.objects.get().user == alice
    assert Event.objects.latest("pk").kind == "identity.project.delete"


def test_shares_with_a_deleted_project_end(
    alice: User, demo: Project, elsewhere: Project, make_active: MakeImage
) -> None:
    actor = acting(alice, demo)
    image = make_active(actor=actor, visibility="shared")
    share_image(image, actor=actor, project=elsewhere.pk)

    delete_project(elsewhere, actor=OPERATOR)

    assert not Member.objects.exists()
    assert Event.objects.filter(kind="image.member.delete", image_id=image.pk).exists()


def test_only_manager_stays_and_is_told_of_what(bob: User, alice: User, elsewhere: Project) -> None:
    with pytest.raises(StillNeeded, match="bob is the only manager of elsewhere"):
        delete_user(bob, actor=OPERATOR)

    people.give_role(alice, project=elsewhere, role="manager", actor=OPERATOR)
    delete_user(bob, actor=OPERATOR)
    assert list(User.objects.all()) == [alice]


def test_a_suspended_manager_is_none(alice: User, bob: User, elsewhere: Project) -> None:
    people.give_role(alice, project=elsewhere, role="manager", actor=OPERATOR)

    people.suspend_user(alice, actor=OPERATOR)

    assert managed_alone(bob) == [elsewhere]


def test_deletion_is_the_operators(alice: User, bob: User, demo: Project) -> None:
    for actor in (NOBODY, acting(alice, demo), Actor(user="x", user_key=alice.pk)):
        with pytest.raises(NotPermitted):
            delete_project(demo, actor=actor)
        with pytest.raises(NotPermitted):
            delete_user(alice, actor=actor)


def test_last_administrator_is_not_deleted(root: User) -> None:
    with pytest.raises(NotPermitted, match="last administrator"):
        delete_user(root, actor=OPERATOR)
