from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from portal.identity.models import ApplicationCredential, Project, User
from portal.identity.roles import role_id
from tests.portal.identity.conftest import TOKENS

Robot = tuple[str, ApplicationCredential]
TokenOf = Callable[..., str]
ClientOf = Callable[[str], APIClient]
V3 = "/identity/v3"


@pytest.fixture
def alices(alice: User, demo: Project, token_of: TokenOf, client_of: ClientOf) -> APIClient:
    """Return a client of Alice's in demo."""
    return client_of(token_of(alice, demo))


@pytest.fixture
def roots(root: User, token_of: TokenOf, client_of: ClientOf) -> APIClient:
    """Return a client of the administrator's in the system."""
    return client_of(token_of(root, is_system=True))


@pytest.fixture
def robots(robot: Robot, client_of: ClientOf) -> APIClient:
    """Return a client that logged in with an application credential."""
    parts = {"id": robot[1].pk, "secret": robot[0]}
    identity = {"methods": ["application_credential"], "application_credential": parts}
    answer = APIClient().post(TOKENS, {"auth": {"identity": identity}}, format="json")
    return client_of(answer["X-Subject-Token"])


def credentials(user: User) -> str:
    """Return the address of the application credentials of *user*."""
    return f"{V3}/users/{user.public_id}/application_credentials"


def create(client: APIClient, user: User, **wanted: Any) -> Any:
    """Ask for a credential."""
    body = {"application_credential": wanted}
    return client.post(credentials(user), body, format="json")


def test_user_shows_oneself(alices: APIClient, alice: User, demo: Project) -> None:
    assert alices.get(f"{V3}/users/{alice.public_id}").json()["user"] == {
        "id": alice.public_id,
        "name": "alice",
        "domain_id": "default",
        "enabled": True,
        "email": None,
        "default_project_id": demo.pk,
        "password_expires_at": None,
        "options": {},
        "links": {"self": f"http://127.0.0.1:8000/identity/v3/users/{alice.public_id}"},
    }


def test_others_are_forbidden_whether_they_are_there_or_not(alices: APIClient, bob: User) -> None:
    for user_id in (bob.public_id, "0" * 32):
        assert alices.get(f"{V3}/users/{user_id}").status_code == 403


def test_administrator_sees_anybody(roots: APIClient, alice: User) -> None:
    assert roots.get(f"{V3}/users/{alice.public_id}").json()["user"]["name"] == "alice"
    assert roots.get(f"{V3}/users/{'0' * 32}").status_code == 404


def test_create_credential_shows_the_secret_once(
    alices: APIClient, alice: User, demo: Project
) -> None:
    answer = create(alices, alice, name="ci", description="builds")

    shown = answer.json()["application_credential"]
    secret = shown.pop("secret")
    credential = ApplicationCredential.objects.get()
    assert answer.status_code == 201
    assert credential.opens_with(secret)
    assert (shown["name"], shown["project_id"], shown["description"]) == ("ci", demo.pk, "builds")
    assert alices.get(f"{credentials(alice)}/{shown['id']}").json() == {
        "application_credential": shown
    }


@pytest.mark.parametrize("key", ["name", "id"])
def test_create_credential_with_a_role(alices: APIClient, alice: User, key: str) -> None:
    role = {"name": "reader"} if key == "name" else {"id": role_id("reader")}

    answer = create(alices, alice, name="ci", roles=[role])

    assert [r["name"] for r in answer.json()["application_credential"]["roles"]] == ["reader"]


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ("2050-01-31T12:00:00", "2050-01-31T12:00:00.000000Z"),
        ("2050-01-31T12:00:00.5Z", "2050-01-31T12:00:00.500000Z"),
        ("2050-01-31T12:00:00+02:00", "2050-01-31T10:00:00.000000Z"),
    ],
)
def test_create_credential_with_an_end(
    alices: APIClient, alice: User, asked: str | None, kept: str | None
) -> None:
    answer = create(alices, alice, name="ci", expires_at=asked)

    assert answer.json()["application_credential"]["expires_at"] == kept


