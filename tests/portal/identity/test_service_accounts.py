from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError
from django.http import HttpRequest
from django.test import Client
from django.utils import timezone

from images.actors import Actor
from images.models import Event
from portal.identity import people
from portal.identity.actors import OPERATOR, credential_actor, session_actor
from portal.identity.credentials import (
    NewCredential,
    create_credential,
    delete_credential,
    kept_by,
    login_by_secret,
    renew_credential,
    rotate_credential,
)
from portal.identity.ends import warn_of_ends
from portal.identity.errors import BadCredentials, BadValue, NameTaken, NotPermitted
from portal.identity.links import create_link
from portal.identity.models import ApplicationCredential, Project, SignInLink, User
from portal.identity.service_accounts import (
    accounts_of,
    create_account,
    delete_account,
    restore_account,
    suspend_account,
)
from portal.identity.tokens import Proof, Scope, find_token, issue_token
from tests.portal.identity.conftest import PASSWORD, Robot, Work, acting

BACKEND = "portal.identity.backends.PeopleBackend"


@pytest.fixture
def manager(demo: Project) -> Actor:
    """Return who manages demo."""
    user = people.create_user("mary", password=PASSWORD, actor=OPERATOR)
    people.give_role(user, project=demo, role="manager", actor=OPERATOR)
    return acting(user, demo)


@pytest.fixture
def bobs(bob: User, elsewhere: Project) -> Actor:
    """Return who manages another project."""
    return acting(bob, elsewhere)


@pytest.fixture
def ci(demo: Project, manager: Actor) -> User:
    """Return a service account of demo."""
    return create_account("ci", project=demo, role="member", actor=manager)


@pytest.fixture
def key(ci: User, manager: Actor) -> Robot:
    """Return a secret of the service account, and its credential."""
    return create_credential(NewCredential(name="build"), actor=manager, account=ci)


def test_account_acts_in_its_project_by_a_credential(
    demo: Project, ci: User, key: Robot, rf_request: HttpRequest
) -> None:
    actor = credential_actor(login_by_secret(key[1].pk, key[0], request=rf_request))

    assert actor is not None
    assert (actor.user, actor.project) == (ci.public_id, demo.pk)
    assert actor.roles == {"member", "reader"}
    assert (str(ci), list(accounts_of(demo.pk))) == ("ci", [ci])


def test_account_outlives_who_made_it(ci: User, key: Robot, rf_request: HttpRequest) -> None:
    User.objects.get(username="mary").delete()

    assert login_by_secret(key[1].pk, key[0], request=rf_request).user == ci


@pytest.mark.parametrize("name", ["", "CI", "a b", "a@b", "-a", "a" * 64, "ci\n", "机器"])
def test_name_is_plain(demo: Project, manager: Actor, name: str) -> None:
    with pytest.raises(BadValue):
        create_account(name, project=demo, role="member", actor=manager)


def test_name_is_the_projects_own(
    demo: Project, elsewhere: Project, manager: Actor, bobs: Actor, ci: User
) -> None:
    with pytest.raises(NameTaken):
        create_account("ci", project=demo, role="reader", actor=manager)

    other = create_account("ci", project=elsewhere, role="reader", actor=bobs)
    assert str(other) == "ci"


@pytest.mark.parametrize("role", ["manager", "service", "admin", ""])
def test_account_manages_nobody(demo: Project, manager: Actor, role: str) -> None:
    with pytest.raises(BadValue):
        create_account("ci", project=demo, role=role, actor=manager)


def test_only_managers_of_its_project_touch_it(
    demo: Project,
    elsewhere: Project,
    alice_in_demo: Actor,
    manager: Actor,
    bob: User,
    ci: User,
    key: Robot,
) -> None:
    wanted = NewCredential(name="x")
    narrow = replace(manager, scope="upload")
    for actor in (alice_in_demo, acting(bob, elsewhere), narrow):
        for act in (
            lambda by: create_account("x", project=demo, role="reader", actor=by),
            lambda by: create_credential(wanted, actor=by, account=ci),
            lambda by: renew_credential(key[1], actor=by),
            lambda by: rotate_credential(key[1], actor=by),
            lambda by: delete_credential(key[1], actor=by),
            lambda by: suspend_account(ci, actor=by),
            lambda by: restore_account(ci, actor=by),
            lambda by: delete_account(ci, actor=by),
        ):
            with pytest.raises(NotPermitted):
                act(actor)


