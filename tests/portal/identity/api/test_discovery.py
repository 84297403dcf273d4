from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from portal.identity.models import User

VERSION = {
    "id": "v3.14",
    "status": "stable",
    "updated": "2020-04-07T00:00:00Z",
    "links": [{"rel": "self", "href": "http://127.0.0.1:8000/identity/v3/"}],
    "media-types": [
        {
            "base": "application/json",
            "type": "application/vnd.openstack.identity-v3+json",
        }
    ],
}
NOT_FOUND = {
    "error": {
        "code": 404,
        "message": "The resource could not be found.",
        "title": "Not Found",
    }
}


@pytest.mark.parametrize("path", ["/identity/v3", "/identity/v3/"])
def test_version(path: str) -> None:
    answer = APIClient().get(path)

    assert (answer.status_code, answer.json()) == (200, {"version": VERSION})


@pytest.mark.parametrize("path", ["/identity", "/identity/"])
def test_versions(path: str) -> None:
    answer = APIClient().get(path)

    assert (answer.status_code, answer.json()) == (300, {"versions": {"values": [VERSION]}})


@pytest.mark.parametrize("accept", ["", "text/html", "image/png", "application/xml", "nonsense"])
def test_accept_never_refuses(accept: str) -> None:
    answer = APIClient().get("/identity/v3", headers={"Accept": accept})

    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")


def test_addresses_come_from_the_settings_alone(settings: Settings) -> None:
    settings.PUBLIC_URL = "https://images.example"
    settings.ALLOWED_HOSTS = ["*"]

    answer = APIClient().get("/identity/v3", headers={"Host": "evil.example"})

    assert answer.json()["version"]["links"][0]["href"] == "https://images.example/identity/v3/"


@pytest.mark.parametrize(
    "path",
    [
        "/v3/auth/tokens/",
        "/v3/auth/tokens%0A",
        "/v3/roles",
        "/v3/users",
        "/v3/users/alice",
        "/v3/users/%00",
        "/v3/projects/demo",
        "/v3/projects/demo/x/%FF",
        "/v3/domains/default",
        "/v3//",
        "/v2.0/tokens",
        "/nonsense",
    ],
)
@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete"])
def test_everything_else_is_not_here(path: str, method: str) -> None:
    answer = getattr(APIClient(), method)(f"/identity{path}")

    assert (answer.status_code, answer.json()) == (404, NOT_FOUND)


@pytest.mark.parametrize("method", ["put", "patch", "options"])
def test_wrong_method(method: str) -> None:
    answer = getattr(APIClient(), method)("/identity/v3")

    assert (answer.status_code, answer.json()["error"]["code"]) == (405, 405)
    assert "GET" in answer["Allow"]


def test_catalog(
    alice: User, token_of: Callable[..., str], client_of: Callable[[str], APIClient]
) -> None:
    body = client_of(token_of(alice)).get("/identity/v3/auth/catalog").json()

    services = {service["type"]: service["endpoints"] for service in body["catalog"]}
    assert urls(services["image"]) == dict.fromkeys(
        ("public", "internal", "admin"), "http://127.0.0.1:8000"
    )
    assert urls(services["identity"]) == dict.fromkeys(
        ("public", "internal", "admin"), "http://127.0.0.1:8000/identity/v3"
    )
    assert {(e["region"], e["region_id"]) for e in services["image"]} == {("RegionOne",) * 2}


def urls(endpoints: list[dict[str, Any]]) -> dict[str, str]:
    """Return addresses by interface."""
    return {endpoint["interface"]: endpoint["url"] for endpoint in endpoints}


@pytest.mark.parametrize("path", ["catalog", "projects", "system", "tokens"])
def test_strangers_are_told_where_to_log_in(db: None, path: str) -> None:
    answer = APIClient().get(f"/identity/v3/auth/{path}")

    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == 'Keystone uri="http://127.0.0.1:8000/identity/v3"'
    assert "X-Auth-Token" in answer["Vary"]
    assert answer["Cache-Control"] == "no-store"
