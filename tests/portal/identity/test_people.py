from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction

from images.actors import NOBODY, Actor
from portal.identity import people
from portal.identity.actors import OPERATOR, project_actor
from portal.identity.errors import BadValue, NameTaken, NotPermitted, Unknown
from portal.identity.models import ApplicationCredential, Membership, Project, User
from tests.portal.identity.conftest import PASSWORD, acting

Robot = tuple[str, ApplicationCredential]


def test_create_project_gives_it_a_group_of_its_own(demo: Project) -> None:
    assert len(demo.pk) == 32
    assert demo.group == Group.objects.get()


@pytest.mark.parametrize("name", ["demo", "DEMO"])
def test_create_project_refuses_a_name_twice(demo: Project, name: str) -> None:
    with pytest.raises(NameTaken):
        people.create_project(name, actor=OPERATOR)

    assert Group.objects.count() == 1


@pytest.mark.parametrize(
    "name", ["", " demo", "demo ", "de\nmo", "de\0mo", "\ud800", "x" * 65, "0" * 32]
)
def test_create_project_refuses_a_bad_name(db: None, name: str) -> None:
    with pytest.raises(BadValue):
        people.create_project(name, actor=OPERATOR)


def test_create_project_takes_names_of_all_peoples(db: None) -> None:
    assert people.create_project("项目 Ünïcode 🚀", actor=OPERATOR).name == "项目 Ünïcode 🚀"


def test_create_user_hashes_the_password(alice: User) -> None:
    assert alice.check_password(PASSWORD)
    assert PASSWORD not in alice.password


def test_create_user_without_a_password_has_none(db: None) -> None:
    assert not people.create_user("linked", actor=OPERATOR).has_usable_password()


@pytest.mark.parametrize("name", ["alice", "Alice"])
def test_create_user_refuses_a_name_twice(alice: User, name: str) -> None:
    with pytest.raises(NameTaken):
        people.create_user(name, actor=OPERATOR)


@pytest.mark.parametrize("name", ["", "a b", "a\0b", "\ud800", "x" * 151, "(nobody)"])
def test_create_user_refuses_a_bad_name(db: None, name: str) -> None:
    with pytest.raises(BadValue):
        people.create_user(name, actor=OPERATOR)


def test_give_role_makes_the_first_project_the_default(
    alice: User, demo: Project, elsewhere: Project
) -> None:
    people.give_role(alice, project=elsewhere, role="reader", actor=OPERATOR)

    alice.refresh_from_db()
    assert alice.default_project == demo


def test_give_role_replaces_the_old_one(alice: User, demo: Project) -> None:
    people.give_role(alice, project=demo, role="manager", actor=OPERATOR)

    assert Membership.objects.get(user=alice).role == "manager"


@pytest.mark.parametrize("role", ["admin", "services", "", "Member"])
def test_give_role_knows_only_project_roles(alice: User, demo: Project, role: str) -> None:
    with pytest.raises(BadValue):
        people.give_role(alice, project=demo, role=role, actor=OPERATOR)


def test_service_is_a_role_that_the_operator_alone_gives(
    alice: User, bob: User, demo: Project, elsewhere: Project
) -> None:
    people.give_role(alice, project=elsewhere, role="service", actor=OPERATOR)

    assert acting(alice, elsewhere).roles == {"service"}
    with pytest.raises(NotPermitted):
        people.give_role(bob, project=elsewhere, role="service", actor=acting(bob, elsewhere))


def test_unknown_role_is_refused_by_the_database_too(alice: User) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.update(role="admin")


def test_remove_role_takes_credentials_and_default_along(
    alice: User, demo: Project, robot: Robot
) -> None:
    people.remove_role(alice, project=demo, actor=OPERATOR)

    alice.refresh_from_db()
    assert alice.default_project is None
    assert not Membership.objects.exists()
    assert not ApplicationCredential.objects.exists()


def test_manager_rules_the_people_of_the_own_project_alone(
    alice: User, bob: User, demo: Project, elsewhere: Project
) -> None:
    manager = acting(bob, elsewhere)

    people.give_role(alice, project=elsewhere, role="reader", actor=manager)
    people.remove_role(alice, project=elsewhere, actor=manager)

    with pytest.raises(NotPermitted):
        people.give_role(bob, project=demo, role="manager", actor=manager)


ON_USERS = [
    people.make_administrator,
    people.unmake_administrator,
    people.make_auditor,
    people.unmake_auditor,
    people.suspend_user,
    people.restore_user,
    partial(people.set_password, password="x"),
]
ON_PROJECTS = [people.suspend_project, people.restore_project]
ON_BOTH = [partial(people.give_role, role="reader"), people.remove_role]
NEW = [people.create_project, people.create_user]


