"""Signing in to the pages with a name and password that the Keystone knows."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.backends import BaseBackend
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from keystoneauth1.exceptions import MissingAuthMethods, Unauthorized
from keystoneauth1.identity.v3 import Password

from portal.configuration.keystone import BOTH
from portal.identity.keystone import shadows
from portal.identity.keystone.connection import keystone_trouble, session
from portal.identity.keystone.refresh import is_let_in, is_trusted, refresh
from portal.identity.keystone.words import Known, known
from portal.identity.models import User
from portal.identity.sources import Source


class KeystoneBackend(BaseBackend):
    """Users of the Keystone, by their shadows; a password is checked there and kept nowhere.

    It takes a name and a password and nothing else: the Identity API of ours, whose tokens are for
    users of ours, asks with more.
    """

    def authenticate(  # type: ignore[override] # it takes nothing else: Django asks by signature
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None
    ) -> User | None:
        """Return who that is, if the Keystone lets it in. Raises `SourceDown`.

        Nobody else is asked (`PermissionDenied`), but where users of ours have passwords too.
        """
        if not username or not password:
            return None
        if settings.IDENTITY == BOTH and _is_ours(username):
            return None
        user = _user(username, password)
        if user is None and settings.IDENTITY != BOTH:
            raise PermissionDenied
        return user

    def get_user(self, user_id: Any) -> User | None:
        """Return the user of a session while it may be in, which is checked now and then."""
        user = User.objects.filter(pk=user_id, source=Source.KEYSTONE).first()
        return user if user and is_let_in(user) else None


def _user(name: str, password: str) -> User | None:
    """Return the user whom the Keystone knows by *name* and *password*, if it may be in here."""
    person = _log_in(name, password)
    if person is None:
        return None
    shadows.keep_user(person)
    user = User.objects.get(public_id=person.id, source=Source.KEYSTONE)
    refresh(user)
    return user if is_trusted(user) else None


def _is_ours(name: str) -> bool:
    """Tell whether a user of ours has that name: its password is nothing for the Keystone."""
    return User.objects.filter(username__iexact=name, source=Source.LOCAL).exists()


def _log_in(name: str, password: str) -> Known | None:
    """Return who has *name* and *password* in the domain of the pages, None if nobody has."""
    keystone = settings.KEYSTONE
    login = Password(
        keystone["URL"],
        username=name,
        password=password,
        user_domain_name=keystone["DOMAIN"],
        unscoped=True,
    )
    with keystone_trouble():
        try:
            access = login.get_access(session())
        except (Unauthorized, MissingAuthMethods):
            return None
        person = {"id": access.user_id, "name": access.username}
        return known(person, domain=access.user_domain_name)
