from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.test import Client

from portal.identity import people
from portal.identity.actors import OPERATOR
from portal.identity.models import ApplicationCredential, Project, User
from portal.identity.tokens import Proof, Scope, issue_token
from tests.portal.identity.conftest import PASSWORD

V2, PAGE = "/v2/images", "/"


@dataclass
class Doors:
    """Each way by which Alice comes in, kept from before."""

    page: Client
    headers: dict[str, dict[str, str]]

    def open(self) -> dict[str, bool]:
        """Return which of them let her list images."""
        html = {"Accept": "text/html"}
        found = {
            name: Client().get(V2, headers=sent).status_code == 200
            for name, sent in self.headers.items()
        }
        return found | {
            "page": self.page.get(PAGE, headers=html).status_code == 200,
            "session": self.page.get(V2).status_code == 200,
        }


@pytest.fixture
def doors(
    alice: User,
    demo: Project,
    token_of: Callable[..., str],
    robot: tuple[str, ApplicationCredential],
) -> Doors:
    """Return Alice's doors, which are all open."""
    secret, credential = robot
    proof = Proof(alice, methods=("application_credential",), credential=credential)
    by_robot, _ = issue_token(proof, scope=Scope(project=demo))
    basic = base64.b64encode(f"{credential.pk}:{secret}".encode()).decode()
    headers = {
        "token": {"X-Auth-Token": token_of(alice, demo)},
        "robot": {"X-Auth-Token": by_robot},
        "basic": {"Authorization": f"Basic {basic}"},
    }
    page = Client()
    page.force_login(alice, backend="portal.identity.backends.PeopleBackend")
    return Doors(page=page, headers=headers)


def by_password() -> bool:
    """Does the sign-in form let Alice in?"""
    sent = {"username": "alice", "password": PASSWORD}
    return Client().post("/accounts/login/", sent).status_code == 302


def test_suspended_user_is_out_at_every_door(doors: Doors, alice: User) -> None:
    before = doors.open()

    people.suspend_user(alice, actor=OPERATOR)

    assert set(before.values()) == {True}
    assert set(doors.open().values()) == {False}
    assert not by_password()


def test_restored_user_comes_in_again_but_not_by_old_tokens(doors: Doors, alice: User) -> None:
    people.suspend_user(alice, actor=OPERATOR)

    people.restore_user(alice, actor=OPERATOR)

    found = doors.open()
    assert (found["token"], found["robot"], found["basic"]) == (False, False, True)
    assert by_password()


def test_suspended_project_is_shut_at_every_door_and_opens_again(
    doors: Doors, demo: Project
) -> None:
    people.suspend_project(demo, actor=OPERATOR)
    shut = doors.open()

    people.restore_project(demo, actor=OPERATOR)

    assert set(shut.values()) == {False}
    assert set(doors.open().values()) == {True}


def test_suspended_administrator_is_out_of_the_admin(root: User, alice: User) -> None:
    people.make_administrator(alice, actor=OPERATOR)
    client = Client()
    client.force_login(root, backend="portal.identity.backends.PeopleBackend")
    before = client.get("/admin/").status_code

    people.suspend_user(root, actor=OPERATOR)

    assert (before, client.get("/admin/").status_code) == (200, 302)
    assert client.get("/operate/projects").status_code == 302
