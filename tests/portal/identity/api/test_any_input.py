from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest_framework.test import APIClient

from portal.identity.models import Project, User
from portal.identity.tokens import Scope
from tests.portal.identity.conftest import PASSWORD, TOKENS, new_token

TEXT = st.text(st.characters(exclude_categories=()), max_size=300)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | TEXT
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
DOMAIN = {"id": "default", "name": "Default"}
USER = {"name": "alice", "id": "0" * 32, "domain": DOMAIN, "password": PASSWORD}
LOGIN = {
    "auth": {
        "identity": {
            "methods": ["password"],
            "password": {"user": USER},
            "token": {"id": "x"},
            "application_credential": {"id": "x", "name": "x", "user": USER, "secret": "x"},
        },
        "scope": {"project": {"id": "x", "name": "demo", "domain": DOMAIN}},
    }
}
CREDENTIAL = {
    "application_credential": {
        "name": "ci",
        "description": "x",
        "expires_at": "2050-01-01T00:00:00",
        "roles": [{"name": "reader", "id": "x"}],
        "project_id": None,
        "secret": None,
        "unrestricted": False,
        "access_rules": [],
    }
}
HYPOTHESIS = settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@st.composite
def spoiled(draw: st.DrawFn, body: dict[str, Any]) -> Any:
    """Return *body* with anything in the place of one of its parts."""
    found: Any = {"": copy.deepcopy(body)}
    place, key = found, ""
    while isinstance(place[key], dict | list) and place[key] and draw(st.integers(0, 4)):
        place = place[key]
        keys = sorted(place) if isinstance(place, dict) else range(len(place))
        key = draw(st.sampled_from(keys))
    place[key] = draw(ANYTHING)
    return found[""]


def post(path: str, body: Any, **headers: str) -> int:
    """Send *body*; return the status."""
    client: Any = APIClient(headers=headers)
    answer = client.generic("POST", path, json.dumps(body).encode(), content_type="text/plain")
    status: int = answer.status_code
    return status


@HYPOTHESIS
@given(body=spoiled(LOGIN), method=st.sampled_from(["password", "token", "application_credential"]))
def test_any_log_in_is_answered(alice: User, body: Any, method: str) -> None:
    if isinstance(body, dict) and isinstance(body.get("auth"), dict):
        identity = body["auth"].get("identity")
        if isinstance(identity, dict) and identity.get("methods") == ["password"]:
            identity["methods"] = [method]

    assert post(TOKENS, body) in {201, 400, 401, 429}


@HYPOTHESIS
@given(body=spoiled(CREDENTIAL))
def test_any_credential_is_answered(alice: User, demo: Project, body: Any) -> None:
    secret = new_token(alice, Scope(project=demo))[0]
    path = f"/identity/v3/users/{alice.public_id}/application_credentials"

    assert post(path, body, **{"X-Auth-Token": secret}) in {201, 400, 409}


@HYPOTHESIS
@given(value=st.text(st.characters(max_codepoint=255), max_size=300))
@pytest.mark.parametrize("header", ["X-Auth-Token", "Authorization", "X-Subject-Token"])
def test_any_header_is_answered(alice: User, header: str, value: str) -> None:
    answer = APIClient(headers={header: value}).get(TOKENS)

    assert answer.status_code in {400, 401}
