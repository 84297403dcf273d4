"""Tokens of a real Keystone at the door of the APIs."""

from __future__ import annotations

from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from images.actors import Actor
from portal.identity.authentication import SourceUnavailable
from portal.identity.keystone import tokens
from portal.identity.keystone.authentication import KeystoneAuthentication
from portal.identity.models import KeystoneGroup, Project, User
from tests.keystone.conftest import Mayfly, Thing
from tests.keystone.site import Keystone, unique

pytestmark = pytest.mark.django_db


def ask(token: str, path: str = "/v2/images", **headers: str) -> tuple[User, Actor]:
    """Return who asks with *token*."""
    given = {"X-Auth-Token": token} | headers
    request = Request(APIRequestFactory().get(path, headers=given))
    found = KeystoneAuthentication().authenticate(request)
    assert found
    return found


@pytest.fixture
def token(trusting: Any, alices_token: str) -> str:
    """Return a token of alice in red, in a process that trusts the Keystone."""
    return alices_token


def test_token_says_who_asks_and_as_what(token: str, alice: Thing, red: Thing) -> None:
    user, actor = ask(token)

    group = Project.objects.get(pk=red["id"]).group_id
    assert (actor.user, actor.user_key, actor.project) == (alice["id"], user.pk, red["id"])
    assert (set(actor.roles), set(actor.groups)) == ({"member", "reader"}, {group})
    assert (actor.token[:6], actor.is_vouched_for) == ("token:", False)


def test_known_user_costs_one_query(
    token: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    ask(token)

    with django_assert_num_queries(1):
        ask(token)


def test_token_of_the_administrator_is_the_clouds(
    trusting: Any, keystone: Keystone, red: Thing
) -> None:
    boss = keystone.make_user(unique("boss"))
    keystone.give(boss, "admin", red)

    _, actor = ask(keystone.token(boss["name"], red["name"]))

    assert (actor.is_admin, actor.project) == (True, red["id"])


def test_token_of_the_system_is_in_no_project(trusting: Any, keystone: Keystone) -> None:
    token = keystone.login("admin", keystone.password, system_scope="all").get_token()

    _, actor = ask(str(token))

    assert (actor.project, actor.is_admin, "admin" in actor.roles) == (None, False, True)


def test_service_tells_of_whom_it_sends_on(token: str, keystone: Keystone, red: Thing) -> None:
    nova = keystone.make_user(unique("nova"))
    keystone.give(nova, "service", red)

    _, actor = ask(token, **{"X-Service-Token": keystone.token(nova["name"], red["name"])})

    assert (actor.is_vouched_for, actor.has_role("service")) == (True, False)


def test_token_of_no_service_vouches_for_nobody(token: str) -> None:
    with pytest.raises(AuthenticationFailed):
        ask(token, **{"X-Service-Token": token})


@pytest.mark.parametrize(
    "bad", ["", "nonsense", "x" * 9000, "gAAAA" + "b" * 180, "vt_of_ours", "é"]
)
def test_what_is_no_token_is_refused(trusting: Any, bad: str) -> None:
    with pytest.raises(AuthenticationFailed):
        ask(bad)


def test_headers_of_a_proxy_are_not_believed(token: str, red: Thing, blue: Thing) -> None:
    forged = {
        "X-Identity-Status": "Confirmed",
        "X-Service-Identity-Status": "Confirmed",
        "X-Service-Roles": "service",
        "X-Roles": "admin",
        "X-Project-Id": blue["id"],
        "X-User-Id": "somebody",
        "OpenStack-System-Scope": "all",
    }

    _, actor = ask(token, **forged)

    assert (actor.project, set(actor.roles)) == (red["id"], {"member", "reader"})
    assert actor.is_vouched_for is False


def test_revoked_token_is_dead_when_it_is_forgotten(
    trusting: Any, keystone: Keystone, alice: Thing, red: Thing
) -> None:
    token = keystone.token(alice["name"], red["name"])
    ask(token)
    headers = {"X-Subject-Token": token}

    keystone.admin.delete("/auth/tokens", headers=headers)

    still_there = ask(token)[1].is_known
    tokens._cache.clear()
    with pytest.raises(AuthenticationFailed):
        ask(token)
    assert still_there is True


@pytest.mark.parametrize("kind", ["user", "project"])
def test_token_of_what_is_disabled_is_dead(
    kind: str, trusting: Any, keystone: Keystone, mayfly: Mayfly
) -> None:
    things, token = mayfly
    keystone.change(kind, things[kind], enabled=False)

    with pytest.raises(AuthenticationFailed):
        ask(token)


def test_user_suspended_here_is_out_at_once(token: str, alice: Thing) -> None:
    ask(token)

    User.objects.filter(public_id=alice["id"]).update(is_active=False)

    with pytest.raises(AuthenticationFailed):
        ask(token)


def test_project_suspended_here_is_closed_at_once(token: str, red: Thing) -> None:
    ask(token)

    Project.objects.filter(pk=red["id"]).update(enabled=False)

    with pytest.raises(AuthenticationFailed):
        ask(token)


def test_new_name_is_taken_over(trusting: Any, keystone: Keystone, mayfly: Mayfly) -> None:
    things, token = mayfly
    before, name = str(ask(token)[0]), unique("alicia")
    keystone.change("user", things["user"], name=name)

    user, _ = ask(keystone.token(name, things["project"]["name"]))

    assert (before, str(user)) == (things["user"]["name"], name)


def test_groups_carry_grants(token: str, keystone: Keystone, alice: Thing) -> None:
    group = keystone.make("group", name=unique("builders"), domain_id="default")
    keystone.admin.put(f"/groups/{group['id']}/users/{alice['id']}")

    _, actor = ask(token)

    shadow = KeystoneGroup.objects.get(pk=group["id"])
    assert shadow.name == group["name"]
    assert shadow.group_id in actor.groups


def test_application_credential_has_its_own_roles(
    trusting: Any, keystone: Keystone, alice: Thing, red: Thing
) -> None:
    robot = keystone.make_robot(alice, red, roles=["reader"])

    user, actor = ask(keystone.robots_token(robot))

    assert (user.public_id, set(actor.roles)) == (alice["id"], {"reader"})
    assert actor.token.startswith(f"credential:{robot['id']}/")


def test_access_rules_of_an_application_credential_hold(
    trusting: Any, keystone: Keystone, alice: Thing, red: Thing
) -> None:
    rule = {"service": "image", "method": "GET", "path": "/v2/images"}
    keystone.serve_images("http://127.0.0.1:1")
    token = keystone.robots_token(keystone.make_robot(alice, red, access_rules=[rule]))

    allowed = ask(token)[1].project

    assert allowed == red["id"]
    with pytest.raises(AuthenticationFailed):
        ask(token, "/v2/schemas/image")


def test_keystone_that_does_not_answer_is_no_refusal(token: str, trusting: Any) -> None:
    trusting.KEYSTONE = trusting.KEYSTONE | {"URL": "http://127.0.0.1:1/v3"}

    with pytest.raises(SourceUnavailable) as refusal:
        ask(token)

    assert refusal.value.status_code == 503


def test_token_of_ours_is_left_to_our_own_door(trusting: Any) -> None:
    trusting.IDENTITY = "both"
    request = Request(APIRequestFactory().get("/", headers={"X-Auth-Token": "vt_one_of_ours"}))

    assert KeystoneAuthentication().authenticate(request) is None
