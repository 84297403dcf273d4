"""Each act on users, projects and what opens doors leaves one event, and no secret in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from images.actors import Actor, session_mark
from images.models import Event
from portal.identity import people
from portal.identity.actors import OPERATOR
from portal.identity.credentials import NewCredential, create_credential, delete_credential
from portal.identity.links import create_link
from portal.identity.models import Project, Token, User
from tests.portal.identity.conftest import PASSWORD, TOKENS

LOGIN = "/accounts/login/"


@pytest.fixture
def told() -> Callable[..., list[tuple[Any, ...]]]:
    """Return who tells *columns* of the events since this was asked for, in order."""
    seen = list(Event.objects.values_list("pk", flat=True))

    def tell(*columns: str) -> list[tuple[Any, ...]]:
        return list(Event.objects.exclude(pk__in=seen).values_list("kind", *columns))

    return tell


def test_project_and_people(db: None, told: Callable[..., Any]) -> None:
    project = people.create_project("p", actor=OPERATOR)
    user = people.create_user("u", password=PASSWORD, email="u@example.org", actor=OPERATOR)
    people.set_password(user, f"{PASSWORD}!", actor=OPERATOR)
    people.suspend_project(project, actor=OPERATOR)
    people.restore_project(project, actor=OPERATOR)

    assert told("subject", "project", "after") == [
        ("identity.project.create", project.pk, project.pk, {"name": "p", "description": ""}),
        ("identity.user.create", user.public_id, "", {"name": "u", "email": "u@example.org"}),
        ("identity.user.set_password", user.public_id, "", None),
        ("identity.project.suspend", project.pk, project.pk, None),
        ("identity.project.restore", project.pk, project.pk, None),
    ]


def test_membership(alice: User, elsewhere: Project, told: Callable[..., Any]) -> None:
    for role in ("reader", "manager"):
        people.give_role(alice, project=elsewhere, role=role, actor=OPERATOR)
    for _ in range(2):
        people.remove_role(alice, project=elsewhere, actor=OPERATOR)

    assert told("before", "after") == [
        ("identity.membership.create", None, {"role": "reader"}),
        ("identity.membership.update", {"role": "reader"}, {"role": "manager"}),
        ("identity.membership.delete", {"role": "manager"}, None),
    ]
    assert {event.subject for event in Event.objects.filter(project=elsewhere.pk)[1:]} == {
        alice.public_id
    }


def test_office(alice: User, root: User, told: Callable[..., Any]) -> None:
    for office in ("administrator", "auditor"):
        getattr(people, f"make_{office}")(alice, actor=OPERATOR)
        getattr(people, f"unmake_{office}")(alice, actor=OPERATOR)

    assert told("before", "after") == [
        ("identity.user.promote", None, {"office": "administrator"}),
        ("identity.user.demote", {"office": "administrator"}, None),
        ("identity.user.promote", None, {"office": "auditor"}),
        ("identity.user.demote", {"office": "auditor"}, None),
    ]


def test_suspension(alice: User, told: Callable[..., Any]) -> None:
    people.suspend_user(alice, actor=OPERATOR)
    people.restore_user(alice, actor=OPERATOR)

    assert told("subject", "user") == [
        ("identity.user.suspend", alice.public_id, "manage.py"),
        ("identity.user.restore", alice.public_id, "manage.py"),
    ]


def test_credential(alice_in_demo: Actor, told: Callable[..., Any]) -> None:
    wanted = NewCredential(name="robot", scope="read", never_ends=True)
    _, robot = create_credential(wanted, actor=alice_in_demo)
    pk = robot.pk
    delete_credential(robot, actor=alice_in_demo)

    facts: dict[str, Any] = {"name": "robot", "expires_at": None}
    facts |= {"roles": ["member", "reader"], "scope": "read", "unrestricted": False}
    assert told("subject", "project", "before", "after") == [
        ("identity.credential.create", pk, alice_in_demo.project, None, facts),
        ("identity.credential.delete", pk, alice_in_demo.project, facts, None),
    ]


def test_log_in_by_password_for_a_token(
    alice: User, demo: Project, log_in: Callable[..., Any], told: Callable[..., Any]
) -> None:
    answer = log_in("alice", PASSWORD, scope={"project": {"id": demo.pk}})

    audit_id = answer.json()["token"]["audit_ids"][0]
    assert told("user", "subject", "address", "token", "project") == [
        ("identity.login", alice.public_id, alice.public_id, "127.0.0.1", "", ""),
        (
            *("identity.token.create", alice.public_id, audit_id, "127.0.0.1"),
            *(f"token:{audit_id}", demo.pk),
        ),
    ]


def test_token_taken_back(
    alice: User,
    demo: Project,
    token_of: Callable[..., str],
    client_of: Callable[[str], APIClient],
    told: Callable[..., Any],
) -> None:
    secret = token_of(alice, demo)

    client_of(secret).delete(TOKENS, headers={"X-Subject-Token": secret})

    audit_id = Token.objects.get().audit_id
    assert told("subject", "token") == [
        ("identity.token.create", audit_id, ""),
        ("identity.token.revoke", audit_id, f"token:{audit_id}"),
    ]


def test_page_tells_of_log_in_and_log_out(
    alice: User, client: Client, told: Callable[..., Any]
) -> None:
    client.post(LOGIN, {"username": "alice", "password": PASSWORD})
    mark = session_mark(client.session.session_key)
    client.post("/accounts/logout/")

    door = {"id": alice.public_id, "door": "page"}
    assert told("user", "token", "payload") == [
        ("identity.login", alice.public_id, mark, door),
        ("identity.logout", alice.public_id, mark, door),
    ]


def test_link_tells_of_its_making_and_of_its_use(
    alice: User, client: Client, told: Callable[..., Any]
) -> None:
    url = create_link(alice)
    client.post(url)

    assert told("payload__door") == [
        ("identity.user.create_sign_in_link", None),
        ("identity.login", "link"),
    ]
    assert url.rstrip("/").rpartition("/")[2] not in str(told("payload", "before", "after"))


@pytest.mark.parametrize("door", ["page", "token", "basic"])
def test_refusal_tells_whose_name_it_was_and_from_where(
    alice: User, door: str, log_in: Callable[..., Any], told: Callable[..., Any]
) -> None:
    if door == "page":
        Client().post(LOGIN, {"username": "alice", "password": "wrong"})
    elif door == "token":
        log_in("alice", "wrong")
    else:
        Client().get("/v2/images", headers={"Authorization": "Basic YTpi"})

    subject = "" if door == "basic" else alice.public_id
    assert told("user", "subject", "address", "payload__door") == [
        ("identity.login_failed", "", subject, "127.0.0.1", door)
    ]


def test_refusal_does_not_tell_a_name_that_nobody_has(db: None, told: Callable[..., Any]) -> None:
    Client().post(LOGIN, {"username": "my password by mistake", "password": "x"})

    assert told("subject", "payload") == [("identity.login_failed", "", {"id": "", "door": "page"})]


def test_who_must_wait_anyhow_fills_no_table(
    alice: User, settings: Any, told: Callable[..., Any]
) -> None:
    settings.AXES_FAILURE_LIMIT = 2

    for _ in range(5):
        Client().post(LOGIN, {"username": "alice", "password": "wrong"})

    assert len(told()) == 2
