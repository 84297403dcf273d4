from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import Client

from portal.identity.models import User
from tests.portal.identity.conftest import PASSWORD

FACTOR = "/accounts/second-factor"
NEW = f"{FACTOR}/webauthn/add/"
STEP = f"{FACTOR}/authenticate/"
ALONE = f"{FACTOR}/webauthn/login/"
AGAIN = f"{FACTOR}/webauthn/reauthenticate/"
NONSENSE: list[Any] = [
    *(None, "", [], {}, 1, "x", {"id": 1}, {"id": "a", "rawId": "b"}),
    {"id": "a", "rawId": "a", "type": "public-key", "response": {}},
    {"id": "YQ", "rawId": "YQ", "response": {"clientDataJSON": "e30", "attestationObject": "YQ"}},
    {"rawId": "YQ", "response": {"clientDataJSON": "YQ", "attestationObject": "v_8"}},
    {"rawId": "YQ", "response": []},
    {
        "rawId": "YQ",
        "response": {
            "clientDataJSON": "e30",
            "authenticatorData": "YQ",
            "signature": "YQ",
            "userHandle": "_w",
        },
    },
]


@pytest.fixture(autouse=True)
def rested() -> None:
    """Let nobody have tried a passkey in the minute before."""
    cache.clear()


@pytest.fixture
def signed_in(client: Client, alice: User) -> Client:
    """The browser of Alice, who signed in just now."""
    client.defaults["HTTP_ACCEPT"] = "text/html"
    client.post("/accounts/login/", {"username": "alice", "password": PASSWORD})
    return client


@pytest.mark.parametrize("sent", NONSENSE)
def test_what_is_no_passkey_is_not_added(signed_in: Client, alice: User, sent: Any) -> None:
    signed_in.get(NEW)

    answer = signed_in.post(NEW, {"name": "k", "credential": json.dumps(sent)})

    assert (answer.status_code, bool(answer.context["form"].errors)) == (200, True)
    assert not Authenticator.objects.filter(user=alice).exists()


@pytest.mark.parametrize("sent", NONSENSE)
def test_what_is_no_passkey_lets_nobody_in(
    client: Client, alice: User, app_of: Callable[[User], object], sent: Any
) -> None:
    app_of(alice)
    client.post("/accounts/login/", {"username": "alice", "password": PASSWORD})
    client.get(STEP)

    answers = [client.post(path, {"credential": json.dumps(sent)}) for path in (STEP, ALONE)]

    assert [one.status_code for one in answers] == [200, 302]
    assert client.get("/account").status_code == 302


@pytest.mark.parametrize("sent", NONSENSE)
def test_what_is_no_passkey_shows_nobody_who_it_is(
    signed_in: Client, alice: User, app_of: Callable[[User], object], sent: Any
) -> None:
    app_of(alice)

    assert signed_in.post(AGAIN, {"credential": json.dumps(sent)}).status_code == 302


def test_a_passkeys_name_is_no_longer_than_its_box(signed_in: Client) -> None:
    page = signed_in.post(NEW, {"name": "k" * 81, "credential": "{}"})

    assert "80" in str(page.context["form"].errors["name"])


def test_who_tries_passkeys_too_often_is_told_to_wait(client: Client, db: None) -> None:
    client.defaults["HTTP_ACCEPT"] = "text/html"

    answers = [client.post(ALONE, {"credential": "{}"}) for _ in range(11)]

    assert [one.status_code for one in answers[9:]] == [302, 429]
    assert answers[10]["Retry-After"] == "60"
    assert "Try again in a minute" in answers[10].text
    assert "Go to the images" in answers[10].text
