"""Names of a real Keystone: shown for ids, and found where somebody types one."""

from __future__ import annotations

from typing import Any, cast

import pytest
from django.test import Client
from rest_framework.request import Request
from rest_framework.test import APIClient, APIRequestFactory

from portal.identity import people
from portal.identity.actors import OPERATOR
from portal.identity.errors import Unknown
from portal.identity.keystone import connection
from portal.identity.keystone.authentication import KeystoneAuthentication
from portal.identity.models import User
from portal.names import find_project, project_names
from portal.sharing.grantees import find_grantee
from tests.keystone.conftest import Thing
from tests.keystone.site import Keystone, unique

pytestmark = pytest.mark.django_db
OURS = "portal.identity.backends.PeopleBackend"


def test_names_of_projects_are_looked_up_once(trusting: Any, red: Thing) -> None:
    asked = project_names([red["id"], "f" * 32, "../users", None])

    connection._adapter.cache_clear()
    trusting.KEYSTONE = trusting.KEYSTONE | {"URL": "http://127.0.0.1:1/v3"}
    again = project_names([red["id"], "f" * 32])
    assert (asked, again) == ({red["id"]: red["name"]}, {red["id"]: red["name"]})


def test_page_falls_back_to_the_id_while_the_keystone_is_silent(trusting: Any, red: Thing) -> None:
    trusting.KEYSTONE = trusting.KEYSTONE | {"URL": "http://127.0.0.1:1/v3"}

    assert project_names([red["id"]]) == {}


def test_project_that_was_never_seen_is_found_by_its_name(trusting: Any, blue: Thing) -> None:
    found = find_project(blue["name"])

    assert (found and found.pk, find_project(unique("nowhere"))) == (blue["id"], None)


def test_name_of_another_domain_says_the_domain(trusting: Any, keystone: Keystone) -> None:
    domain = keystone.make("domain", name=unique("Far"))
    there = keystone.make("project", name=unique("there"), domain_id=domain["id"])

    found = find_project(f"{there['name']}@{domain['name']}")

    assert found is not None
    assert (found.pk, find_project(there["name"])) == (there["id"], None)


def test_user_and_group_are_found_to_be_granted_to(
    trusting: Any, keystone: Keystone, alice: Thing
) -> None:
    group = keystone.make("group", name=unique("builders"), domain_id="default")

    granted = [find_grantee("user", alice["name"]), find_grantee("group", group["name"])]

    assert [to.name for to in granted] == [alice["name"], group["name"]]
    assert granted[0].id == alice["id"]


def test_two_of_one_name_are_none(trusting: Any, red: Thing) -> None:
    people.find_project(red["name"])
    group = people.create_project(red["name"], actor=OPERATOR).group

    with pytest.raises(Unknown, match="more than one"):
        people.find_project(red["name"])

    assert (find_project(red["name"]), group.project.source) == (None, "local")


@pytest.fixture
def silent(trusting: Any, alices_token: str) -> Any:
    """Return the client of alice, whom the Keystone let in before it fell silent, and an image."""
    request = Request(APIRequestFactory().get("/", headers={"X-Auth-Token": alices_token}))
    user, actor = KeystoneAuthentication().authenticate(request) or (None, None)
    client = APIClient(HTTP_ACCEPT="application/json")
    client.force_authenticate(user, token=cast("Any", actor))
    image = client.post("/v2/images", {"name": "debian"}, format="json").json()["id"]
    connection._adapter.cache_clear()
    trusting.KEYSTONE = trusting.KEYSTONE | {"URL": "http://127.0.0.1:1/v3"}
    return client, image


@pytest.mark.parametrize("kind", ["user", "group", "project"])
def test_api_says_503_to_a_name_that_only_the_keystone_knows(silent: Any, kind: str) -> None:
    client, image = silent
    body = {kind: unique("new"), "rights": ["view"]}

    answer = client.post(f"/api/images/{image}/grants", body, format="json")

    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert answer.json() == {
        "message": "The Keystone of this cloud does not answer; try again.",
        "code": "503 Service Unavailable",
        "title": "Service Unavailable",
    }


@pytest.mark.parametrize("form", ["share", "grants/user"])
def test_form_keeps_what_was_typed_while_the_keystone_is_silent(
    silent: Any, alice: Thing, form: str
) -> None:
    _, image = silent
    browser = Client()
    browser.force_login(User.objects.get(public_id=alice["id"]), backend=OURS)
    field, name = ("project", "name")[form != "share"], unique("new")

    page = browser.post(f"/images/{image}/{form}", {field: name, "rights": ["view"]})

    assert (page.status_code, name in page.content.decode()) == (400, True)
    assert "does not answer; try again in a moment" in page.content.decode()
