from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from images.actors import Actor
from images.models import Event
from portal.identity import people
from portal.identity.actors import OPERATOR, credential_actor
from portal.identity.credentials import (
    NewCredential,
    create_credential,
    delete_credential,
    login_by_name,
    login_by_secret,
    renew_credential,
    rotate_credential,
)
from portal.identity.errors import BadCredentials, BadValue, NameTaken, NotPermitted
from portal.identity.keys import digest
from portal.identity.models import ApplicationCredential, Project, User
from tests.portal.identity.conftest import Robot, acting


def test_create_credential_keeps_only_the_hash_and_a_beginning(alice_in_demo: Actor) -> None:
    secret, credential = create_credential(NewCredential(name="ci"), actor=alice_in_demo)

    assert secret.startswith("vs_")
    assert credential.secret_hash == digest(secret)
    assert credential.secret_prefix == secret[:8]
    assert secret not in {str(value) for value in vars(credential).values()}


def test_create_credential_gives_all_roles_unless_told(alice_in_demo: Actor) -> None:
    credential = create_credential(NewCredential(name="ci"), actor=alice_in_demo)[1]

    assert credential.roles == ["member", "reader"]


def test_create_credential_narrows_roles(alice_in_demo: Actor) -> None:
    wanted = NewCredential(name="ci", roles=("reader",))

    credential = create_credential(wanted, actor=alice_in_demo)[1]

    actor = credential_actor(credential)
    assert actor is not None
    assert actor.roles == {"reader"}


@pytest.mark.parametrize("role", ["manager", "admin", "no such role"])
def test_create_credential_gives_no_role_that_its_maker_lacks(
    alice_in_demo: Actor, role: str
) -> None:
    with pytest.raises(BadValue):
        create_credential(NewCredential(name="ci", roles=(role,)), actor=alice_in_demo)


def test_create_credential_refuses_a_name_twice(alice_in_demo: Actor, robot: Robot) -> None:
    with pytest.raises(NameTaken):
        create_credential(NewCredential(name="robot"), actor=alice_in_demo)


def test_create_credential_refuses_an_end_in_the_past(alice_in_demo: Actor) -> None:
    with pytest.raises(BadValue):
        create_credential(NewCredential(name="ci", expires_at=timezone.now()), actor=alice_in_demo)


def test_create_credential_needs_a_project(db: None) -> None:
    with pytest.raises(NotPermitted):
        create_credential(NewCredential(name="ci"), actor=OPERATOR)


def test_credential_widens_not_with_its_user(alice: User, demo: Project, robot: Robot) -> None:
    people.give_role(alice, project=demo, role="manager", actor=OPERATOR)

    actor = credential_actor(robot[1])

    assert actor is not None
    assert actor.roles == {"member", "reader"}


def test_credential_narrows_with_its_user(alice: User, demo: Project, robot: Robot) -> None:
    people.give_role(alice, project=demo, role="reader", actor=OPERATOR)

    assert credential_actor(robot[1]) == replace(acting(alice, demo), is_restricted=True)