def test_create_credential_takes_what_clients_send(alices: APIClient, alice: User) -> None:
    usual: dict[str, Any] = {"secret": None, "unrestricted": False, "access_rules": [], "roles": [],
             "expires_at": None, "description": None}  # fmt: skip

    assert create(alices, alice, name="ci", **usual).status_code == 201


@pytest.mark.parametrize(
    "wanted",
    [
        {},
        {"name": 5},
        {"name": ""},
        {"name": " "},
        {"name": "x" * 256},
        {"name": "a\0b"},
        {"name": "ci", "secret": "a secret of one's own"},
        {"name": "ci", "unrestricted": True, "scope": "read"},
        {"name": "ci", "unrestricted": "yes"},
        {"name": "ci", "scope": "write"},
        {"name": "ci", "access_rules": [{"path": "/"}]},
        {"name": "ci", "roles": "reader"},
        {"name": "ci", "roles": [{}]},
        {"name": "ci", "roles": [{"name": "manager"}]},
        {"name": "ci", "roles": [{"id": "0" * 32}]},
        {"name": "ci", "expires_at": "tomorrow"},
        {"name": "ci", "expires_at": "2001-01-01T00:00:00"},
        {"name": "ci", "expires_at": "2050-02-31T00:00:00"},
        {"name": "ci", "expires_at": "0001-01-01T00:00:00+05:00"},
        {"name": "ci", "expires_at": 5},
        {"name": "ci", "project_id": "0" * 32},
        {"name": "ci", "description": []},
    ],
)
def test_create_credential_refuses_what_can_never_be(
    alices: APIClient, alice: User, wanted: dict[str, Any]
) -> None:
    assert create(alices, alice, **wanted).status_code == 400
    assert not ApplicationCredential.objects.exists()


def test_create_credential_refuses_a_name_twice(
    alices: APIClient, alice: User, robot: Robot
) -> None:
    assert create(alices, alice, name="robot").status_code == 409


def test_create_credential_needs_a_project(alice: User, token_of: TokenOf) -> None:
    client = APIClient(headers={"X-Auth-Token": token_of(alice)})

    assert create(client, alice, name="ci").status_code == 403


def test_nobody_makes_or_deletes_anothers(
    roots: APIClient, alices: APIClient, alice: User, bob: User, robot: Robot
) -> None:
    path = f"{credentials(alice)}/{robot[1].pk}"

    assert create(alices, bob, name="ci").status_code == 403
    assert create(roots, alice, name="ci").status_code == 403
    assert roots.delete(path).status_code == 403


def test_a_robot_neither_multiplies_nor_deletes(
    robots: APIClient, alice: User, robot: Robot
) -> None:
    assert create(robots, alice, name="ci").status_code == 403
    assert robots.delete(f"{credentials(alice)}/{robot[1].pk}").status_code == 403
    assert robots.get(credentials(alice)).status_code == 200


@pytest.mark.parametrize(("query", "found"), [("", 1), ("?name=robot", 1), ("?name=other", 0)])
def test_list_credentials(
    alices: APIClient, alice: User, robot: Robot, query: str, found: int
) -> None:
    answer = alices.get(f"{credentials(alice)}{query}")

    robots = answer.json()["application_credentials"]
    assert len(robots) == found
    assert robot[0] not in answer.content.decode()


@pytest.mark.parametrize("number", [1, 3])
def test_list_credentials_takes_the_same_queries(
    alices: APIClient, alice: User, number: int, django_assert_num_queries: Any
) -> None:
    for n in range(number):
        create(alices, alice, name=f"robot {n}")

    with django_assert_num_queries(2):
        alices.get(credentials(alice))


def test_delete_credential_kills_its_tokens(
    alices: APIClient, robots: APIClient, alice: User, robot: Robot
) -> None:
    path = f"{credentials(alice)}/{robot[1].pk}"

    assert alices.delete(path).status_code == 204
    assert alices.delete(path).status_code == 404
    assert robots.get(credentials(alice)).status_code == 401


def test_anothers_credentials_are_forbidden(
    alices: APIClient, roots: APIClient, bob: User, alice: User, robot: Robot
) -> None:
    assert alices.get(credentials(bob)).status_code == 403
    assert len(roots.get(credentials(alice)).json()["application_credentials"]) == 1
