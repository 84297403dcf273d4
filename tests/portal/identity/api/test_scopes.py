from __future__ import annotations

import base64
from typing import Any

import pytest
from rest_framework.test import APIClient

from images.models import Image
from portal.identity.access_rules import rules_of
from portal.identity.models import User
from tests.portal.identity.conftest import TOKENS

READ_RULE = {"service": "image", "method": "GET", "path": "/v2/**"}
NEW = {"name": "x", "disk_format": "raw", "container_format": "bare"}


@pytest.fixture
def alices(alice: User, demo: Any, token_of: Any, client_of: Any) -> APIClient:
    """Return a client with a token of Alice's."""
    client: APIClient = client_of(token_of(alice, demo))
    return client


def make(client: APIClient, user: User, **wanted: Any) -> Any:
    """Make a credential by the API; return what the API shows of it."""
    body = {"application_credential": {"name": "ci"} | wanted}
    path = f"/identity/v3/users/{user.public_id}/application_credentials"
    answer = client.post(path, body, format="json")
    return answer.json().get("application_credential", answer.status_code)


def basic(shown: Any) -> APIClient:
    """Return a client with Basic."""
    pair = base64.b64encode(f"{shown['id']}:{shown['secret']}".encode()).decode()
    return APIClient(headers={"Authorization": f"Basic {pair}"})


def token_for(shown: Any) -> Any:
    """Return the answer to a log-in."""
    part = {"id": shown["id"], "secret": shown["secret"]}
    identity = {"methods": ["application_credential"], "application_credential": part}
    return APIClient().post(TOKENS, {"auth": {"identity": identity}}, format="json")


@pytest.mark.parametrize("scope", ["read", "upload", "all"])
def test_scope_in_a_word_or_by_access_rules(alices: APIClient, alice: User, scope: str) -> None:
    rules = [{key: rule[key] for key in READ_RULE} for rule in rules_of(scope)]

    said = make(alices, alice, scope=scope)
    shown = make(alices, alice, name="rules", access_rules=rules[::-1])

    assert [said["scope"], shown["scope"]] == [scope, scope]
    assert said["access_rules"] == shown["access_rules"] == rules_of(scope)


@pytest.mark.parametrize(
    "wanted",
    [
        {"access_rules": [{**READ_RULE, "path": "/v2/images"}]},
        {"access_rules": [{**READ_RULE, "service": "compute"}]},
        {"access_rules": [READ_RULE, READ_RULE]},
        {"access_rules": [READ_RULE], "scope": "upload"},
        {"access_rules": [READ_RULE], "scope": "all"},
        {"access_rules": [{"path": "/v2/**"}]},
    ],
)
def test_other_access_rules_are_refused_rather_than_widened(
    alices: APIClient, alice: User, wanted: Any
) -> None:
    assert make(alices, alice, **wanted) == 400


def test_token_tells_what_narrows_it(alices: APIClient, alice: User) -> None:
    shown = make(alices, alice, scope="read")

    told = token_for(shown).json()["token"]["application_credential"]

    assert told == {
        "id": shown["id"],
        "name": "ci",
        "restricted": True,
        "access_rules": rules_of("read"),
    }


@pytest.mark.parametrize("door", ["basic", "token"])
@pytest.mark.parametrize(
    ("scope", "statuses"),
    [
        ("read", [200, 403, 200, 403]),
        ("upload", [200, 201, 403, 403]),
        ("all", [200, 201, 200, 204]),
    ],
)
def test_scope_holds_at_each_door(
    alices: APIClient, alice: User, door: str, scope: str, statuses: list[int]
) -> None:
    path = "/v2/images/" + alices.post("/v2/images", NEW, format="json").json()["id"]
    octets = "application/octet-stream"
    alices.generic("PUT", f"{path}/file", "four", octets)
    shown = make(alices, alice, scope=scope)
    token = token_for(shown)["X-Subject-Token"]
    robot = basic(shown) if door == "basic" else APIClient(headers={"X-Auth-Token": token})

    answers = [
        robot.get("/v2/images"),
        robot.post("/v2/images", NEW, format="json"),
        robot.get(f"{path}/file"),
        robot.delete(path),
    ]

    assert [answer.status_code for answer in answers] == statuses


def test_upload_scope_puts_data_and_tags(alices: APIClient, alice: User) -> None:
    robot = basic(make(alices, alice, scope="upload"))
    path = "/v2/images/" + robot.post("/v2/images", NEW, format="json").json()["id"]

    answers = [
        robot.generic("PUT", f"{path}/file", "four", "application/octet-stream"),
        robot.put(f"{path}/tags/ci"),
        robot.post(f"{path}/actions/deactivate"),
    ]

    assert [answer.status_code for answer in answers] == [204, 204, 403]
    assert Image.objects.get().status == "active"


def test_a_narrowed_token_stays_narrowed_when_scoped_anew(alices: APIClient, alice: User) -> None:
    token = token_for(make(alices, alice, scope="read"))["X-Subject-Token"]
    identity = {"methods": ["token"], "token": {"id": token}}

    again = APIClient().post(TOKENS, {"auth": {"identity": identity}}, format="json")

    robot = APIClient(headers={"X-Auth-Token": again["X-Subject-Token"]})
    assert robot.post("/v2/images", NEW, format="json").status_code == 403


def test_unrestricted_robot_makes_another(alices: APIClient, alice: User) -> None:
    shown = make(alices, alice, unrestricted=True)
    robot = APIClient(headers={"X-Auth-Token": token_for(shown)["X-Subject-Token"]})

    assert shown["unrestricted"] is True
    assert make(robot, alice, name="child")["unrestricted"] is False
