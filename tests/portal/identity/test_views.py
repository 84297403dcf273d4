from __future__ import annotations

import re
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from portal.identity import people
from portal.identity.actors import CHOSEN_PROJECT, OPERATOR
from portal.identity.links import create_link
from portal.identity.models import Project, Session, SignInLink, User
from tests.portal.identity.conftest import PASSWORD

SIGN_IN = "/accounts/login/"
ANOTHER = "another battery, and a staple"


def sign_in(client: Client, name: str = "alice", password: str = PASSWORD, **more: str) -> Any:
    """Send the form."""
    return client.post(SIGN_IN, {"username": name, "password": password} | more)


def path_of(address: str) -> str:
    """Return the path of a link on this site."""
    return address.removeprefix("http://127.0.0.1:8000")


def test_sign_in_page_works_with_password_managers(client: Client, db: None) -> None:
    page = client.get(SIGN_IN).content.decode()

    assert re.search(r'name="username"[^>]* autocomplete="username"', page)
    assert re.search(r'name="password"[^>]* autocomplete="current-password"', page)
    assert page.count("<label") == 2


def test_no_session_is_made_for_strangers(client: Client, alice: User) -> None:
    client.get(SIGN_IN)
    sign_in(client, password="wrong")
    sign_in(client, name="nobody")

    assert not Session.objects.exists()


def test_sign_in_opens_the_front_page_with_a_new_session_key(client: Client, alice: User) -> None:
    client.force_login(alice)
    before = client.session.session_key
    client.post("/accounts/logout/")

    answer = sign_in(client)

    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.session.session_key != before
    assert Session.objects.count() == 1


def test_a_planted_session_key_is_replaced(client: Client, alice: User) -> None:
    client.cookies["session"] = "planted0planted0planted0planted0"

    sign_in(client)

    assert client.cookies["session"].value != "planted0planted0planted0planted0"


@pytest.mark.parametrize(
    ("name", "password"), [("alice", "wrong"), ("nobody", PASSWORD), ("bob", PASSWORD)]
)
def test_refusals_have_one_wording(
    client: Client, alice: User, bob: User, name: str, password: str
) -> None:
    people.suspend_user(bob, actor=OPERATOR)

    answer = sign_in(client, name=name, password=password)

    assert answer.status_code == 200
    assert "do not fit together" in answer.content.decode()


