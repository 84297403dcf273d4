from __future__ import annotations

from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from portal.identity.expiry import clear_expired
from portal.identity.links import create_link
from portal.identity.models import ApplicationCredential, Session, SignInLink, Token, User
from portal.identity.tokens import Scope
from tests.portal.identity.conftest import new_token

Robot = tuple[str, ApplicationCredential]


def open_session(user: User) -> None:
    """Sign *user* in somewhere."""
    Client().force_login(user)


def test_clear_expired_takes_what_has_run_out(alice: User) -> None:
    new_token(alice, Scope())
    create_link(alice)
    open_session(alice)
    for table, field in (
        (Token, "expires_at"),
        (SignInLink, "expires_at"),
        (Session, "expire_date"),
    ):
        table._default_manager.update(**{field: timezone.now()})

    clear_expired()

    counts = [table._default_manager.count() for table in (Token, SignInLink, Session)]
    assert counts == [0, 0, 0]


def test_clear_expired_leaves_the_rest(alice: User, robot: Robot) -> None:
    token = new_token(alice, Scope())[1]
    create_link(alice)
    open_session(alice)
    ApplicationCredential.objects.update(expires_at=timezone.now())

    clear_expired()

    assert list(Token.objects.all()) == [token]
    assert SignInLink.objects.count() == Session.objects.count() == 1
    assert list(ApplicationCredential.objects.all()) == [robot[1]]


def test_reap_clears_what_has_run_out(alice: User) -> None:
    new_token(alice, Scope())
    Token.objects.update(expires_at=timezone.now())

    call_command("reap")

    assert not Token.objects.exists()
