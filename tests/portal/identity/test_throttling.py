from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.utils import timezone
from pytest_django.fixtures import Settings

from portal.identity import people
from portal.identity.actors import OPERATOR
from portal.identity.errors import BadCredentials, TooManyAttempts
from portal.identity.models import User
from portal.identity.passwords import login_by_password
from portal.identity.throttling import client_address, counted_address, refuse_code, refuse_secret
from tests.portal.identity.conftest import PASSWORD
from tests.portal.identity.hashing import CountingHasher

FAILURES = 3


@pytest.fixture(autouse=True)
def few_attempts(settings: Settings) -> None:
    """Let nobody fail more than three times."""
    settings.AXES_FAILURE_LIMIT = FAILURES


@pytest.fixture
def counting(settings: Settings) -> type[CountingHasher]:
    """Count password hashes; the first user is to be made after this."""
    settings.PASSWORD_HASHERS = ["tests.portal.identity.hashing.CountingHasher"]
    return CountingHasher


def fail(name: str, request: HttpRequest) -> type[Exception]:
    """Try a wrong password; return what was raised."""
    with pytest.raises((BadCredentials, TooManyAttempts)) as refusal:
        login_by_password(name, "wrong", request=request)
    return refusal.type


def test_login_by_password_returns_the_user_and_notes_it(
    alice: User, rf_request: HttpRequest
) -> None:
    assert login_by_password("alice", PASSWORD, request=rf_request) == alice

    alice.refresh_from_db()
    assert alice.last_login is not None


def test_login_is_refused_alike_and_hashes_once_whoever_is_asked_for(
    counting: type[CountingHasher], request: pytest.FixtureRequest, rf_request: HttpRequest
) -> None:
    suspended, plain = request.getfixturevalue("bob"), request.getfixturevalue("alice")
    people.create_user("linked", actor=OPERATOR)
    User.objects.filter(pk=suspended.pk).update(is_active=False)
    tries = [(plain.username, "wrong"), ("bob", PASSWORD), ("nobody", "x"), ("linked", "x")]
    hashes = []

    for name, password in tries:
        counting.calls = 0
        with pytest.raises(BadCredentials, match="requires authentication"):
            login_by_password(name, password, request=rf_request)
        hashes.append(counting.calls)

    assert hashes == [1, 1, 1, 1]


def test_a_right_login_hashes_once_too(
    counting: type[CountingHasher], request: pytest.FixtureRequest, rf_request: HttpRequest
) -> None:
    request.getfixturevalue("alice")
    counting.calls = 0

    login_by_password("alice", PASSWORD, request=rf_request)

    assert counting.calls == 1


@pytest.mark.parametrize("name", ["alice", "nobody"])
def test_the_last_failure_locks_known_and_unknown_names_alike(
    alice: User, rf_request: HttpRequest, name: str
) -> None:
    raised = [fail(name, rf_request) for _ in range(FAILURES + 1)]

    assert raised == [BadCredentials, BadCredentials, TooManyAttempts, TooManyAttempts]


def test_a_locked_name_waits_even_with_the_right_password(
    alice: User, rf_request: HttpRequest
) -> None:
    for _ in range(FAILURES):
        fail("alice", rf_request)

    with pytest.raises(TooManyAttempts) as refusal:
        login_by_password("alice", PASSWORD, request=rf_request)

    assert 890 <= refusal.value.retry_after <= 900


def test_a_lock_does_not_grow_and_ends(alice: User, rf_request: HttpRequest) -> None:
    for _ in range(FAILURES):
        fail("alice", rf_request)
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=14))
    fail("alice", rf_request)

    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=16))

    assert login_by_password("alice", PASSWORD, request=RequestFactory().post("/")) == alice


def test_another_name_and_another_address_are_not_locked(
    alice: User, bob: User, rf_request: HttpRequest
) -> None:
    for _ in range(FAILURES):
        fail("alice", rf_request)
    other_place = RequestFactory(REMOTE_ADDR="192.0.2.7").post("/")

    assert login_by_password("bob", PASSWORD, request=rf_request) == bob
    assert login_by_password("alice", PASSWORD, request=other_place) == alice


