"""Application credentials: what programs log in with, and people call API tokens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from images.actors import Actor
from portal.identity.actors import gathered_standing
from portal.identity.errors import BadValue, NameTaken, NotPermitted
from portal.identity.events import credential_facts, record_credential
from portal.identity.keys import VISIBLE, digest, is_id, new_secret
from portal.identity.models import ApplicationCredential
from portal.identity.permissions import demand_operator
from portal.identity.throttling import refuse_secret

USE_NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class NewCredential:
    """What a credential shall be; without *roles* it gets all that its maker has."""

    name: str
    roles: tuple[str, ...] = ()
    description: str = ""
    expires_at: datetime | None = None


@transaction.atomic
def create_credential(wanted: NewCredential, *, actor: Actor) -> tuple[str, ApplicationCredential]:
    """Return a new credential of *actor* in its project, with its secret, which is not kept."""
    if actor.project is None or actor.user_key is None:
        raise NotPermitted("An application credential belongs to a project: scope to one first.")
    if excess := set(wanted.roles) - actor.roles:
        raise BadValue(f"Roles may only be narrowed; you do not have {', '.join(sorted(excess))}.")
    if wanted.expires_at is not None and wanted.expires_at <= timezone.now():
        raise BadValue("The field expires_at must lie in the future.")

    secret = new_secret("vs")
    credential = ApplicationCredential(
        user_id=actor.user_key,
        project_id=actor.project,
        name=wanted.name,
        description=wanted.description,
        roles=sorted(wanted.roles or actor.roles),
        expires_at=wanted.expires_at,
        secret_hash=digest(secret),
        secret_prefix=secret[:VISIBLE],
    )
    try:
        with transaction.atomic():
            credential.save(force_insert=True)
    except IntegrityError as taken:
        raise NameTaken("You have an application credential of that name already.") from taken
    record_credential("create", credential, actor, after=credential_facts(credential))
    return secret, credential


@transaction.atomic
def delete_credential(credential: ApplicationCredential, *, actor: Actor) -> None:
    """Delete *credential* and every token that was issued for it; both are dead at once."""
    if actor.user_key != credential.user_id:
        demand_operator(actor)
    record_credential("delete", credential, actor, before=credential_facts(credential))
    credential.delete()


def login_by_secret(public_id: str, secret: str, *, request: HttpRequest) -> ApplicationCredential:
    """Return the live credential, with its user's standing in its project (one query).

    That it was used is noted at most once a minute. Raises `BadCredentials`, `TooManyAttempts`.
    """
    found = _live().annotate(standing=gathered_standing()).filter(pk=public_id)
    credential = found.first() if is_id(public_id) else None
    return _opened(credential, secret, request=request)


def login_by_name(
    name: str, secret: str, *, owner: Q, request: HttpRequest
) -> ApplicationCredential:
    """Do the same for a credential that is known by its *name* and the user's."""
    credential = _live().filter(owner, name=name).first()
    return _opened(credential, secret, request=request)


def _live() -> QuerySet[ApplicationCredential]:
    return ApplicationCredential.objects.filter(
        Q(expires_at=None) | Q(expires_at__gt=timezone.now()), user__is_active=True
    ).select_related("user")


def _opened(
    credential: ApplicationCredential | None, secret: str, *, request: HttpRequest
) -> ApplicationCredential:
    if credential is None or not credential.opens_with(secret):
        raise refuse_secret(request=request)
    _note_use(credential)
    return credential


def _note_use(credential: ApplicationCredential) -> None:
    """Write the time of use, but seldom: a busy robot must not make its row hot."""
    now = timezone.now()
    if credential.last_used_at is None or now - credential.last_used_at >= USE_NOTED_EVERY:
        ApplicationCredential.objects.filter(pk=credential.pk).update(last_used_at=now)
