from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.middleware.csrf import _get_new_csrf_string
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from images.actors import Actor, session_mark
from portal.identity import people
from portal.identity.actors import OPERATOR, session_actor
from portal.identity.keys import digest
from portal.identity.models import Project, Token, User
from portal.identity.tokens import Proof, Scope, issue_token
from tests.portal.identity.conftest import acting
from tests.portal.identity.who import Robot, ask, basic


def test_nobody_is_told_where_to_log_in(db: None) -> None:
    answer = ask()

    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == 'Keystone uri="http://127.0.0.1:8000/identity/v3"'


@pytest.mark.parametrize("header", ["x_auth_token", "authorization"])
def test_token_in_either_header(
    alice: User, demo: Project, token_of: Callable[..., str], header: str
) -> None:
    secret = token_of(alice, demo)
    headers: dict[str, Any] = {header: secret if header == "x_auth_token" else f"Bearer {secret}"}

    assert ask(**headers).data == {"actor": acting(alice, demo)}


def test_headers_of_keystonemiddleware_are_not_believed(
    alice: User, demo: Project, elsewhere: Project, token_of: Callable[..., str]
) -> None:
    forged: dict[str, Any] = {
        "x_identity_status": "Confirmed",
        "x_service_identity_status": "Confirmed",
        "x_service_roles": "service",
        "x_roles": "admin",
        "x_project_id": elsewhere.pk,
    }

    assert ask(**forged).status_code == 401
    known = ask(x_auth_token=token_of(alice, demo), **forged).data
    assert known == {"actor": acting(alice, demo)}


def test_service_vouches_for_a_user_with_a_token_of_its_own(
    alice: User, bob: User, demo: Project, elsewhere: Project, token_of: Callable[..., str]
) -> None:
    people.give_role(bob, project=demo, role="service", actor=OPERATOR)
    mine, service = token_of(alice, demo), token_of(bob, demo)

    answer = ask(x_auth_token=mine, x_service_token=service)

    assert answer.data == {"actor": replace(acting(alice, demo), is_vouched_for=True)}
    assert answer.data["actor"].is_service
    assert answer.data["actor"].roles == acting(alice, demo).roles


def test_users_token_vouches_for_nobody(
    alice: User, demo: Project, token_of: Callable[..., str]
) -> None:
    secret = token_of(alice, demo)

    answer = ask(x_auth_token=secret, x_service_token=secret)

    assert answer.data == {"actor": acting(alice, demo)}


def test_bad_service_token_is_no_request_at_all(
    alice: User, demo: Project, token_of: Callable[..., str]
) -> None:
    answer = ask(x_auth_token=token_of(alice, demo), x_service_token="nonsense")

    assert answer.status_code == 401


def test_service_token_alone_is_nobody(db: None) -> None:
    assert ask(x_service_token="nonsense").status_code == 401


def test_token_takes_one_query(
    alice: User,
    demo: Project,
    token_of: Callable[..., str],
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    secret = token_of(alice, demo)

    with django_assert_num_queries(1):
        ask(x_auth_token=secret)


@pytest.mark.parametrize("value", ["", "nonsense", "vt_" + "x" * 5000, "\xe9"])
def test_bad_token_is_refused(db: None, value: str) -> None:
    answer = ask(x_auth_token=value)

    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Keystone")


def test_bad_token_is_not_helped_by_a_session(alice: User) -> None:
    assert ask(user=alice, x_auth_token="nonsense").status_code == 401


def test_token_in_the_address_is_never_read(
    alice: User, demo: Project, token_of: Callable[..., str]
) -> None:
    secret = token_of(alice, demo)

    assert ask(path=f"/?X-Auth-Token={secret}&token={secret}").status_code == 401


def test_token_of_a_lost_membership_is_refused(
    alice: User, demo: Project, token_of: Callable[..., str]
) -> None:
    secret = token_of(alice, demo)
    alice.memberships.all().delete()

    assert Token.objects.live().count() == 1
    assert ask(x_auth_token=secret).status_code == 401


def test_unscoped_token_is_known_without_a_project(
    alice: User, token_of: Callable[..., str]
) -> None:
    actor = Actor(user=alice.public_id, user_key=alice.pk)

    assert ask(x_auth_token=token_of(alice)).data == {"actor": actor}


def test_session_reads(alice: User, demo: Project) -> None:
    assert ask(user=alice).data == {"actor": acting(alice, demo)}


@pytest.mark.parametrize("method", ["put", "post"])
def test_session_writes_only_with_a_csrf_token(alice: User, method: str) -> None:
    token = _get_new_csrf_string()

    refused = ask(method, user=alice)
    accepted = ask(method, user=alice, x_csrftoken=token, cookie=f"csrf={token}")

    assert (refused.status_code, accepted.status_code) == (403, 200)


def test_suspended_user_is_refused_at_every_door(
    alice: User, demo: Project, robot: Robot, token_of: Callable[..., str]
) -> None:
    secret = token_of(alice, demo)
    people.suspend_user(alice, actor=OPERATOR)

    answers = [
        ask(x_auth_token=secret),
        ask(authorization=basic(robot[1].pk, robot[0])),
        ask(user=alice),
    ]

    assert [answer.status_code for answer in answers] == [401, 401, 401]


def test_actor_tells_from_where_and_by_which_token(
    alice: User, demo: Project, token_of: Callable[..., str], robot: Robot
) -> None:
    secret, credential = robot
    token = token_of(alice, demo)
    audit_id = Token.objects.get(secret_hash=digest(token)).audit_id

    by_token = ask(x_auth_token=token).data["actor"]
    by_secret = ask(authorization=basic(credential.pk, secret)).data["actor"]

    assert (by_token.address, by_token.token) == ("127.0.0.1", f"token:{audit_id}")
    assert (by_secret.address, by_secret.token) == ("127.0.0.1", f"credential:{credential.pk}")


def test_token_of_a_credential_names_both(robot: Robot) -> None:
    _, credential = robot
    proof = Proof(credential.user, ("application_credential",), credential=credential)
    opening, token = issue_token(proof, scope=Scope(project=credential.project))

    actor = ask(x_auth_token=opening).data["actor"]

    assert actor.token == f"credential:{credential.pk}/{token.audit_id}"
    assert len(actor.token) <= 128


def test_session_is_named_by_a_mark(alice: User, client: Client) -> None:
    client.force_login(alice)
    request = client.get("/account").wsgi_request

    actor = session_actor(request)

    assert (actor.address, actor.token) == ("127.0.0.1", session_mark(client.session.session_key))


def test_address_is_what_the_trusted_proxy_says(
    alice: User, demo: Project, token_of: Callable[..., str], settings: Any
) -> None:
    settings.TRUSTED_PROXY = "127.0.0.1"
    endless = "fe80::1%" + "x" * 200

    addresses = [
        ask(x_auth_token=token_of(alice, demo), x_forwarded_for=said).data["actor"].address
        for said in ("203.0.113.9", "198.51.100.1, 203.0.113.9", "no address", endless)
    ]

    assert addresses == ["203.0.113.9", "203.0.113.9", "127.0.0.1", endless[:64]]
