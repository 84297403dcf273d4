from __future__ import annotations

from collections.abc import Callable

import pytest
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from images.actors import NOBODY
from portal.identity.models import Project, User
from portal.identity.tokens import find_token, revoke_token
from tests.portal.identity.api.login import TokenOf
from tests.portal.identity.conftest import TOKENS

ClientOf = Callable[[str], APIClient]


def test_show_of_oneself(
    alice: User,
    demo: Project,
    token_of: TokenOf,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    secret = token_of(alice, demo)
    client = APIClient(headers={"X-Auth-Token": secret, "X-Subject-Token": secret})

    with django_assert_num_queries(3):  # to authenticate, to check, the project
        answer = client.get(TOKENS)

    assert answer.status_code == 200
    assert answer["X-Subject-Token"] == secret
    assert answer.json()["token"]["project"]["id"] == demo.pk


def test_check_has_no_body(alice: User, token_of: TokenOf) -> None:
    secret = token_of(alice)
    client = APIClient(headers={"X-Auth-Token": secret, "X-Subject-Token": secret})

    answer = client.head(TOKENS)

    assert (answer.status_code, answer.content) == (200, b"")


def test_administrator_checks_anybodys(
    root: User, alice: User, token_of: TokenOf, client_of: ClientOf
) -> None:
    client = client_of(token_of(root, is_system=True))

    answer = client.get(TOKENS, headers={"X-Subject-Token": token_of(alice)})

    assert answer.json()["token"]["user"]["name"] == "alice"


@pytest.mark.parametrize("method", ["get", "head", "delete"])
def test_others_learn_not_even_whether_a_token_is_there(
    alice: User, bob: User, token_of: TokenOf, client_of: ClientOf, method: str
) -> None:
    client = client_of(token_of(bob))

    for subject in (token_of(alice), "nonsense"):
        answer = getattr(client, method)(TOKENS, headers={"X-Subject-Token": subject})
        assert answer.status_code == 403


@pytest.mark.parametrize("method", ["get", "head", "delete"])
def test_dead_token_is_not_found(
    root: User, alice: User, token_of: TokenOf, client_of: ClientOf, method: str
) -> None:
    secret = token_of(alice)
    revoke_token(find_token(secret), actor=NOBODY)
    client = client_of(token_of(root, is_system=True))

    for subject in (secret, "nonsense"):
        answer = getattr(client, method)(TOKENS, headers={"X-Subject-Token": subject})
        assert answer.status_code == 404


def test_token_of_a_lost_scope_is_not_found(
    root: User, alice: User, demo: Project, token_of: TokenOf, client_of: ClientOf
) -> None:
    secret = token_of(alice, demo)
    alice.memberships.all().delete()
    client = client_of(token_of(root, is_system=True))

    assert client.get(TOKENS, headers={"X-Subject-Token": secret}).status_code == 404


def test_subject_must_be_named(alice: User, token_of: TokenOf, client_of: ClientOf) -> None:
    assert client_of(token_of(alice)).get(TOKENS).status_code == 400


def test_delete_kills_at_once(alice: User, token_of: TokenOf) -> None:
    secret = token_of(alice)
    client = APIClient(headers={"X-Auth-Token": secret, "X-Subject-Token": secret})

    first, second = client.delete(TOKENS), client.delete(TOKENS)

    assert (first.status_code, first.content) == (204, b"")
    assert second.status_code == 401


def test_user_takes_back_another_token_of_ones_own(
    alice: User, token_of: TokenOf, client_of: ClientOf
) -> None:
    lost, kept = token_of(alice), client_of(token_of(alice))

    answer = kept.delete(TOKENS, headers={"X-Subject-Token": lost})

    assert answer.status_code == 204
    assert kept.get(TOKENS, headers={"X-Subject-Token": lost}).status_code == 403
