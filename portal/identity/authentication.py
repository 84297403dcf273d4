"""How a request to an API says who sends it: a token, an application credential, or a session."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus

from django.conf import settings
from django.http import QueryDict
from rest_framework import authentication
from rest_framework.exceptions import APIException, AuthenticationFailed, Throttled
from rest_framework.request import Request

from images.actors import SERVICE, Actor
from portal.configuration.keystone import KEYSTONE, LOCAL
from portal.identity.actors import (
    asking,
    credential_actor,
    session_actor,
    token_actor,
    token_mark,
)
from portal.identity.credentials import login_by_secret
from portal.identity.errors import BadCredentials, SourceDown, TooManyAttempts
from portal.identity.models import User
from portal.identity.tokens import find_token


class SourceUnavailable(APIException):
    """Nobody can say now who asks, or whom a name means."""

    status_code = HTTPStatus.SERVICE_UNAVAILABLE


@contextmanager
def http_refusals() -> Iterator[None]:
    """Say a refused log-in, or a source that is silent, as every API's error handler knows it."""
    try:
        yield
    except BadCredentials as refusal:
        raise AuthenticationFailed(str(refusal)) from refusal
    except SourceDown as refusal:
        raise SourceUnavailable(str(refusal)) from refusal
    except TooManyAttempts as refusal:
        raise Throttled(wait=refusal.retry_after) from refusal


def challenge() -> str:
    """Return the value of `WWW-Authenticate`: where clients of OpenStack get a token."""
    here = f'Keystone uri="{settings.PUBLIC_URL}/identity/v3"'
    if settings.IDENTITY == LOCAL:
        return here
    there = f'Keystone uri="{settings.KEYSTONE["PUBLIC_URL"]}"'
    return there if settings.IDENTITY == KEYSTONE else f"{there}, {here}"


def token_in(request: Request) -> str | None:
    """Return the secret in `X-Auth-Token` or `Authorization: Bearer`; never one in a URL."""
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    bearer = secret.strip() if scheme.lower() == "bearer" else None
    return request.headers.get("X-Auth-Token", bearer)


class TokenAuthentication(authentication.BaseAuthentication):
    """A token of the Identity API; one query."""

    def authenticate(self, request: Request) -> tuple[User, Actor] | None:
        secret = token_in(request)
        if secret is None:
            return None
        with http_refusals():
            token = find_token(secret)
            actor = _known(token_actor(token))
            vouched = _is_vouched_for(request)
            mark = token_mark(token)
            return token.user, asking(actor, request, token=mark, is_vouched_for=vouched)

    def authenticate_header(self, request: Request) -> str:
        return challenge()


def _is_vouched_for(request: Request) -> bool:
    """Does another service send this on for the user? `X-Service-Token` is its own.

    Raises `BadCredentials` for a token that is none.
    """
    secret = request.headers.get("X-Service-Token")
    return secret is not None and _known(token_actor(find_token(secret))).has_role(SERVICE)


class CredentialAuthentication(authentication.BaseAuthentication):
    """HTTP Basic with an application credential (`curl -u ID:SECRET`); one query."""

    def authenticate(self, request: Request) -> tuple[User, Actor] | None:
        scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "basic":
            return None
        public_id, _, secret = _decoded(encoded).partition(":")
        with http_refusals():
            credential = login_by_secret(public_id, secret, request=request)
            actor = _known(credential_actor(credential))
            mark = f"credential:{credential.pk}"
            return credential.user, asking(actor, request, token=mark)

    def authenticate_header(self, request: Request) -> str:
        return challenge()


class SessionAuthentication(authentication.SessionAuthentication):
    """The portal's own pages; an unsafe method needs their CSRF token."""

    def authenticate(self, request: Request) -> tuple[User, Actor] | None:
        found = super().authenticate(request)
        below = request._request  # noqa: SLF001 -- DRF shows the request under its own nowhere else
        return found and (found[0], session_actor(below))

    def enforce_csrf(self, request: Request) -> None:
        """Look for the token in its header alone: the body is the act's, and may be large."""
        below = request._request  # noqa: SLF001 -- the same
        below.POST = QueryDict()
        super().enforce_csrf(below)  # type: ignore[arg-type] # that is all it needs

    def authenticate_header(self, request: Request) -> str:
        return challenge()


def _known(actor: Actor | None) -> Actor:
    """Return *actor*, unless its scope is gone: then nobody asks."""
    if actor is None:
        raise BadCredentials
    return actor


def _decoded(encoded: str) -> str:
    """Return the text of a Basic header; nonsense becomes a credential that nobody has."""
    try:
        return base64.b64decode(encoded.strip(), validate=True).decode()
    except (binascii.Error, ValueError):
        return ""