def test_success_forgets_failures(alice: User, rf_request: HttpRequest) -> None:
    for _ in range(FAILURES - 1):
        fail("alice", rf_request)

    login_by_password("alice", PASSWORD, request=rf_request)

    assert not AccessAttempt.objects.exists()


def test_wrong_secrets_are_counted_for_their_address(db: None, rf_request: HttpRequest) -> None:
    refusals = [type(refuse_secret(request=rf_request)) for _ in range(FAILURES + 2)]

    assert refusals == [BadCredentials] * FAILURES + [TooManyAttempts] * 2


def test_all_doors_count_together(
    alice: User, log_in: Callable[..., object], client: Client
) -> None:
    log_in("alice", "wrong")
    client.post("/accounts/login/", {"username": "alice", "password": "wrong"})
    log_in("alice", "wrong")

    page = client.post("/accounts/login/", {"username": "alice", "password": PASSWORD})

    assert page.status_code == 429


def test_a_failure_does_not_read_the_body_nor_keep_it(alice: User) -> None:
    request: Any = RequestFactory().post("/?secret=1", {"username": "x", "secret": "form"})

    refuse_secret(request=request)

    assert not request._read_started
    attempt = AccessAttempt.objects.get()
    assert (attempt.get_data, attempt.post_data) == ("", "")


@pytest.mark.parametrize(
    ("proxy", "sender", "forwarded", "address"),
    [
        ("", "192.0.2.1", "198.51.100.9", "192.0.2.1"),
        ("192.0.2.1", "192.0.2.1", "198.51.100.9", "198.51.100.9"),
        ("192.0.2.1", "192.0.2.1", "203.0.113.5, 198.51.100.9", "198.51.100.9"),
        ("192.0.2.1", "192.0.2.2", "198.51.100.9", "192.0.2.2"),
        ("192.0.2.1", "192.0.2.1", "", "192.0.2.1"),
        ("192.0.2.1", "192.0.2.1", "no address", "192.0.2.1"),
        ("", "", "198.51.100.9", None),
    ],
)
def test_client_address_believes_only_the_named_proxy(
    settings: Settings, proxy: str, sender: str, forwarded: str, address: str | None
) -> None:
    settings.TRUSTED_PROXY = proxy
    request = RequestFactory(REMOTE_ADDR=sender, HTTP_X_FORWARDED_FOR=forwarded).get("/")

    assert client_address(request) == address


@pytest.mark.parametrize(
    ("sender", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("fe80::1%eth0", "fe80::"),
        ("", None),
    ],
)
def test_an_address_is_counted_as_what_one_customer_has(sender: str, counted: str | None) -> None:
    assert counted_address(RequestFactory(REMOTE_ADDR=sender).get("/")) == counted


def test_one_address_cannot_try_a_password_on_everybody(
    alice: User, bob: User, rf_request: HttpRequest, settings: Settings
) -> None:
    settings.ADDRESS_FAILURE_LIMIT = 5
    raised = [fail(f"user{number}", rf_request) for number in range(6)]

    assert raised == [BadCredentials] * 4 + [TooManyAttempts] * 2
    with pytest.raises(TooManyAttempts) as refusal:
        login_by_password("alice", PASSWORD, request=rf_request)
    assert 890 <= refusal.value.retry_after <= 900
    other_place = RequestFactory(REMOTE_ADDR="192.0.2.7").post("/")
    assert login_by_password("alice", PASSWORD, request=other_place) == alice


def test_wrong_secrets_and_codes_lock_no_address(
    alice: User, rf_request: HttpRequest, settings: Settings
) -> None:
    settings.ADDRESS_FAILURE_LIMIT = 2
    for _ in range(3):
        refuse_secret(request=rf_request)
        refuse_code(alice, request=rf_request)

    assert login_by_password("alice", PASSWORD, request=rf_request) == alice
