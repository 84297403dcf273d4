from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from portal.identity.models import User
from tests.portal.identity.conftest import PASSWORD, TOKENS

REQUIRED = "/accounts/second-factor/required/"
HTML = {"Accept": "text/html"}
AppOf = Callable[[User], Callable[..., str]]


def log_in_with(password: str, code: str, *, of: str = "alice") -> Any:
    """Log in as a client of the Identity API does with two methods."""
    user = {"domain": {"id": "default"}}
    identity = {
        "methods": ["password", "totp"],
        "password": {"user": user | {"name": "alice", "password": password}},
        "totp": {"user": user | {"name": of, "passcode": code}},
    }
    return APIClient().post(TOKENS, {"auth": {"identity": identity}}, format="json")


def test_token_takes_password_and_code(alice: User, app_of: AppOf) -> None:
    answer = log_in_with(PASSWORD, app_of(alice)(0))

    assert answer.status_code == 201
    assert answer.json()["token"]["methods"] == ["password", "totp"]


def test_password_alone_is_refused_in_the_same_words_as_a_wrong_one(
    alice: User, app_of: AppOf, log_in: Callable[..., Any]
) -> None:
    shown = app_of(alice)
    wrong = log_in("alice", "wrong")

    refused = [
        log_in("alice", PASSWORD),
        log_in_with(PASSWORD, "000000"),
        log_in_with("wrong", shown(0)),
        log_in_with(PASSWORD, shown(0), of="bob"),
    ]

    assert [(one.status_code, one.json()) for one in refused] == [(401, wrong.json())] * 4


def test_right_passwords_without_a_code_are_counted_like_wrong_ones(
    alice: User, app_of: AppOf, log_in: Callable[..., Any], settings: Settings
) -> None:
    settings.AXES_FAILURE_LIMIT = 3
    shown = app_of(alice)

    codes = [log_in("alice", PASSWORD).status_code for _ in range(4)]

    assert codes == [401, 401, 429, 429]
    assert log_in_with(PASSWORD, shown(0)).status_code == 429


def test_a_code_of_who_has_no_second_factor_is_refused(alice: User) -> None:
    assert log_in_with(PASSWORD, "123456").status_code == 401


@pytest.mark.parametrize(
    ("roles", "name", "status"),
    [
        ([], "root", 201),
        (["admin"], "root", 401),
        (["admin"], "bob", 201),
        (["manager"], "bob", 401),
        (["manager"], "alice", 201),
        (["member"], "bob", 401),
    ],
)
def test_who_must_have_one_gets_no_token_by_password(
    request: pytest.FixtureRequest,
    log_in: Callable[..., Any],
    settings: Settings,
    roles: list[str],
    name: str,
    status: int,
) -> None:
    request.getfixturevalue(name)
    settings.REQUIRE_MFA = roles

    assert log_in(name, PASSWORD).status_code == status


def test_credentials_stay_the_way_of_programs(
    alice: User, robot: tuple[str, object], settings: Settings
) -> None:
    settings.REQUIRE_MFA = ["member"]
    secret, credential = robot
    proof = {"id": credential.pk, "secret": secret}  # type: ignore[attr-defined] # a model
    identity = {"methods": ["application_credential"], "application_credential": proof}

    answer = APIClient().post(TOKENS, {"auth": {"identity": identity}}, format="json")

    assert answer.status_code == 201


@pytest.mark.parametrize("path", ["/", "/account", "/images/new", "/admin/", "/project"])
def test_who_must_have_one_is_led_to_set_it_up(
    client: Client, root: User, settings: Settings, path: str
) -> None:
    settings.REQUIRE_MFA = ["admin"]
    client.force_login(root)

    assert client.get(path, headers=HTML)["Location"] == REQUIRED
    assert client.get(REQUIRED).status_code == 200
    assert client.get("/accounts/second-factor/totp/activate/").status_code != 403
    assert client.post(path).status_code == 403
    assert client.get("/v2/images").status_code == 403


def test_who_has_one_and_who_needs_none_goes_on(
    client: Client, root: User, alice: User, app_of: AppOf, settings: Settings
) -> None:
    settings.REQUIRE_MFA = ["admin"]
    app_of(root)

    for user in (root, alice):
        client.force_login(user)
        assert client.get("/account", headers=HTML).status_code == 200
