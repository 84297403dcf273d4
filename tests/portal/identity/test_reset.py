from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.core import mail
from django.db.models.functions import Now
from django.test import Client
from django_tasks_db.models import DBTaskResult
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from images.models import Event
from portal.identity import people
from portal.identity.actors import OPERATOR
from portal.identity.errors import BadCredentials
from portal.identity.mails import send_reset
from portal.identity.models import User
from portal.identity.sources import Source
from portal.identity.tokens import find_token
from tests.portal.identity.conftest import PASSWORD

ASK = "/accounts/password/reset/"
NEW = "another fine password"


@pytest.fixture
def known(alice: User) -> User:
    """Return Alice, who has a mail address."""
    alice.email = "alice@example.org"
    alice.save()
    return alice


def link_to(user: User) -> str:
    """Let the mail be sent, and return the path that it holds."""
    send_reset(user.email, language="en")
    letter = str(mail.outbox[-1].body)
    [address] = [line for line in letter.splitlines() if line.startswith("http")]
    assert address.startswith("http://127.0.0.1:8000/")
    return address.removeprefix("http://127.0.0.1:8000")


def set_it(client: Client, path: str, password: str = NEW) -> Any:
    """Open the link, and send the form that it leads to."""
    form = client.get(path)
    new = {"new_password1": password, "new_password2": password}
    return client.post(form["Location"], new) if form.status_code == 302 else form


@pytest.mark.parametrize("email", ["alice@example.org", "nobody@example.org"])
def test_known_and_unknown_are_answered_alike(
    client: Client, known: User, email: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(10):
        answer = client.post(ASK, {"email": email})

    page = client.get(answer["Location"]).content.decode()
    assert "If that is the address of an account" in page
    assert DBTaskResult.objects.get().args_kwargs["args"][1] == email
    assert mail.outbox == []


def test_link_sets_a_password_once_and_ends_sessions_and_tokens(
    client: Client, known: User, token_of: Callable[..., str]
) -> None:
    secret, elsewhere = token_of(known), Client()
    elsewhere.force_login(known)
    path = link_to(known)

    answer = set_it(client, path)

    known.refresh_from_db()
    assert (answer.status_code, known.check_password(NEW)) == (302, True)
    assert elsewhere.get("/account")["Location"].startswith("/accounts/login/")
    with pytest.raises(BadCredentials):
        find_token(secret)
    assert "used already" in set_it(Client(), path).content.decode()
    assert Event.objects.filter(kind="identity.user.set_password").count() == 1


def test_of_two_browsers_with_one_link_one_sets_it(client: Client, known: User) -> None:
    path, other = link_to(known), Client()
    first, second = client.get(path)["Location"], other.get(path)["Location"]
    new = {"new_password1": NEW, "new_password2": NEW}

    client.post(first, new)
    late = other.post(second, {"new_password1": PASSWORD, "new_password2": PASSWORD})

    known.refresh_from_db()
    assert known.check_password(NEW)
    assert "used already" in late.content.decode()


@pytest.mark.parametrize("password", ["short", "12345678", "password", "alice@example.org"])
def test_weak_password_is_refused(client: Client, known: User, password: str) -> None:
    answer = set_it(client, link_to(known), password)

    known.refresh_from_db()
    assert answer.status_code == 200
    assert known.check_password(PASSWORD)


def test_link_of_a_suspended_user_is_dead(client: Client, known: User) -> None:
    path = link_to(known)
    people.suspend_user(known, actor=OPERATOR)

    assert "used already" in set_it(client, path).content.decode()


@pytest.mark.parametrize(
    "change",
    [
        {"is_active": False},
        {"password": "!"},
        {"source": Source.KEYSTONE, "password": "!"},
        {"reset_mail_at": Now()},
    ],
)
def test_no_mail_goes_to_who_cannot_use_it_or_just_had_one(
    known: User, change: dict[str, Any]
) -> None:
    User.objects.filter(pk=known.pk).update(**change)

    send_reset(known.email, language="en")

    assert mail.outbox == []


def test_mail_speaks_the_users_language(known: User) -> None:
    User.objects.filter(pk=known.pk).update(language="zh-hans")

    link_to(known)

    assert mail.outbox[0].subject == "设置新密码"
    assert mail.outbox[0].extra_headers["Auto-Submitted"] == "auto-generated"


def test_too_many_mails_must_wait(client: Client, db: None, settings: Settings) -> None:
    settings.AXES_FAILURE_LIMIT = 2

    answers = [client.post(ASK, {"email": f"{n}@example.org"}) for n in range(3)]

    assert [answer.status_code for answer in answers] == [302, 302, 429]
    assert 890 <= int(answers[2]["Retry-After"]) <= 900
    assert not Event.objects.filter(kind="identity.login_failed").exists()
    assert AccessAttempt.objects.get().username == "(mail)"


@pytest.mark.parametrize("email", ["", "x", "a@b\nBcc: c@d.org", "\0@b.org"])
def test_what_is_no_address_is_refused(client: Client, db: None, email: str) -> None:
    answer = client.post(ASK, {"email": email})

    assert answer.status_code == 200
    assert not DBTaskResult.objects.exists()


def test_no_session_is_made_for_who_asks(client: Client, known: User) -> None:
    client.post(ASK, {"email": known.email})

    assert "session" not in client.cookies


THERE = "https://keystone.example.org/v3"


@pytest.fixture(params=["keystone", "both"])
def source(request: pytest.FixtureRequest, settings: Settings, db: None) -> str:
    """Return who keeps passwords: a Keystone alone, or with us."""
    settings.IDENTITY = request.param
    settings.KEYSTONE = {"PUBLIC_URL": THERE}
    return str(request.param)


def test_sign_in_says_who_keeps_passwords(client: Client, source: str) -> None:
    page = client.get("/accounts/login/").content.decode()

    assert THERE in page
    assert ("Forgot your password?" in page) == (source == "both")


def test_a_keystones_password_is_not_set_here(client: Client, source: str) -> None:
    page = client.get(ASK).content.decode()
    asked = client.post(ASK, {"email": "alice@example.org"})

    assert THERE in page
    assert ('name="email"' in page) == (source == "both")
    assert DBTaskResult.objects.exists() == (asked.status_code == 302) == (source == "both")


@pytest.mark.parametrize("has_mail", [True, False])
def test_a_server_without_mail_says_so(
    client: Client, db: None, settings: Settings, *, has_mail: bool
) -> None:
    settings.HAS_MAIL = has_mail

    page = client.get(ASK).content.decode()

    assert ("This server sends no mail to people" in page) == (not has_mail)