@pytest.fixture(params=["member", "stranger"])
def powerless(request: pytest.FixtureRequest, alice: User, demo: Project) -> Actor:
    """Return somebody who may change nothing."""
    return acting(alice, demo) if request.param == "member" else NOBODY


@pytest.mark.parametrize("act", ON_USERS)
def test_acts_on_users_are_the_administrators(
    powerless: Actor, bob: User, act: Callable[..., object]
) -> None:
    with pytest.raises(NotPermitted):
        act(bob, actor=powerless)


@pytest.mark.parametrize("act", ON_PROJECTS)
def test_acts_on_projects_are_the_administrators(
    powerless: Actor, demo: Project, act: Callable[..., object]
) -> None:
    with pytest.raises(NotPermitted):
        act(demo, actor=powerless)


@pytest.mark.parametrize("act", ON_BOTH)
def test_acts_on_roles_are_the_managers(
    powerless: Actor, bob: User, demo: Project, act: Callable[..., object]
) -> None:
    with pytest.raises(NotPermitted):
        act(bob, project=demo, actor=powerless)


@pytest.mark.parametrize("act", NEW)
def test_new_users_and_projects_are_the_administrators(
    powerless: Actor, act: Callable[..., object]
) -> None:
    with pytest.raises(NotPermitted):
        act("new", actor=powerless)


def test_oneself_may_set_the_own_password(alice: User, demo: Project) -> None:
    people.set_password(alice, "another fine password", actor=acting(alice, demo))

    alice.refresh_from_db()
    assert alice.check_password("another fine password")


@pytest.mark.parametrize("act", [people.suspend_user, people.unmake_administrator])
def test_the_last_administrator_stays(root: User, act: Callable[..., None]) -> None:
    with pytest.raises(NotPermitted, match="last administrator"):
        act(root, actor=OPERATOR)


@pytest.mark.parametrize("act", [people.suspend_user, people.unmake_administrator])
def test_an_administrator_may_go_while_another_is_left(
    root: User, alice: User, act: Callable[..., None]
) -> None:
    people.make_administrator(alice, actor=OPERATOR)

    act(root, actor=OPERATOR)

    root.refresh_from_db()
    assert not root.is_administrator


def test_find_by_name_and_by_id(alice: User, demo: Project) -> None:
    assert people.find_user("alice") == people.find_user(alice.public_id) == alice
    assert people.find_project("demo") == people.find_project(demo.pk) == demo


@pytest.mark.parametrize("find", [people.find_user, people.find_project])
def test_find_says_what_is_not_there(db: None, find: Callable[[str], object]) -> None:
    with pytest.raises(Unknown, match="'nope'"):
        find("nope")


def test_suspended_project_is_restored(demo: Project) -> None:
    people.suspend_project(demo, actor=OPERATOR)

    people.restore_project(demo, actor=OPERATOR)

    demo.refresh_from_db()
    assert demo.enabled


def test_auditor_sees_every_project_and_has_no_other_role(
    alice: User, demo: Project, elsewhere: Project
) -> None:
    people.make_auditor(alice, actor=OPERATOR)

    assert [acting(alice, place).roles for place in (demo, elsewhere)] == [
        {"auditor", "reader"},
        {"auditor", "reader"},
    ]
    assert set(Project.objects.open_to(alice)) == {demo, elsewhere}


def test_auditor_stays_one_through_a_narrowed_credential(alice: User, demo: Project) -> None:
    people.make_auditor(alice, actor=OPERATOR)

    actor = project_actor(alice, project=demo.pk, narrowed_to=["reader"])

    assert actor is not None
    assert actor.is_auditor is True


def test_auditor_is_an_ordinary_user_again(alice: User, demo: Project, elsewhere: Project) -> None:
    people.make_auditor(alice, actor=OPERATOR)
    people.unmake_auditor(alice, actor=OPERATOR)

    assert acting(alice, demo).roles == {"member", "reader"}
    assert project_actor(alice, project=elsewhere.pk) is None


def test_nobody_is_auditor_and_administrator(root: User, alice: User) -> None:
    people.make_auditor(alice, actor=OPERATOR)
    people.make_administrator(alice, actor=OPERATOR)

    assert alice.is_auditor is False
    with pytest.raises(NotPermitted, match="administrator"):
        people.make_auditor(root, actor=OPERATOR)
