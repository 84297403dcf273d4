from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from portal.identity import people
from portal.identity.actors import OPERATOR
from portal.identity.models import Project, User

TokenOf = Callable[..., str]
ClientOf = Callable[[str], APIClient]
V3 = "/identity/v3"


def names(answer: Any) -> list[str]:
    """Return the names of the projects in a list."""
    assert answer.status_code == 200, answer.content
    return [project["name"] for project in answer.json()["projects"]]


@pytest.fixture
def alices(alice: User, demo: Project, token_of: TokenOf, client_of: ClientOf) -> APIClient:
    """Return a client of Alice's in demo."""
    return client_of(token_of(alice, demo))


@pytest.fixture
def roots(root: User, token_of: TokenOf, client_of: ClientOf) -> APIClient:
    """Return a client of the administrator's in the system."""
    return client_of(token_of(root, is_system=True))


@pytest.mark.parametrize("path", ["auth/projects", "users/{}/projects"])
def test_own_projects(alices: APIClient, alice: User, elsewhere: Project, path: str) -> None:
    answer = alices.get(f"{V3}/{path.format(alice.public_id)}")

    assert names(answer) == ["demo"]


def test_list_has_links(alices: APIClient) -> None:
    links = alices.get(f"{V3}/auth/projects").json()["links"]

    assert links == {
        "self": "http://127.0.0.1:8000/identity/v3/auth/projects",
        "next": None,
        "previous": None,
    }


def test_suspended_project_is_no_scope(alice: User, demo: Project, token_of: TokenOf) -> None:
    client = APIClient(headers={"X-Auth-Token": token_of(alice)})
    people.suspend_project(demo, actor=OPERATOR)

    assert names(client.get(f"{V3}/auth/projects")) == []
    assert names(client.get(f"{V3}/users/{alice.public_id}/projects")) == ["demo"]


def test_administrator_may_scope_everywhere(
    roots: APIClient, demo: Project, elsewhere: Project
) -> None:
    assert names(roots.get(f"{V3}/auth/projects")) == ["demo", "elsewhere"]


@pytest.mark.parametrize(("name", "scopes"), [("alices", []), ("roots", [{"all": True}])])
def test_system_scope(request: pytest.FixtureRequest, name: str, scopes: list[Any]) -> None:
    client = request.getfixturevalue(name)

    assert client.get(f"{V3}/auth/system").json()["system"] == scopes


def test_anybody_finds_a_project_by_its_id(alices: APIClient, elsewhere: Project) -> None:
    answer = alices.get(f"{V3}/projects/{elsewhere.pk}")

    assert answer.json()["project"] == {
        "id": elsewhere.pk,
        "name": "elsewhere",
        "domain_id": "default",
        "parent_id": "default",
        "enabled": True,
        "is_domain": False,
        "description": "",
        "tags": [],
        "options": {},
        "links": {"self": f"http://127.0.0.1:8000/identity/v3/projects/{elsewhere.pk}"},
    }


def test_members_and_administrators_read_the_description(
    alices: APIClient, roots: APIClient, demo: Project
) -> None:
    answers = [client.get(f"{V3}/projects/{demo.pk}") for client in (alices, roots)]

    assert [answer.json()["project"]["description"] for answer in answers] == ["Alice's"] * 2


def test_unknown_project_is_not_found(alices: APIClient) -> None:
    answer = alices.get(f"{V3}/projects/{'0' * 32}")

    assert answer.status_code == 404
    assert answer.json()["error"]["title"] == "Not Found"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"name": "elsewhere"}, ["elsewhere"]),
        ({"name": "elsewhere", "domain_id": "default"}, ["elsewhere"]),
        ({"name": "elsewhere", "domain_id": "other"}, []),
        ({"name": "else"}, []),
        ({"name": "Elsewhere"}, []),
        ({"name": "%"}, []),
    ],
)
def test_anybody_finds_a_project_by_its_exact_name(
    alices: APIClient, elsewhere: Project, query: dict[str, str], found: list[str]
) -> None:
    assert names(alices.get(f"{V3}/projects", query)) == found


@pytest.mark.parametrize("query", [{}, {"name": ""}, {"name__startswith": "else"}])
def test_only_administrators_list_all(
    alices: APIClient, roots: APIClient, elsewhere: Project, query: dict[str, str]
) -> None:
    assert alices.get(f"{V3}/projects", query).status_code == 403
    assert names(roots.get(f"{V3}/projects", query)) == ["demo", "elsewhere"]


def test_nul_in_a_name_is_refused(alices: APIClient) -> None:
    assert alices.get(f"{V3}/projects?name=a%00b").status_code == 400


def test_anothers_projects_are_forbidden(alices: APIClient, roots: APIClient, bob: User) -> None:
    path = f"{V3}/users/{bob.public_id}/projects"

    assert alices.get(path).status_code == 403
    assert names(roots.get(path)) == ["elsewhere"]