def test_acts_on_accounts_are_not_for_people(alice: User, manager: Actor) -> None:
    for act in (suspend_account, restore_account, delete_account):
        with pytest.raises(BadValue):
            act(alice, actor=manager)
    with pytest.raises(NotPermitted):
        create_credential(NewCredential(name="x"), actor=manager, account=alice)


def test_manager_keeps_the_tokens_of_accounts_and_of_nobody_else(
    manager: Actor, alice_in_demo: Actor, bobs: Actor, robot: Robot, key: Robot
) -> None:
    kept = [set(kept_by(actor)) for actor in (manager, alice_in_demo, bobs)]

    assert kept == [{key[1]}, {robot[1]}, set()]


def test_suspended_account_is_out_at_once_until_restored(
    demo: Project, manager: Actor, ci: User, key: Robot, rf_request: HttpRequest
) -> None:
    proof = Proof(ci, methods=("application_credential",), credential=key[1])
    token = issue_token(proof, scope=Scope(project=demo))[0]
    suspend_account(ci, actor=manager)

    with pytest.raises(BadCredentials):
        login_by_secret(key[1].pk, key[0], request=rf_request)
    with pytest.raises(NotPermitted):
        create_credential(NewCredential(name="x"), actor=manager, account=ci)
    restore_account(ci, actor=manager)
    with pytest.raises(BadCredentials):
        find_token(token)
    assert login_by_secret(key[1].pk, key[0], request=rf_request) == key[1]


def test_deleted_account_takes_its_tokens_along(
    manager: Actor, ci: User, key: Robot, rf_request: HttpRequest
) -> None:
    delete_account(ci, actor=manager)

    with pytest.raises(BadCredentials):
        login_by_secret(key[1].pk, key[0], request=rf_request)
    assert not ApplicationCredential.objects.exists()


def test_account_never_signs_in(ci: User, client: Client, rf_request: Any) -> None:
    ci.set_password(PASSWORD)
    ci.save()
    SignInLink.objects.create(
        user=ci, secret_hash="0" * 64, expires_at=timezone.now().replace(year=2999)
    )
    client.force_login(ci, backend=BACKEND)
    rf_request.user, rf_request.session = ci, client.session

    assert not ci.check_password(PASSWORD)
    assert not SignInLink.objects.live().exists()
    assert session_actor(rf_request) == Actor()
    with pytest.raises(NotPermitted):
        create_link(ci)


def test_account_holds_no_office(ci: User, elsewhere: Project) -> None:
    with pytest.raises(NotPermitted):
        people.make_administrator(ci, actor=OPERATOR)
    with pytest.raises(NotPermitted):
        people.give_role(ci, project=elsewhere, role="member", actor=OPERATOR)
    ci.is_auditor = True
    with pytest.raises(IntegrityError):
        ci.save()


def test_no_later_role_lets_an_account_manage(ci: User) -> None:
    project = ci.memberships.get().project

    with pytest.raises(BadValue):
        people.give_role(ci, project=project, role="manager", actor=OPERATOR)

    assert ci.memberships.get().role == "member"


def test_managers_with_an_address_are_warned(key: Robot, alice: User, work: Work) -> None:
    User.objects.filter(robot_of=None).update(email="x@example.org")
    ApplicationCredential.objects.update(expires_at=timezone.now() + timedelta(days=1))

    warn_of_ends()
    work()

    [sent] = mail.outbox
    assert sent.to == ["x@example.org"]
    assert f"/project/service-accounts/{key[1].user.public_id}" in sent.body


def test_acts_on_accounts_are_events_of_the_project(
    demo: Project, manager: Actor, ci: User, key: Robot
) -> None:
    suspend_account(ci, actor=manager)
    restore_account(ci, actor=manager)
    public_id = ci.public_id
    delete_account(ci, actor=manager)

    events = Event.objects.filter(kind__startswith="identity.service_account.").order_by("pk")
    told = [(event.kind.rpartition(".")[2], event.subject, event.project) for event in events]
    acts = ("create", "suspend", "restore", "delete")
    assert told == [(act, public_id, demo.pk) for act in acts]
