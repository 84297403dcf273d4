"""What it costs to find out who asks; bench/authentication measures the time."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from portal.identity.credentials import NewCredential, create_credential
from portal.identity.models import ApplicationCredential, Project, User
from portal.identity.tokens import Proof, Scope, issue_token
from tests.portal.identity.conftest import Robot, acting
from tests.portal.identity.hashing import CountingHasher

BARE = "/v2/schemas/image"  # which asks the database nothing


@pytest.fixture
def narrowed(alice: User, demo: Project) -> Robot:
    """Return a credential that is good for less than its user."""
    wanted = NewCredential(name="mirror", scope="read", roles=("reader",))
    return create_credential(wanted, actor=acting(alice, demo))


@pytest.fixture
def ask(alice: User, demo: Project, narrowed: Robot, token_of: Any) -> dict[str, Callable[[], int]]:
    """Return how each kind of client asks."""
    secret, credential = narrowed
    proof = Proof(alice, methods=("application_credential",), credential=credential)
    tokens = [token_of(alice, demo), issue_token(proof, scope=Scope(project=demo))[0]]
    basic = "Basic " + base64.b64encode(f"{credential.pk}:{secret}".encode()).decode()
    browser = Client()
    browser.force_login(alice, backend="portal.identity.backends.PeopleBackend")
    return {
        "token": lambda: Client().get(BARE, headers={"X-Auth-Token": tokens[0]}).status_code,
        "narrowed": lambda: Client().get(BARE, headers={"X-Auth-Token": tokens[1]}).status_code,
        "basic": lambda: Client().get(BARE, headers={"Authorization": basic}).status_code,
        "session": lambda: browser.get(BARE).status_code,
    }


@pytest.mark.parametrize(
    ("door", "queries"), [("token", 1), ("narrowed", 1), ("basic", 1), ("session", 2)]
)
def test_asking_who_takes_at_most_two_queries(
    ask: dict[str, Callable[[], int]],
    door: str,
    queries: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    first = ask[door]()  # notes the use, once a minute

    with django_assert_num_queries(queries):
        assert [first, ask[door]()] == [200, 200]


def test_noting_the_use_is_the_second_query_of_a_minute(
    ask: dict[str, Callable[[], int]], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(2):
        ask["basic"]()

    assert ApplicationCredential.objects.exclude(last_used_at=None).count() == 1


@pytest.mark.parametrize("door", ["token", "narrowed", "basic", "session"])
def test_no_password_is_hashed_but_at_the_log_in(
    ask: dict[str, Callable[[], int]], door: str, settings: Any
) -> None:
    path = f"{CountingHasher.__module__}.{CountingHasher.__qualname__}"
    settings.PASSWORD_HASHERS = [path]
    CountingHasher.calls = 0

    ask[door]()

    assert CountingHasher.calls == 0
