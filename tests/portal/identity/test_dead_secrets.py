"""What opens nothing any more opens nothing at any door, and is told to nobody (scorecard A5)."""

from __future__ import annotations

import base64
import logging
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from rest_framework.test import APIClient

from images.models import Event
from portal.identity import people
from portal.identity.actors import OPERATOR
from portal.identity.credentials import delete_credential, rotate_credential
from portal.identity.models import ApplicationCredential, Project, Token, User
from tests.portal.identity.conftest import TOKENS, Robot, acting

LIST = "/v2/images"
ME = "/identity/v3/auth/projects"
Ask = Callable[[Robot, str], int]


def log_in(robot: Robot) -> Any:
    """Return the answer to a log-in with a credential."""
    part = {"id": robot[1].pk, "secret": robot[0]}
    identity = {"methods": ["application_credential"], "application_credential": part}
    return APIClient().post(TOKENS, {"auth": {"identity": identity}}, format="json")


def ask(path: str, **headers: str) -> int:
    """Return the status of a request with *headers*."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return APIClient().get(path, headers=named).status_code


def basic(robot: Robot) -> str:
    """Return a Basic header's value."""
    return "Basic " + base64.b64encode(f"{robot[1].pk}:{robot[0]}".encode()).decode()


DOORS: dict[str, Ask] = {
    "image api": lambda robot, token: ask(LIST, x_auth_token=token),
    "bearer": lambda robot, token: ask(LIST, authorization=f"Bearer {token}"),
    "basic": lambda robot, token: ask(LIST, authorization=basic(robot)),
    "metadefs": lambda robot, token: ask("/v2/metadefs/namespaces", x_auth_token=token),
    "usage": lambda robot, token: ask("/v2/info/usage", authorization=basic(robot)),
    "identity": lambda robot, token: ask(ME, x_auth_token=token),
    "log-in": lambda robot, token: 200 if log_in(robot).status_code == 201 else 401,
}

CAUSES: dict[str, Callable[[Robot], object]] = {
    "expired": lambda robot: ApplicationCredential.objects.update(expires_at=timezone.now()),
    "revoked": lambda robot: delete_credential(robot[1], actor=OPERATOR),
    "of a suspended user": lambda robot: people.suspend_user(robot[1].user, actor=OPERATOR),
    "of a suspended project": lambda robot: people.suspend_project(
        robot[1].project, actor=OPERATOR
    ),
    "of who left the project": lambda robot: people.remove_role(
        robot[1].user, project=robot[1].project, actor=OPERATOR
    ),
}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("cause", CAUSES)
def test_dead_credential_opens_no_door(robot: Robot, door: str, cause: str) -> None:
    token = log_in(robot)["X-Subject-Token"]
    before = DOORS[door](robot, token)

    CAUSES[cause](robot)

    assert [before, DOORS[door](robot, token)] == [200, 401]


@pytest.mark.parametrize("door", ["image api", "bearer", "metadefs", "identity"])
@pytest.mark.parametrize("field", ["expires_at", "revoked_at"])
def test_dead_token_opens_no_door(robot: Robot, door: str, field: str) -> None:
    token = log_in(robot)["X-Subject-Token"]
    Token.objects.update(**{field: timezone.now()})

    assert DOORS[door](robot, token) == 401


@pytest.mark.parametrize(
    "wanted", [{"project": {"id": "0" * 32}}, {"system": {"all": True}}, "unscoped"]
)
def test_credential_opens_no_other_project(robot: Robot, elsewhere: Project, wanted: Any) -> None:
    part = {"id": robot[1].pk, "secret": robot[0]}
    identity = {"methods": ["application_credential"], "application_credential": part}
    for scope in (wanted, {"project": {"id": elsewhere.pk}}):
        body = {"auth": {"identity": identity, "scope": scope}}
        assert APIClient().post(TOKENS, body, format="json").status_code == 401


def test_token_takes_no_other_project(
    alice: User, demo: Project, elsewhere: Project, token_of: Callable[..., str]
) -> None:
    identity = {"methods": ["token"], "token": {"id": token_of(alice, demo)}}
    body = {"auth": {"identity": identity, "scope": {"project": {"id": elsewhere.pk}}}}

    assert APIClient().post(TOKENS, body, format="json").status_code == 401


@pytest.mark.parametrize("path", [LIST, ME, "/v2/info/usage", "/v2/metadefs/namespaces"])
@pytest.mark.parametrize("name", ["token", "X-Auth-Token", "access_token", "auth_token", "key"])
def test_a_secret_in_an_address_opens_nothing(robot: Robot, path: str, name: str) -> None:
    token = log_in(robot)["X-Subject-Token"]

    assert [ask(f"{path}?{name}={secret}") for secret in (token, robot[0])] == [401, 401]


@pytest.mark.parametrize("door", DOORS)
def test_no_secret_is_logged_or_told(
    robot: Robot, door: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    secret, token = robot[0], log_in(robot)["X-Subject-Token"]
    wrong = (f"{secret}x", robot[1])

    for shown in ((robot, token), (wrong, f"{token}x")):
        DOORS[door](*shown)

    told = [caplog.text, *(str(vars(event)) for event in Event.objects.all())]
    assert [text for text in told if secret in text or token in text or basic(robot) in text] == []


def test_all_secrets_take_the_same_comparisons(
    robot: Robot, alice: User, demo: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[str] = []
    new = rotate_credential(robot[1], actor=acting(alice, demo))

    def compare(one: str, other: str) -> bool:
        compared.append(other)
        return constant_time_compare(one, other)

    monkeypatch.setattr(f"{ApplicationCredential.__module__}.constant_time_compare", compare)
    answers = [robot[1].opens_with(secret) for secret in (robot[0], new, f"{new}x", "")]

    assert answers == [True, True, False, False]
    assert compared == [robot[1].secret_hash, robot[1].old_secret_hash] * 4
