"""The doors of a running service that trusts a real Keystone."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
import requests

from tests.keystone.conftest import Thing
from tests.keystone.site import Keystone
from tests.live import Server, serve

FORGED = {
    "X-Identity-Status": "Confirmed",
    "X-Service-Identity-Status": "Confirmed",
    "X-Roles": "admin",
    "X-Service-Roles": "service",
    "X-User-Id": "a" * 32,
    "X-Project-Id": "b" * 32,
}


def get(server: Server, path: str, token: str = "", **headers: str) -> requests.Response:
    """Ask the service, with a token if there is one."""
    given = headers | ({"X-Auth-Token": token} if token else {})
    return requests.get(f"{server.url}{path}", headers=given, timeout=30)


@pytest.mark.parametrize("headers", [{}, FORGED, {"X-Auth-Token": "nonsense"} | FORGED])
def test_nobody_is_sent_to_the_keystone(
    server: Server, keystone: Keystone, headers: dict[str, str]
) -> None:
    answer = get(server, "/v2/images", **headers)

    challenge = f'Keystone uri="{keystone.url}"'
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, challenge)


def test_token_is_good_and_its_forged_headers_are_not(server: Server, alices_token: str) -> None:
    lists = get(server, "/v2/images", alices_token, **FORGED)
    tasks = get(server, "/v2/tasks", alices_token, **FORGED)

    assert (lists.status_code, tasks.status_code) == (200, 403)


def test_revoked_token_is_dead_within_the_cache_time(
    server: Server, keystone: Keystone, alice: Thing, red: Thing
) -> None:
    token = keystone.token(alice["name"], red["name"])
    before = get(server, "/v2/images", token).status_code
    keystone.admin.delete("/auth/tokens", headers={"X-Subject-Token": token})

    time.sleep(1.1)

    assert (before, get(server, "/v2/images", token).status_code) == (200, 401)


def test_identity_api_of_ours_is_closed(server: Server, keystone: Keystone) -> None:
    answers = [get(server, path) for path in ("/identity", "/identity/v3", "/identity/v3/projects")]
    login = requests.post(f"{server.url}/identity/v3/auth/tokens", json={}, timeout=30)

    assert [answer.status_code for answer in [*answers, login]] == [404] * 4
    assert login.json()["error"]["message"] == f"This cloud logs in at {keystone.url}."


def test_credential_of_ours_opens_nothing(server: Server) -> None:
    answer = requests.get(f"{server.url}/v2/images", auth=("a" * 32, "vs_secret"), timeout=30)

    assert answer.status_code == 401


def test_versions_need_no_keystone(server: Server) -> None:
    answer = get(server, "/")

    assert answer.status_code == 300
    assert answer.json()["versions"][0]["links"][0]["href"] == f"{server.url}/v2/"


def test_keystone_that_does_not_answer_is_503(
    keystone: Keystone, alices_token: str, tmp_path: Path
) -> None:
    nowhere = keystone.variables | {"VITRINE_KEYSTONE_URL": "http://127.0.0.1:1"}

    with serve(tmp_path, **nowhere) as server:
        answer = get(server, "/v2/images", alices_token)
        pages = get(server, "/accounts/login/")

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert (pages.status_code, alices_token in server.log) == (200, False)
