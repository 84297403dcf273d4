from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from portal.identity import people
from portal.identity.actors import OPERATOR
from portal.identity.links import create_link, find_link, use_link
from portal.identity.models import SignInLink, User


def secret_in(address: str) -> str:
    """Return the last part of *address*."""
    return address.rstrip("/").rpartition("/")[2]


def test_create_link_gives_an_address_and_keeps_only_a_hash(alice: User) -> None:
    address = create_link(alice)

    assert address.startswith("http://127.0.0.1:8000/accounts/sign-in/vl_")
    assert secret_in(address) not in {str(v) for v in vars(SignInLink.objects.get()).values()}


def test_link_lives_for_an_hour(alice: User) -> None:
    create_link(alice)

    rest = SignInLink.objects.get().expires_at - timezone.now()
    assert timedelta(minutes=59) < rest <= timedelta(hours=1)


def test_find_link_uses_nothing_up(alice: User) -> None:
    secret = secret_in(create_link(alice))

    assert find_link(secret) == find_link(secret) == SignInLink.objects.get()


def test_use_link_works_once(alice: User) -> None:
    secret = secret_in(create_link(alice))

    assert [use_link(secret), use_link(secret)] == [alice, None]


def test_a_new_link_kills_the_old(alice: User) -> None:
    old = secret_in(create_link(alice))

    create_link(alice)

    assert use_link(old) is None


@pytest.mark.parametrize("secret", ["", "vl_", "nonsense", "\0", "é" * 1000])
def test_nonsense_opens_nothing(alice: User, secret: str) -> None:
    create_link(alice)

    assert use_link(secret) is None


def test_old_link_is_dead(alice: User) -> None:
    secret = secret_in(create_link(alice))

    SignInLink.objects.update(expires_at=timezone.now())

    assert (find_link(secret), use_link(secret)) == (None, None)


def test_link_of_a_suspended_user_is_dead(alice: User) -> None:
    secret = secret_in(create_link(alice))

    people.suspend_user(alice, actor=OPERATOR)

    assert use_link(secret) is None
