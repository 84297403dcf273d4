"""Tokens: given, shown, checked and taken back under one address."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from images.actors import SERVICE, Actor
from portal.identity.actors import token_actor
from portal.identity.api import documents
from portal.identity.api.base import IdentityView
from portal.identity.api.login import proof_in, scope_in
from portal.identity.api.schemas import LOGIN
from portal.identity.errors import BadCredentials, BadValue, NotPermitted, Unknown
from portal.identity.models import Token
from portal.identity.permissions import is_operator
from portal.identity.tokens import find_token, issue_token, revoke_token


class TokensView(IdentityView):
    """/identity/v3/auth/tokens; the token in question is named by `X-Subject-Token`."""

    def get_permissions(self) -> Any:
        return [] if self.request.method == "POST" else super().get_permissions()

    def perform_authentication(self, request: Request) -> None:
        """Ask who it is, but not of a log-in: a dead token beside it must not hinder it."""
        if request.method != "POST":
            super().perform_authentication(request)

    def post(self, request: Request) -> Response:
        auth = self.body(LOGIN)["auth"]
        proof = proof_in(auth["identity"], request=request)
        below = request._request  # noqa: SLF001 -- DRF shows the request under its own nowhere else
        secret, token = issue_token(proof, scope=scope_in(auth, proof), request=below)
        return self._shown(token, secret=secret, status=HTTPStatus.CREATED)

    def get(self, request: Request) -> Response:
        secret, token = self._subject()
        return self._shown(token, secret=secret, status=HTTPStatus.OK)

    def head(self, request: Request) -> Response:
        secret, token = self._subject()
        _actor(token)
        return Response(headers={"X-Subject-Token": secret})

    def delete(self, request: Request) -> Response:
        _, token = self._subject()
        revoke_token(token, actor=self.actor)
        return Response(status=HTTPStatus.NO_CONTENT)

    def _subject(self) -> tuple[str, Token]:
        """Return the token in question, and its secret.

        A user asks for any own token: `openstack token revoke` logs in anew before it does. Of
        others' only administrators and services learn anything, even whether they are there.
        """
        secret = self.request.headers.get("X-Subject-Token")
        if not secret:
            raise BadValue("The header X-Subject-Token is required.")
        token = _live_token(secret)
        is_own = token is not None and token.user_id == self.actor.user_key
        if not (is_own or is_operator(self.actor) or SERVICE in self.actor.roles):
            raise NotPermitted
        if token is None:
            raise Unknown("Could not find the token.")
        return secret, token

    def _shown(self, token: Token, *, secret: str, status: HTTPStatus) -> Response:
        with_catalog = "nocatalog" not in self.request.query_params
        body = documents.token(token, actor=_actor(token), with_catalog=with_catalog)
        return Response(body, status=status, headers={"X-Subject-Token": secret})


def _live_token(secret: str) -> Token | None:
    """Return the token of *secret*, None if it is dead or was never there."""
    try:
        return find_token(secret)
    except BadCredentials:
        return None


def _actor(token: Token) -> Actor:
    actor = token_actor(token)
    if actor is None:
        raise Unknown("Could not find the token.")
    return actor
