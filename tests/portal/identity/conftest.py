"""Users, projects and what they log in with, named for what they are."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
)
from django.http import HttpRequest
from django.test import RequestFactory
from django_tasks_db.models import DBTaskResult
from rest_framework.response import Response
from rest_framework.test import APIClient

from images.actors import Actor
from portal.identity import people
from portal.identity.actors import OPERATOR, project_actor
from portal.identity.credentials import NewCredential, create_credential
from portal.identity.models import ApplicationCredential, Project, Token, User
from portal.identity.tokens import Proof, Scope, issue_token

PASSWORD = "correct horse battery staple"
TOKENS = "/identity/v3/auth/tokens"

Robot = tuple[str, ApplicationCredential]
Work = Callable[[], None]


@pytest.fixture
def demo(db: None) -> Project:
    """Return the project that Alice works in."""
    return people.create_project("demo", description="Alice's", actor=OPERATOR)


@pytest.fixture
def elsewhere(db: None) -> Project:
    """Return a project that Alice has nothing to do with."""
    return people.create_project("elsewhere", description="secret plans", actor=OPERATOR)


@pytest.fixture
def alice(demo: Project) -> User:
    """Return a member of demo."""
    user = people.create_user("alice", password=PASSWORD, actor=OPERATOR)
    people.give_role(user, project=demo, role="member", actor=OPERATOR)
    return user


@pytest.fixture
def bob(elsewhere: Project) -> User:
    """Return a manager of elsewhere."""
    user = people.create_user("bob", password=PASSWORD, actor=OPERATOR)
    people.give_role(user, project=elsewhere, role="manager", actor=OPERATOR)
    return user


@pytest.fixture
def root(db: None) -> User:
    """Return an administrator of the cloud who is in no project."""
    user = people.create_user("root", password=PASSWORD, actor=OPERATOR)
    people.make_administrator(user, actor=OPERATOR)
    return user


@pytest.fixture
def alice_in_demo(alice: User, demo: Project) -> Actor:
    """Return Alice, acting."""
    return acting(alice, demo)


@pytest.fixture
def token_of() -> Callable[..., str]:
    """Return a maker of tokens: for a user, in a project, in the system or unscoped."""

    def make(user: User, project: Project | None = None, *, is_system: bool = False) -> str:
        return new_token(user, Scope(project=project, is_system=is_system))[0]

    return make


@pytest.fixture
def robot(alice_in_demo: Actor) -> tuple[str, ApplicationCredential]:
    """Return the secret of an application credential of Alice's, and the credential."""
    return create_credential(NewCredential(name="robot"), actor=alice_in_demo)


@pytest.fixture
def work(db: None) -> Work:
    """Return a worker that does all that waits, whenever it is to be done."""

    def do() -> None:
        for row in DBTaskResult.objects.all():
            row.task.call(*row.args_kwargs["args"])
            row.delete()

    return do


@pytest.fixture
def rf_request() -> HttpRequest:
    """Return a request that comes from somewhere."""
    return RequestFactory().post("/")


@pytest.fixture
def log_in(db: None) -> Callable[..., Response]:
    """Return how a client logs in by password; further parts of *auth* by keyword."""

    def post(name: str, password: str, **auth: Any) -> Response:
        user = {"name": name, "domain": {"id": "default"}, "password": password}
        identity = {"methods": ["password"], "password": {"user": user}}
        return APIClient().post(TOKENS, {"auth": {"identity": identity} | auth}, format="json")

    return post


@pytest.fixture
def client_of() -> Callable[[str], APIClient]:
    """Return a maker of clients that send a token with each request."""

    def make(secret: str) -> APIClient:
        return APIClient(headers={"X-Auth-Token": secret})

    return make


@pytest.fixture
def app_of() -> Callable[[User], Callable[[int], str]]:
    """Return who gives a user an authenticator app; what it shows some steps from now."""

    def set_up(user: User) -> Callable[[int], str]:
        secret = generate_totp_secret()
        TOTP.activate(user, secret)
        return partial(code_of, secret)

    return set_up


def code_of(secret: str, steps: int = 0) -> str:
    """Return the code that an app with *secret* shows, *steps* of half a minute from now."""
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps)))


def acting(user: User, project: Project) -> Actor:
    """Return *user* acting in *project*, where it may."""
    actor = project_actor(user, project=project.pk)
    assert actor is not None
    return actor


def new_token(user: User, scope: Scope) -> tuple[str, Token]:
    """Return a token of *user* by password."""
    return issue_token(Proof(user, methods=("password",)), scope=scope)
