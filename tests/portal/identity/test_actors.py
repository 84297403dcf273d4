from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AnonymousUser, Group
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest
from pytest_django import DjangoAssertNumQueries

from images.actors import NOBODY, Actor, with_implied
from portal.identity import people
from portal.identity.actors import (
    CHOSEN_PROJECT,
    OPERATOR,
    project_actor,
    session_actor,
    system_actor,
)
from portal.identity.models import Project, User
from tests.portal.identity.conftest import acting


def looking(user: User | AnonymousUser, **session: str) -> HttpRequest:
    """Return a request for a page, by *user* in a session."""
    request = HttpRequest()
    request.user = user
    request.session = SessionStore()
    request.session.update(session)
    return request


def test_project_actor_has_the_role_and_what_it_implies(alice: User, demo: Project) -> None:
    assert acting(alice, demo) == Actor(
        user=alice.public_id,
        user_key=alice.pk,
        project=demo.pk,
        roles=frozenset({"member", "reader"}),
        groups=frozenset({demo.group_id}),
    )


def test_project_actor_takes_one_query(
    alice: User, demo: Project, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        project_actor(alice, project=demo.pk)


def test_project_actor_has_the_users_other_groups_but_of_projects_only_the_scoped(
    alice: User, demo: Project, elsewhere: Project
) -> None:
    builders = Group.objects.create(name="builders")
    alice.groups.set([builders, elsewhere.group])

    assert acting(alice, demo).groups == {builders.pk, demo.group_id}


def test_project_actor_is_nobody_without_a_role(alice: User, elsewhere: Project) -> None:
    assert project_actor(alice, project=elsewhere.pk) is None


def test_project_actor_is_nobody_in_a_suspended_project(alice: User, demo: Project) -> None:
    people.suspend_project(demo, actor=OPERATOR)

    assert project_actor(alice, project=demo.pk) is None


def test_administrator_is_admin_in_any_project(root: User, demo: Project) -> None:
    assert acting(root, demo).roles == {"admin", "manager", "member", "reader"}


def test_administrator_is_nobody_in_a_project_that_is_not_there(root: User) -> None:
    assert project_actor(root, project="0" * 32) is None


def test_project_actor_can_be_narrowed(root: User, demo: Project) -> None:
    actor = project_actor(root, project=demo.pk, narrowed_to=["member"])

    assert actor is not None
    assert actor.roles == {"member", "reader"}


def test_narrowing_gives_nothing(alice: User, demo: Project) -> None:
    assert project_actor(alice, project=demo.pk, narrowed_to=["manager"]) == acting(alice, demo)


def test_system_actor_has_no_project(root: User, alice: User) -> None:
    actor = system_actor(root)

    assert system_actor(alice) is None
    assert actor is not None
    assert (actor.project, actor.roles, actor.is_admin) == (None, with_implied("admin"), False)


def test_session_actor_of_a_stranger_is_nobody() -> None:
    assert session_actor(looking(AnonymousUser())) == NOBODY


def test_session_actor_acts_in_the_default_project(alice: User, demo: Project) -> None:
    assert session_actor(looking(alice)) == acting(alice, demo)


def test_session_actor_acts_in_the_chosen_project(
    alice: User, elsewhere: Project, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    people.give_role(alice, project=elsewhere, role="reader", actor=OPERATOR)
    request = looking(alice, **{CHOSEN_PROJECT: elsewhere.pk})

    with django_assert_num_queries(1):
        actor = session_actor(request)

    assert actor == acting(alice, elsewhere)


def test_session_actor_falls_back_to_what_is_left(
    alice: User, demo: Project, elsewhere: Project
) -> None:
    people.give_role(alice, project=elsewhere, role="reader", actor=OPERATOR)
    people.suspend_project(demo, actor=OPERATOR)

    assert session_actor(looking(alice)) == acting(alice, elsewhere)


def test_session_actor_without_any_project_is_only_known(alice: User, demo: Project) -> None:
    people.remove_role(alice, project=demo, actor=OPERATOR)

    assert session_actor(looking(alice)) == Actor(user=alice.public_id, user_key=alice.pk)


def test_session_actor_remembers_the_request(alice: User) -> None:
    request: Any = looking(alice)
    request.request_id = "req-1"

    assert session_actor(request).request_id == "req-1"
