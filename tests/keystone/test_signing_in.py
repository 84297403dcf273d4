"""Signing in to the pages with a name and password that a real Keystone knows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import yaml
from django.test import Client
from django.utils import timezone

from portal.identity import people
from portal.identity.actors import OPERATOR
from portal.identity.errors import NotPermitted
from portal.identity.keystone import connection, refresh
from portal.identity.links import create_link
from portal.identity.models import Membership, User
from tests.keystone.conftest import Mayfly, Thing
from tests.keystone.site import PASSWORD, Keystone, unique

pytestmark = pytest.mark.django_db
NOWHERE = "http://127.0.0.1:1/v3"


def sign_in(name: str, password: str = PASSWORD) -> Client:
    """Return a browser in which somebody tried to sign in."""
    client = Client()
    client.post("/accounts/login/", {"username": name, "password": password})
    return client


def is_in(client: Client) -> bool:
    """Tell whether the account page shows itself."""
    return client.get("/account").status_code == 200


def make_stale(minutes: int) -> None:
    """Let the last check of everybody have been *minutes* ago."""
    User.objects.update(checked_at=timezone.now() - timedelta(minutes=minutes))
    refresh._tries.clear()


def test_password_of_the_keystone_opens_the_pages(trusting: Any, alice: Thing, red: Thing) -> None:
    page = sign_in(alice["name"]).get("/account")

    user = User.objects.get(public_id=alice["id"])
    held = [(row.project_id, row.role) for row in user.memberships.all()]
    assert (page.status_code, page.context["frame"].project.name) == (200, red["name"])
    assert (held, user.has_usable_password()) == ([(red["id"], "member")], False)
    assert alice["name"] in page.content.decode()


@pytest.mark.parametrize(("name", "password"), [("", PASSWORD), ("nobody", PASSWORD), (None, "no")])
def test_what_the_keystone_refuses_opens_nothing(
    trusting: Any, alice: Thing, name: str | None, password: str
) -> None:
    client = sign_in(alice["name"] if name is None else name, password)

    assert (is_in(client), User.objects.filter(source="keystone").count()) == (False, 0)


def test_too_many_failures_must_wait(trusting: Any, alice: Thing) -> None:
    trusting.AXES_FAILURE_LIMIT = 2
    for _ in range(2):
        sign_in(alice["name"], "wrong")

    form = {"username": alice["name"], "password": PASSWORD}
    answer = Client().post("/accounts/login/", form)

    assert (answer.status_code, int(answer["Retry-After"]) > 0) == (429, True)


def test_password_of_ours_opens_nothing_beside_a_keystone(trusting: Any) -> None:
    people.create_user("local", password=PASSWORD, actor=OPERATOR)

    assert is_in(sign_in("local")) is False


def test_password_of_ours_opens_where_both_count(trusting: Any, alice: Thing) -> None:
    trusting.IDENTITY = "both"
    people.create_user("local", password=PASSWORD, actor=OPERATOR)

    assert [is_in(sign_in(name)) for name in ("local", alice["name"])] == [True, True]


def test_name_of_ours_is_not_asked_of_the_keystone(trusting: Any, alice: Thing) -> None:
    trusting.IDENTITY = "both"
    people.create_user(alice["name"], password="another-horse-battery", actor=OPERATOR)

    assert is_in(sign_in(alice["name"])) is False


def test_keystone_that_does_not_answer_is_told(trusting: Any, alice: Thing) -> None:
    trusting.KEYSTONE = trusting.KEYSTONE | {"URL": NOWHERE}

    form = {"username": alice["name"], "password": PASSWORD}
    answer = Client().post("/accounts/login/", form)

    assert (answer.status_code, "Retry-After" in answer) == (503, True)


def test_session_ends_soon_after_its_user_is_disabled(
    trusting: Any, keystone: Keystone, mayfly: Mayfly
) -> None:
    user = mayfly[0]["user"]
    client = sign_in(user["name"])
    keystone.change("user", user, enabled=False)

    before = is_in(client)
    make_stale(minutes=6)

    assert (before, is_in(client)) == (True, False)


def test_lost_role_and_new_group_are_found_at_the_next_check(
    trusting: Any, keystone: Keystone, mayfly: Mayfly
) -> None:
    things, _ = mayfly
    client = sign_in(things["user"]["name"])
    group = keystone.make("group", name=unique("builders"), domain_id="default")
    keystone.admin.put(f"/groups/{group['id']}/users/{things['user']['id']}")
    keystone.take(things["user"], "member", things["project"])

    make_stale(minutes=6)
    client.get("/account")

    user = User.objects.get(public_id=things["user"]["id"])
    names = [group.keystone_group.name for group in user.groups.all()]
    assert (Membership.objects.filter(user=user).count(), names) == (0, [group["name"]])


@pytest.mark.parametrize(("minutes", "status"), [(6, 200), (16, 302)])
def test_session_outlives_a_short_silence_of_the_keystone(
    trusting: Any, alice: Thing, minutes: int, status: int
) -> None:
    client = sign_in(alice["name"])
    connection._adapter.cache_clear()
    trusting.KEYSTONE = trusting.KEYSTONE | {"URL": NOWHERE}

    make_stale(minutes)

    assert client.get("/account").status_code == status


def test_administrator_there_is_one_here(trusting: Any, keystone: Keystone) -> None:
    client = sign_in("admin", keystone.password)

    assert client.get("/admin/").status_code == 200


def test_account_tells_how_to_log_in_at_the_keystone(
    trusting: Any, keystone: Keystone, alice: Thing, red: Thing
) -> None:
    page = sign_in(alice["name"]).get("/account")

    auth = yaml.safe_load(page.context["clouds"])["clouds"]["vitrine"]["auth"]
    expected = {"auth_url": keystone.url, "username": alice["name"]}
    assert auth == expected | {"user_domain_name": "Default", "project_id": red["id"]}
    assert "application credential create" in page.content.decode()
    assert 'name="days"' not in page.content.decode()


def test_no_page_offers_to_change_what_the_keystone_keeps(trusting: Any, alice: Thing) -> None:
    client = sign_in(alice["name"])

    password = client.get("/accounts/password/")

    assert "/accounts/password/" not in client.get("/account").content.decode()
    assert (password.status_code, "kept by the Keystone" in password.content.decode()) == (
        403,
        True,
    )


def test_what_the_keystone_says_is_not_changed_here(
    trusting: Any, alice: Thing, red: Thing
) -> None:
    sign_in(alice["name"])
    user, project = people.find_user(alice["name"]), people.find_project(red["name"])

    for act in (
        lambda: people.set_password(user, "x", actor=OPERATOR),
        lambda: people.make_administrator(user, actor=OPERATOR),
        lambda: people.give_role(user, project=project, role="reader", actor=OPERATOR),
        lambda: people.remove_role(user, project=project, actor=OPERATOR),
        lambda: create_link(user),
    ):
        with pytest.raises(NotPermitted, match="of the Keystone"):
            act()