def test_login_by_secret_and_its_actor_take_one_query(
    robot: Robot, rf_request: HttpRequest, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    secret, credential = robot
    login_by_secret(credential.pk, secret, request=rf_request)  # its use is noted once a minute

    with django_assert_num_queries(1):
        actor = credential_actor(login_by_secret(credential.pk, secret, request=rf_request))

    assert actor == replace(acting(credential.user, credential.project), is_restricted=True)


@pytest.mark.parametrize(
    ("public_id", "secret"),
    [(None, "vs_wrong"), (None, ""), ("0" * 32, None), ("no id", None), ("\0", None), ("", "")],
)
def test_login_by_secret_refuses_all_else(
    robot: Robot, rf_request: HttpRequest, public_id: str | None, secret: str | None
) -> None:
    public_id = robot[1].pk if public_id is None else public_id
    secret = robot[0] if secret is None else secret

    with pytest.raises(BadCredentials):
        login_by_secret(public_id, secret, request=rf_request)


def test_login_by_secret_refuses_an_expired_one(robot: Robot, rf_request: HttpRequest) -> None:
    ApplicationCredential.objects.update(expires_at=timezone.now())

    with pytest.raises(BadCredentials):
        login_by_secret(robot[1].pk, robot[0], request=rf_request)


def test_login_by_secret_refuses_that_of_a_suspended_user(
    alice: User, robot: Robot, rf_request: HttpRequest
) -> None:
    people.suspend_user(alice, actor=OPERATOR)

    with pytest.raises(BadCredentials):
        login_by_secret(robot[1].pk, robot[0], request=rf_request)


def test_login_by_name_asks_for_the_owner_too(
    alice: User, bob: User, robot: Robot, rf_request: HttpRequest
) -> None:
    secret, credential = robot

    assert login_by_name("robot", secret, owner=Q(user=alice), request=rf_request) == credential
    with pytest.raises(BadCredentials):
        login_by_name("robot", secret, owner=Q(user=bob), request=rf_request)


def test_use_is_noted_at_most_once_a_minute(robot: Robot, rf_request: HttpRequest) -> None:
    secret, credential = robot
    noted = timezone.now() - timedelta(seconds=50)
    ApplicationCredential.objects.update(last_used_at=noted)

    login_by_secret(credential.pk, secret, request=rf_request)

    credential.refresh_from_db()
    assert credential.last_used_at == noted


def test_use_is_noted_again_after_a_minute(robot: Robot, rf_request: HttpRequest) -> None:
    secret, credential = robot
    noted = timezone.now() - timedelta(seconds=70)
    ApplicationCredential.objects.update(last_used_at=noted)

    login_by_secret(credential.pk, secret, request=rf_request)

    credential.refresh_from_db()
    assert credential.last_used_at is not None
    assert credential.last_used_at > noted


def test_delete_credential_is_for_its_owner(
    bob: User, elsewhere: Project, alice_in_demo: Actor, robot: Robot
) -> None:
    with pytest.raises(NotPermitted):
        delete_credential(robot[1], actor=acting(bob, elsewhere))

    delete_credential(robot[1], actor=alice_in_demo)

    assert not ApplicationCredential.objects.exists()


def test_has_expired_tells_past_from_future_and_never(robot: Robot) -> None:
    credential, now = robot[1], timezone.now()
    answers = []

    for end in (None, now + timedelta(hours=1), now):
        credential.expires_at = end
        answers.append(credential.has_expired())

    assert answers == [False, False, True]


@pytest.mark.parametrize("scope", ["read", "upload", "all"])
def test_credential_narrows_to_its_scope(alice_in_demo: Actor, scope: str) -> None:
    wanted = NewCredential(name="ci", scope=scope)

    credential = create_credential(wanted, actor=alice_in_demo)[1]

    assert credential_actor(credential) == replace(alice_in_demo, scope=scope, is_restricted=True)


@pytest.mark.parametrize("wanted", [{"scope": "write"}, {"scope": "read", "unrestricted": True}])
def test_create_credential_refuses_what_is_no_scope(
    alice_in_demo: Actor, wanted: dict[str, Any]
) -> None:
    with pytest.raises(BadValue):
        create_credential(NewCredential(name="ci", **wanted), actor=alice_in_demo)


def test_programs_touch_credentials_only_if_unrestricted(alice_in_demo: Actor) -> None:
    for name, unrestricted in (("tied", False), ("free", True)):
        wanted = NewCredential(name=name, unrestricted=unrestricted)
        create_credential(wanted, actor=alice_in_demo)
    tied, free = (credential_actor(one) for one in ApplicationCredential.objects.order_by("-name"))
    assert tied is not None
    assert free is not None

    new, credential = NewCredential(name="new"), ApplicationCredential.objects.get(name="tied")
    for act in (
        lambda by: create_credential(new, actor=by),
        lambda by: renew_credential(credential, actor=by),
        lambda by: rotate_credential(credential, actor=by),
        lambda by: delete_credential(credential, actor=by),
    ):
        with pytest.raises(NotPermitted):
            act(tied)
        act(free)


def test_rotate_gives_a_new_secret_and_leaves_the_old_one_a_while(
    robot: Robot, alice_in_demo: Actor, rf_request: HttpRequest
) -> None:
    old, credential = robot
    new = rotate_credential(credential, actor=alice_in_demo)

    for secret in (new, old):
        assert login_by_secret(credential.pk, secret, request=rf_request) == credential
    ApplicationCredential.objects.update(old_secret_until=timezone.now())
    assert login_by_secret(credential.pk, new, request=rf_request) == credential
    with pytest.raises(BadCredentials):
        login_by_secret(credential.pk, old, request=rf_request)


def test_rotate_again_kills_the_secret_before(
    robot: Robot, alice_in_demo: Actor, rf_request: HttpRequest
) -> None:
    secret, credential = robot
    rotate_credential(credential, actor=alice_in_demo)
    rotate_credential(credential, actor=alice_in_demo)

    with pytest.raises(BadCredentials):
        login_by_secret(credential.pk, secret, request=rf_request)


def test_rotate_without_grace_kills_the_old_secret_at_once(
    robot: Robot, alice_in_demo: Actor, rf_request: HttpRequest, settings: Any
) -> None:
    settings.CREDENTIAL_GRACE_HOURS = 0
    secret, credential = robot

    rotate_credential(credential, actor=alice_in_demo)

    with pytest.raises(BadCredentials):
        login_by_secret(credential.pk, secret, request=rf_request)


def test_renew_revives_an_expired_one(
    robot: Robot, alice_in_demo: Actor, rf_request: HttpRequest
) -> None:
    secret, credential = robot
    ApplicationCredential.objects.update(expires_at=timezone.now())

    renew_credential(credential, actor=alice_in_demo)

    assert login_by_secret(credential.pk, secret, request=rf_request) == credential


@pytest.mark.parametrize("verb", [renew_credential, rotate_credential])
def test_nobody_but_its_user_has_its_secret(robot: Robot, verb: Any) -> None:
    with pytest.raises(NotPermitted):
        verb(robot[1], actor=OPERATOR)


def test_acts_on_credentials_are_events_without_a_secret(
    robot: Robot, alice: User, demo: Project, alice_in_demo: Actor
) -> None:
    renew_credential(robot[1], actor=alice_in_demo)
    secret = rotate_credential(robot[1], actor=alice_in_demo)
    delete_credential(robot[1], actor=alice_in_demo)

    events = Event.objects.filter(kind__startswith="identity.credential.").order_by("pk")
    written = [(event.kind.rpartition(".")[2], event.user, event.project) for event in events]
    acts = ("create", "renew", "rotate", "delete")
    assert written == [(act, alice.public_id, demo.pk) for act in acts]
    told = json.dumps([[event.payload, event.before, event.after] for event in events])
    assert all(text not in told for text in (secret, robot[0], digest(secret), digest(robot[0])))
