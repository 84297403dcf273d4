"""Application credentials: what programs log in with, and people call API tokens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import DateTimeField, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from images.actors import ALL, MANAGER, SCOPES, Actor
from images.lifecycle.transactions import retried
from images.prepared import Prepared, Slot
from portal.identity.actors import project_actor
from portal.identity.ends import allowed_end, told_already, usual_end
from portal.identity.errors import BadValue, NameTaken, NotPermitted
from portal.identity.events import credential_facts, record_credential
from portal.identity.keys import VISIBLE, digest, is_id, new_secret
from portal.identity.models import ApplicationCredential, User
from portal.identity.permissions import (
    demand_keeper,
    demand_manager,
    demand_ours,
    demand_unrestricted,
    is_operator,
)
from portal.identity.rows import hold
from portal.identity.standing import gathered_standing
from portal.identity.throttling import refuse_secret

USE_NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class NewCredential:
    """What a credential shall be.

    Without *roles* it gets all that its maker has, and without *expires_at* the usual end, unless
    it *never_ends*.
    """

    name: str
    roles: tuple[str, ...] = ()
    description: str = ""
    expires_at: datetime | None = None
    never_ends: bool = False
    scope: str = ALL
    unrestricted: bool = False

    def end(self) -> datetime | None:
        """Return when it ends; None: never. Raises `BadValue`."""
        if self.expires_at is None and not self.never_ends:
            return usual_end()
        return allowed_end(self.expires_at)


@retried
@transaction.atomic
def create_credential(
    wanted: NewCredential, *, actor: Actor, account: User | None = None
) -> tuple[str, ApplicationCredential]:
    """Return a new credential of *actor* in its project, with its secret, which is not kept.

    If *account*, a service account that *actor* manages, is given, it is that one's.
    """
    demand_unrestricted(actor)
    holder = _managed(account, actor) if account else actor
    if holder.project is None or holder.user_key is None:
        raise NotPermitted("An application credential belongs to a project: scope to one first.")
    demand_ours(User.objects.get(pk=holder.user_key))
    _check(wanted, holder)

    secret = new_secret("vs")
    credential = ApplicationCredential(
        user_id=holder.user_key,
        project_id=holder.project,
        name=wanted.name,
        description=wanted.description,
        roles=sorted(wanted.roles or holder.roles),
        scope=wanted.scope,
        unrestricted=wanted.unrestricted,
        **_ending(wanted.end()),
        **_kept_of(secret),
    )
    try:
        with transaction.atomic():
            credential.save(force_insert=True)
    except IntegrityError as taken:
        raise NameTaken("There is an application credential of that name already.") from taken
    record_credential("create", credential, actor, after=credential_facts(credential))
    return secret, credential


@retried
@transaction.atomic
def renew_credential(
    credential: ApplicationCredential, *, actor: Actor, expires_at: datetime | None = None
) -> None:
    """Let *credential* go on until *expires_at*, or from now as long as usual; its secret stays."""
    demand_keeper(actor, credential)
    hold(credential)
    end = allowed_end(expires_at) if expires_at else usual_end()
    was = credential_facts(credential)
    _change(credential, _ending(end))
    _record_change("renew", credential, actor, was=was)


@retried
@transaction.atomic
def rotate_credential(credential: ApplicationCredential, *, actor: Actor) -> str:
    """Return a new secret for *credential*, which begins its time anew.

    The secret until now opens for `CREDENTIAL_GRACE_HOURS` longer, so that programs can be given
    the new one; the one before it opens nothing any more.
    """
    demand_keeper(actor, credential)
    hold(credential)
    secret = new_secret("vs")
    grace = timezone.now() + timedelta(hours=settings.CREDENTIAL_GRACE_HOURS)
    old = {"old_secret_hash": credential.secret_hash, "old_secret_until": grace}
    end = usual_end() if credential.expires_at else None
    was = credential_facts(credential)
    _change(credential, old | _kept_of(secret) | _ending(end))
    _record_change("rotate", credential, actor, was=was)
    return secret


@retried
@transaction.atomic
def delete_credential(credential: ApplicationCredential, *, actor: Actor) -> None:
    """Delete *credential* and every token that was issued for it; both are dead at once."""
    demand_unrestricted(actor)
    if not is_operator(actor):
        demand_keeper(actor, credential)
    record_credential("delete", credential, actor, before=credential_facts(credential))
    credential.delete()


def kept_by(actor: Actor) -> QuerySet[ApplicationCredential]:
    """Return those of *actor*, and those of the service accounts that it manages."""
    kept = Q(user=actor.user_key, user__isnull=False)
    if actor.has_role(MANAGER):
        kept |= Q(user__robot_of=actor.project)
    return ApplicationCredential.objects.filter(kept)


def login_by_secret(public_id: str, secret: str, *, request: HttpRequest) -> ApplicationCredential:
    """Return the live credential, with its user's standing in its project (one query).

    That it was used is noted at most once a minute. Raises `BadCredentials`, `TooManyAttempts`.
    """
    found = _usable().ask(id=public_id, now=timezone.now()) if is_id(public_id) else []
    return _opened(found[0] if found else None, secret, request=request)


def login_by_name(
    name: str, secret: str, *, owner: Q, request: HttpRequest
) -> ApplicationCredential:
    """Do the same for a credential that is known by its *name* and the user's."""
    usable = ApplicationCredential.objects.usable().select_related("user")
    return _opened(usable.filter(owner, name=name).first(), secret, request=request)


@cache
def _usable() -> Prepared[ApplicationCredential]:
    """Return the question that a program with Basic asks first of each request."""
    usable = ApplicationCredential.objects.usable(Slot("now", DateTimeField()))
    one = usable.select_related("user").filter(pk=Slot("id"))
    return Prepared(one.annotate(standing=gathered_standing()).order_by())


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


def _check(wanted: NewCredential, actor: Actor) -> None:
    if excess := set(wanted.roles) - actor.roles:
        raise BadValue(f"Roles may only be narrowed; you do not have {', '.join(sorted(excess))}.")
    if wanted.scope not in SCOPES:
        raise BadValue(f"A scope is one of {', '.join(SCOPES)}.")
    if wanted.unrestricted and wanted.scope != ALL:
        raise BadValue(f"What makes other credentials must have the scope {ALL!r}.")


def _managed(account: User, actor: Actor) -> Actor:
    """Return *account* acting in its project, if *actor* manages that."""
    if account.robot_of is None:
        raise NotPermitted
    demand_manager(actor, account.robot_of)
    holder = project_actor(account, project=account.robot_of.pk)
    if holder is None or not account.is_active:
        raise NotPermitted(f"The service account {account} may do nothing at present.")
    return holder


def _kept_of(secret: str) -> dict[str, str]:
    return {"secret_hash": digest(secret), "secret_prefix": secret[:VISIBLE]}


def _ending(end: datetime | None) -> dict[str, object]:
    return {"expires_at": end, "warned_days": told_already(end)}


def _change(credential: ApplicationCredential, fields: dict[str, object]) -> None:
    for name, value in fields.items():
        setattr(credential, name, value)
    credential.save(update_fields=[*fields])


def _record_change(
    act: str, credential: ApplicationCredential, actor: Actor, *, was: dict[str, Any]
) -> None:
    """Write what of *credential* is not as it *was*."""
    now = credential_facts(credential)
    changed = [name for name in was if was[name] != now[name]]
    before, after = ({name: facts[name] for name in changed} for facts in (was, now))
    record_credential(act, credential, actor, before=before, after=after)
