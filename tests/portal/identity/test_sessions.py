from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session as DjangoSession
from django.test import Client
from django.utils import timezone

from images.models import Event
from portal.identity import people
from portal.identity.actors import OPERATOR
from portal.identity.models import Session, User
from portal.identity.session_store import STRANGER_SECONDS, SessionStore
from portal.identity.sessions import device_of
from tests.portal.identity.conftest import PASSWORD

LINUX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Safari/604.1"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140.0 Safari/537.36 Edg/140.0"


def signed_in(agent: str = LINUX, name: str = "alice") -> Client:
    """Return a browser in which *name* is signed in."""
    browser = Client(headers={"User-Agent": agent})
    browser.post("/accounts/login/", {"username": name, "password": PASSWORD})
    return browser


def listed(client: Client) -> Any:
    """Return the sessions that the account's page shows."""
    return client.get("/account").context["sessions"]


def is_in(client: Client) -> bool:
    """Tell whether somebody is signed in."""
    return client.get("/account").status_code == 200


def test_sessions_are_seen_with_device_and_address(alice: User, bob: User) -> None:
    here, _, _ = signed_in(), signed_in(PHONE), signed_in(name="bob")

    shown = [(one.device, one.address, one.is_this) for one in listed(here)]

    assert shown == [
        ("Firefox on Linux", "127.0.0.1", True),
        ("Safari on iPhone", "127.0.0.1", False),
    ]


def test_no_page_shows_a_key(alice: User) -> None:
    here, there = signed_in(), signed_in(PHONE)

    page = here.get("/account").text

    assert [key for key in Session.objects.values_list("pk", flat=True) if key in page] == []
    assert there.session.session_key in set(Session.objects.values_list("pk", flat=True))


def test_one_is_ended_at_once(alice: User) -> None:
    here, there = signed_in(), signed_in(PHONE)

    here.post(f"/account/sessions/{listed(here)[1].mark}")

    assert (is_in(here), is_in(there)) == (True, False)
    event = Event.objects.get(kind="identity.session.end")
    assert (event.user, event.subject) == (alice.public_id, alice.public_id)


def test_all_others_are_ended(alice: User, bob: User) -> None:
    here, others, bobs = signed_in(), [signed_in(PHONE) for _ in range(2)], signed_in(name="bob")

    here.post("/account/sessions")

    assert (is_in(here), [is_in(one) for one in others], is_in(bobs)) == (True, [False] * 2, True)


def test_anothers_session_is_not_there(alice: User, bob: User) -> None:
    here, bobs = signed_in(), signed_in(name="bob")

    answer = bobs.post(f"/account/sessions/{listed(here)[0].mark}")

    assert (answer.status_code, is_in(here)) == (404, True)


@pytest.mark.parametrize("end", [people.suspend_user, people.make_administrator])
def test_who_is_suspended_is_out_at_once(alice: User, end: Callable[..., None]) -> None:
    here = signed_in()

    end(alice, actor=OPERATOR)

    assert is_in(here) == (end is people.make_administrator)


def test_another_password_leaves_no_row_of_the_old(alice: User) -> None:
    signed_in()

    people.set_password(alice, "another fine password", actor=OPERATOR)

    assert not Session.objects.exists()


@pytest.mark.parametrize(("minutes", "updates"), [(4, 0), (6, 1)])
def test_use_is_noted_once_in_five_minutes(alice: User, minutes: int, updates: int) -> None:
    here = signed_in()
    before = timezone.now() - timedelta(minutes=minutes)
    Session.objects.update(seen_at=before)

    here.get("/account")

    assert int(Session.objects.get().seen_at > before) == updates


def test_strangers_fill_no_table(client: Client, alice: User) -> None:
    ask = {"Accept": "application/json"}

    question = client.get("/accounts/second-factor/webauthn/login/", headers=ask)
    client.post("/accounts/second-factor/webauthn/login/", {"credential": "{}"})

    assert question.json()["request_options"]["publicKey"]["challenge"]
    assert (Session.objects.count(), DjangoSession.objects.count()) == (0, 0)


def test_what_a_stranger_carries_is_read_until_it_is_old_or_forged(db: None) -> None:
    store = SessionStore()
    store["where"] = "to"
    store.save()
    key = str(store.session_key)

    read = [dict(SessionStore(one).items()) for one in (key, key[:-1] + "x", f"{key}x", "a:b:c")]

    assert read == [{"where": "to"}, {}, {}, {}]


def test_what_a_stranger_carries_is_soon_too_old(db: None, monkeypatch: Any) -> None:
    store = SessionStore()
    store["where"] = "to"
    store.save()
    later = timezone.now().timestamp() + STRANGER_SECONDS + 5

    monkeypatch.setattr("django.core.signing.time.time", lambda: later)

    assert dict(SessionStore(store.session_key).items()) == {}


def test_a_strangers_cookie_signs_nobody_in(client: Client, alice: User) -> None:
    store = SessionStore()
    store["where"] = "to"
    store.save()
    client.cookies["session"] = str(store.session_key)

    client.post("/accounts/login/", {"username": "alice", "password": PASSWORD})

    assert is_in(client)
    assert client.cookies["session"].value == Session.objects.get().pk


def test_a_session_that_was_ended_is_not_made_again(alice: User) -> None:
    here = signed_in()
    key = here.cookies["session"].value
    Session.objects.all().delete()

    here.get("/account")
    here.cookies["session"] = key
    here.get("/accounts/login/")

    assert not Session.objects.exists()


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        (LINUX, "Firefox on Linux"),
        (PHONE, "Safari on iPhone"),
        (WINDOWS, "Edge on Windows"),
        ("curl/8.14", "curl/8.14"),
        ("", "unknown"),
        ("x" * 300, "x" * 40),
    ],
)
def test_devices_have_short_names(agent: str, device: str) -> None:
    assert device_of(agent) == device
