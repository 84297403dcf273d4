"""A log-in by password without a session, as programs do it: with the code of who must show one."""

from __future__ import annotations

from django.http import HttpRequest

from portal.identity.errors import BadCredentials
from portal.identity.models import User
from portal.identity.second_factor import APP, has_second_factor, must_have_second_factor, use_code
from portal.identity.throttling import check_password, note_login, refuse_password


def login_by_password(
    username: str, password: str, *, request: HttpRequest, code: str | None = None
) -> User:
    """Return the user, or raise `BadCredentials` or `TooManyAttempts`.

    *code* is that of an authenticator app. Who has a second factor, or must have one, does not get
    in without it, and is refused as for a wrong password.
    """
    user = check_password(username, password, request=request)
    needs_code = has_second_factor(user) or must_have_second_factor(user)
    if needs_code != (code is not None):
        raise refuse_password(username, request=request)
    if code is not None:
        _check_code(user, code, request=request)
    note_login(user, request=request)
    return user


def _check_code(user: User, code: str, *, request: HttpRequest) -> None:
    try:
        use_code(user, code, request=request, kinds=(APP,))
    except BadCredentials:
        raise refuse_password(user.username, request=request) from None
