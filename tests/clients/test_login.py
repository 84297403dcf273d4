"""Ways to log in, and what the Identity API's clients ask of it."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.clients.clouds import Cloud, one_store
from tests.clients.people import PASSWORD, Environment, Person

pytestmark = one_store


def whose(person: Person, logged_in: Environment) -> str:
    """Return the project of a token that the log-in gives."""
    issued = person.openstack("token", "issue", "-f", "json", logged_in=logged_in)
    return str(issued.json["project_id"])


@pytest.fixture(scope="module")
def token(carol: Person) -> str:
    """Return a token of carol in red."""
    issue = ("token", "issue", "-f", "value", "-c", "id")
    return carol.openstack(*issue, logged_in=carol.by_password).out.strip()


def make_robot(person: Person, name: str) -> dict[str, Any]:
    """Return a new application credential that may only look."""
    create = ("application", "credential", "create", name, "--role", "reader")
    limits = ("--expiration", "2099-01-01T00:00:00", "-f", "json")
    made: dict[str, Any] = person.openstack(*create, *limits, logged_in=person.by_password).json
    return made


@pytest.fixture(scope="module")
def robot(carol: Person) -> dict[str, Any]:
    """Return a robot of carol."""
    return make_robot(carol, "robot")


def as_robot(person: Person, credential: dict[str, Any]) -> Environment:
    """Return the environment of a log-in with an application credential."""
    return {
        "OS_AUTH_TYPE": "v3applicationcredential",
        "OS_AUTH_URL": f"{person.url}/identity/v3",
        "OS_APPLICATION_CREDENTIAL_ID": credential["ID"],
        "OS_APPLICATION_CREDENTIAL_SECRET": credential["Secret"],
    }


def test_password_gives_a_token_of_the_project(carol: Person, cloud: Cloud) -> None:
    assert whose(carol, carol.by_password) == cloud.projects["red"]


def test_clouds_yaml_gives_a_token_of_its_project(alice: Person, cloud: Cloud) -> None:
    assert whose(alice, {"OS_CLOUD": "vitrine"}) == cloud.projects["red"]


def test_token_is_good_for_another_project(carol: Person, cloud: Cloud, token: str) -> None:
    rescoped = {
        "OS_AUTH_TYPE": "v3token",
        "OS_AUTH_URL": f"{carol.url}/identity/v3",
        "OS_TOKEN": token,
        "OS_PROJECT_ID": cloud.projects["blue"],
    }

    assert whose(carol, rescoped) == cloud.projects["blue"]


def test_administrator_logs_in_to_the_system(root: Person) -> None:
    named = ("OS_PROJECT_NAME", "OS_PROJECT_DOMAIN_NAME")
    given = {name: value for name, value in root.by_password.items() if name not in named}

    issue = ("--os-system-scope", "all", "token", "issue", "-f", "json")
    issued = root.openstack(*issue, logged_in=given).json

    assert "project_id" not in issued


def test_wrong_password_is_told(carol: Person) -> None:
    wrong = dict(carol.by_password) | {"OS_PASSWORD": "not-hers"}

    said = carol.refused("token", "issue", logged_in=wrong)

    assert "(HTTP 401)" in said


def test_robot_looks_but_does_not_touch(carol: Person, robot: dict[str, Any]) -> None:
    listed = carol.openstack("image", "list", "-f", "json", logged_in=as_robot(carol, robot))
    said = carol.refused("image", "create", "robots", logged_in=as_robot(carol, robot))

    assert isinstance(listed.json, list)
    assert "You are not permitted to create this image." in said


def test_robot_needs_no_token(carol: Person, robot: dict[str, Any]) -> None:
    basic = (robot["ID"], robot["Secret"])

    answer = requests.get(f"{carol.url}/v2/images", auth=basic, timeout=10)

    assert (answer.status_code, "images" in answer.json()) == (200, True)


def test_robot_makes_no_robots(carol: Person, robot: dict[str, Any]) -> None:
    create = ("application", "credential", "create", "robots-robot")

    said = carol.refused(*create, logged_in=as_robot(carol, robot))

    assert "ForbiddenException: 403" in said


def test_robot_is_listed(carol: Person, robot: dict[str, Any]) -> None:
    listing = ("application", "credential", "list", "-f", "json")

    rows = carol.openstack(*listing, logged_in=carol.by_password).json

    row = next(row for row in rows if row["ID"] == robot["ID"])
    assert (row["Name"], [role["name"] for role in row["Roles"]]) == ("robot", ["reader"])


def test_deleted_robot_stays_outside(carol: Person) -> None:
    robot = make_robot(carol, "short-lived")
    delete = ("application", "credential", "delete", "short-lived")

    carol.openstack(*delete, logged_in=carol.by_password)

    assert "(HTTP 401)" in carol.refused("image", "list", logged_in=as_robot(carol, robot))


def test_revoked_token_is_dead(carol: Person) -> None:
    issue = ("token", "issue", "-f", "value", "-c", "id")
    token = carol.openstack(*issue).out.strip()
    known = {"OS_AUTH_TYPE": "token", "OS_AUTH_URL": f"{carol.url}/identity/v3", "OS_TOKEN": token}

    carol.openstack("token", "revoke", token, logged_in=known)

    assert "401" in carol.refused("image", "list", logged_in=known)


def test_catalog_names_image_and_identity(alice: Person) -> None:
    rows = alice.openstack("catalog", "list", "-f", "json").json

    public = {
        row["Type"]: [end["url"] for end in row["Endpoints"] if end["interface"] == "public"]
        for row in rows
    }
    assert public == {"image": [alice.url], "identity": [f"{alice.url}/identity/v3"]}


def test_project_list_shows_ones_own(carol: Person, cloud: Cloud) -> None:
    rows = carol.openstack("project", "list", "-f", "json").json

    assert {row["Name"]: row["ID"] for row in rows} == cloud.projects


def test_project_list_shows_an_administrator_all(root: Person, cloud: Cloud) -> None:
    rows = root.openstack("project", "list", "-f", "json").json

    assert {row["Name"]: row["ID"] for row in rows} == cloud.projects


def test_versions_show_offers_the_newest_minor(alice: Person) -> None:
    rows = alice.openstack("versions", "show", "--service", "image", "-f", "json").json

    newest = max(rows, key=lambda row: [int(part) for part in row["Version"].split(".")])
    assert (newest["Version"], newest["Status"]) == ("2.18", "CURRENT")


def test_account_page_hands_out_a_clouds_yaml(carol: Person, cloud: Cloud, tmp_path: Path) -> None:
    page = clouds_yaml_of_the_portal(carol)
    (tmp_path / "clouds.yaml").write_text(page)

    issued = whose(
        carol, {"OS_CLOUD": "vitrine", "OS_CLIENT_CONFIG_FILE": f"{tmp_path}/clouds.yaml"}
    )

    assert issued == cloud.projects["red"]


def clouds_yaml_of_the_portal(person: Person) -> str:
    """Sign in on the pages, make a token there, and return the clouds.yaml that the page shows."""
    with requests.Session() as browser:

        def send(path: str, **fields: str) -> str:
            page = browser.get(f"{person.url}{path}").text
            match = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
            assert match
            fields["csrfmiddlewaretoken"] = match[1]
            answer = browser.post(f"{person.url}{path}", data=fields)
            answer.raise_for_status()
            return answer.text

        send("/accounts/login/", username=person.name, password=PASSWORD)
        page = send("/account", name="laptop", role="member", days="7")
    match = re.search(r"clouds:\n.*?identity_api_version: 3\n", page, re.DOTALL)
    assert match
    return html.unescape(match[0])
