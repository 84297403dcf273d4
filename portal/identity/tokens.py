"""Tokens: given for a proven log-in in one scope, found again by their secret, taken back."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from django.conf import settings
from django.db import transaction
from django.db.models import DateTimeField
from django.http import HttpRequest
from django.utils import timezone

from images.actors import Actor
from images.lifecycle.transactions import retried
from images.prepared import Prepared, Slot
from portal.identity.actors import asking, token_actor, token_mark
from portal.identity.errors import BadCredentials
from portal.identity.events import record_token
from portal.identity.keys import digest, new_secret
from portal.identity.models import ApplicationCredential, Project, Token, User
from portal.identity.standing import gathered_standing


@dataclass(frozen=True, slots=True)
class Proof:
    """What a user showed to log in: a password, an application credential, or another token."""

    user: User
    methods: tuple[str, ...]
    credential: ApplicationCredential | None = None
    parent: Token | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a token is good: in one project, in the system, or (with neither) nowhere yet."""

    project: Project | None = None
    is_system: bool = False


@retried
@transaction.atomic
def issue_token(
    proof: Proof, *, scope: Scope, request: HttpRequest | None = None
) -> tuple[str, Token]:
    """Return a new token and its secret, which is not kept; *request* asked for it.

    Raise `BadCredentials` for a scope that is not the user's. A token lives no longer than the
    token or the credential that it came from.
    """
    secret = new_secret("vt")
    token = Token(
        secret_hash=digest(secret),
        user=proof.user,
        user_stamp=proof.user.get_session_auth_hash(),
        project=scope.project,
        is_system=scope.is_system,
        application_credential=proof.credential,
        methods=list(proof.methods),
        audit_id=secrets.token_urlsafe(16),
        **_inherited(proof),
    )
    actor = token_actor(token)
    if actor is None:
        raise BadCredentials
    token.save(force_insert=True)
    if request:
        actor = asking(actor, request, token=token_mark(token))
    record_token("create", token, actor, parent=token.parent_audit_id)
    return secret, token


def find_token(secret: str) -> Token:
    """Return the live token that *secret* opens, with its user's standing in its project.

    One query. Raises `BadCredentials`.
    """
    tokens = _live_tokens().ask(hash=digest(secret), now=timezone.now())
    if not tokens or not tokens[0].is_of_present_password():
        raise BadCredentials
    return tokens[0]


@cache
def _live_tokens() -> Prepared[Token]:
    """Return the question that almost every request asks first."""
    live = Token.objects.live(Slot("now", DateTimeField())).filter(secret_hash=Slot("hash"))
    held = live.select_related("user", "application_credential")
    return Prepared(held.annotate(standing=gathered_standing()).order_by())


@retried
@transaction.atomic
def revoke_token(token: Token, *, actor: Actor) -> None:
    """Kill *token* on every node at once; a second time changes nothing."""
    mine = Token.objects.filter(pk=token.pk, revoked_at=None)
    if mine.update(revoked_at=timezone.now()):
        record_token("revoke", token, actor)


def revoke_tokens(user: User, *, project: Project | None = None) -> None:
    """Kill every token of *user*, or only those for *project*."""
    tokens = user.tokens.filter(revoked_at=None)
    if project is not None:
        tokens = tokens.filter(project=project)
    tokens.update(revoked_at=timezone.now())


def _inherited(proof: Proof) -> dict[str, object]:
    """Return what a new token has from its origin: its end, and where its audit chain began."""
    ends = [timezone.now() + timedelta(hours=settings.IDENTITY_TOKEN_HOURS)]
    if proof.credential and proof.credential.expires_at:
        ends.append(proof.credential.expires_at)
    if proof.parent:
        ends.append(proof.parent.expires_at)
    return {
        "expires_at": min(ends),
        "parent_audit_id": proof.parent.audit_ids[-1] if proof.parent else "",
    }