@pytest.mark.parametrize(
    ("wanted", "location"),
    [
        ("/images/new?x=1", "/images/new?x=1"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        (r"/\evil.example", "/"),
        ("javascript:alert(1)", "/"),
        (SIGN_IN, "/"),
        ("\0", "/"),
        ("", "/"),
    ],
)
def test_next_is_local_or_the_front_page(
    client: Client, alice: User, wanted: str, location: str
) -> None:
    assert sign_in(client, next=wanted)["Location"] == location


def test_signed_in_users_are_sent_on_without_a_loop(client: Client, alice: User) -> None:
    client.force_login(alice)

    assert client.get(SIGN_IN, {"next": SIGN_IN})["Location"] == "/"


def test_too_many_attempts_says_when_to_try_again(
    client: Client, alice: User, settings: Settings
) -> None:
    settings.AXES_FAILURE_LIMIT = 1

    answer = sign_in(client, password="wrong", next="/images/new")

    page = answer.content.decode()
    assert 'name="username" value="alice"' in page
    assert answer.status_code == 429
    assert 890 <= int(answer["Retry-After"]) <= 900
    assert "Try again in 15 minutes" in page
    assert 'value="/images/new"' in page


@pytest.mark.parametrize("field", ["username", "password", "next"])
@pytest.mark.parametrize("value", ["\0", "\ud800".encode("utf-8", "surrogatepass"), "x" * 9000])
def test_nonsense_in_the_form_is_no_fault(
    client: Client, alice: User, field: str, value: str
) -> None:
    body = {"username": "alice", "password": "wrong"} | {field: value}

    assert client.post(SIGN_IN, body).status_code == 200


def test_a_long_name_is_counted_and_no_fault(client: Client, db: None) -> None:
    answer = sign_in(client, name="x" * 9000)

    assert answer.status_code == 200
    assert AccessAttempt.objects.get().username == "x" * 150


@pytest.mark.parametrize("method", ["get", "post"])
def test_the_admin_has_no_door_of_its_own(client: Client, root: User, method: str) -> None:
    answer = getattr(client, method)("/admin/login/?next=/admin/auth/group/")

    assert answer["Location"] == f"{SIGN_IN}?next=/admin/auth/group/"
    assert not Session.objects.exists()


@pytest.mark.parametrize("method", ["get", "post"])
def test_the_admin_sets_no_password_of_ones_own(client: Client, root: User, method: str) -> None:
    client.force_login(root)
    sent = {"old_password": PASSWORD, "new_password1": ANOTHER, "new_password2": ANOTHER}

    answer = getattr(client, method)("/admin/password_change/", sent)

    root.refresh_from_db()
    assert answer["Location"] == "/accounts/password/"
    assert root.check_password(PASSWORD)


def test_the_admins_door_leads_on_who_is_signed_in(client: Client, alice: User, root: User) -> None:
    client.force_login(alice)
    refused = client.get("/admin/login/")
    client.force_login(root)

    assert refused.status_code == 403
    assert client.get("/admin/login/?next=//evil.example")["Location"] == "/"
    assert client.get("/admin/login/")["Location"] == "/admin/"


def test_sign_out_takes_a_post(client: Client, alice: User) -> None:
    client.force_login(alice)

    assert client.get("/accounts/logout/").status_code == 405
    assert client.post("/accounts/logout/")["Location"] == SIGN_IN
    assert not Session.objects.exists()


def test_link_page_changes_nothing_until_the_button(client: Client, alice: User) -> None:
    path = path_of(create_link(alice))

    answer = client.get(path)

    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert SignInLink.objects.get().used_at is None
    assert not Session.objects.exists()


def test_link_signs_in_once(client: Client, alice: User) -> None:
    path = path_of(create_link(alice))

    first = client.post(path)
    second = Client().post(path)

    assert (first.status_code, first["Location"]) == (302, "/")
    assert client.session["_auth_user_id"] == str(alice.pk)
    assert second.status_code == 404
    assert "used already" in second.content.decode()


def test_link_of_a_user_without_password_asks_for_one(client: Client, db: None) -> None:
    user = people.create_user("linked", actor=OPERATOR)

    answer = client.post(path_of(create_link(user)))

    assert answer["Location"] == reverse("set-password")


def test_link_replaces_the_session_of_another(client: Client, alice: User, bob: User) -> None:
    client.force_login(bob)
    client.session["theirs"] = "x"

    client.post(path_of(create_link(alice)))

    assert client.session["_auth_user_id"] == str(alice.pk)
    assert Session.objects.count() == 1


def test_link_needs_a_csrf_token(alice: User) -> None:
    answer = Client(enforce_csrf_checks=True).post(path_of(create_link(alice)))

    assert answer.status_code == 403
    assert SignInLink.objects.get().used_at is None


def test_first_password_needs_no_old_one(client: Client, db: None) -> None:
    user = people.create_user("linked", actor=OPERATOR)
    client.force_login(user)
    new = {"new_password1": "a fine new password", "new_password2": "a fine new password"}

    answer = client.post(reverse("set-password"), new)

    user.refresh_from_db()
    assert answer["Location"] == "/"
    assert user.check_password("a fine new password")
    assert client.get(reverse("set-password")).status_code == 200


def test_another_password_needs_the_old_one_and_ends_other_sessions(
    client: Client, alice: User
) -> None:
    elsewhere = Client()
    elsewhere.force_login(alice)
    client.force_login(alice)
    new = {"new_password1": "a fine new password", "new_password2": "a fine new password"}

    refused = client.post(reverse("set-password"), new)
    accepted = client.post(reverse("set-password"), new | {"old_password": PASSWORD})

    assert (refused.status_code, accepted.status_code) == (200, 302)
    assert client.get(reverse("set-password")).status_code == 200
    assert elsewhere.get(reverse("set-password")).status_code == 302


def test_password_page_asks_strangers_to_sign_in(client: Client, db: None) -> None:
    assert client.get(reverse("set-password"))["Location"].startswith(SIGN_IN)


def test_switch_project_keeps_the_choice(client: Client, alice: User, elsewhere: Project) -> None:
    people.give_role(alice, project=elsewhere, role="reader", actor=OPERATOR)
    client.force_login(alice)

    answer = client.post("/accounts/project/", {"project": elsewhere.pk, "next": "/images/new"})

    assert (answer.status_code, answer["Location"]) == (302, "/images/new")
    assert client.session[CHOSEN_PROJECT] == elsewhere.pk


def test_switch_project_to_anothers_or_to_nonsense_is_not_found(
    client: Client, alice: User, elsewhere: Project
) -> None:
    client.force_login(alice)

    for project in (elsewhere.pk, "0" * 32, "", "\0", f"{elsewhere.pk}\n"):
        assert client.post("/accounts/project/", {"project": project}).status_code == 404
    assert CHOSEN_PROJECT not in client.session


def test_switch_project_goes_nowhere_else(client: Client, alice: User, demo: Project) -> None:
    client.force_login(alice)

    answer = client.post(
        "/accounts/project/", {"project": demo.pk, "next": "https://evil.example/"}
    )

    assert answer["Location"] == "/"


def test_switch_project_takes_a_post_of_somebody(client: Client, db: None) -> None:
    assert client.get("/accounts/project/").status_code == 405
    assert client.post("/accounts/project/")["Location"].startswith(SIGN_IN)
