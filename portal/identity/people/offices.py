"""The acts that give and take the offices of the cloud: administrator, auditor."""

from __future__ import annotations

from django.db import transaction

from images.actors import Actor
from images.lifecycle.transactions import retried
from portal.identity.errors import NotPermitted
from portal.identity.events import record_user
from portal.identity.models import User
from portal.identity.permissions import demand_operator, demand_ours


@retried
@transaction.atomic
def make_administrator(user: User, *, actor: Actor) -> None:
    """Make *user* an administrator of the cloud: `admin` in every project."""
    demand_operator(actor)
    if user.is_robot:
        raise NotPermitted(f"{user} is a service account, which holds no office.")
    demand_ours(user)
    user.is_superuser = user.is_staff = True
    user.is_auditor = False
    user.save(update_fields=["is_superuser", "is_staff", "is_auditor"])
    record_user("promote", user, actor, after={"office": "administrator"})


@retried
@transaction.atomic
def unmake_administrator(user: User, *, actor: Actor) -> None:
    """Take the cloud from *user*; the last administrator keeps it."""
    demand_operator(actor)
    demand_ours(user)
    keep_an_administrator(besides=user)
    user.is_superuser = user.is_staff = False
    user.save(update_fields=["is_superuser", "is_staff"])
    record_user("demote", user, actor, before={"office": "administrator"})


@retried
@transaction.atomic
def make_auditor(user: User, *, actor: Actor) -> None:
    """Let *user* see everything in every project and change nothing; roles do not count then."""
    demand_operator(actor)
    if user.is_administrator:
        raise NotPermitted(f"{user} is an administrator of this cloud, and cannot be its auditor.")
    user.is_auditor = True
    user.save(update_fields=["is_auditor"])
    record_user("promote", user, actor, after={"office": "auditor"})


@retried
@transaction.atomic
def unmake_auditor(user: User, *, actor: Actor) -> None:
    """Leave *user* the roles in projects alone."""
    demand_operator(actor)
    user.is_auditor = False
    user.save(update_fields=["is_auditor"])
    record_user("demote", user, actor, before={"office": "auditor"})


def keep_an_administrator(*, besides: User) -> None:
    """Raise `NotPermitted` if nobody else could administer; locked, so that two cannot both go."""
    administrators = User.objects.select_for_update().filter(is_superuser=True, is_active=True)
    left = {administrator.pk for administrator in administrators.order_by("pk")}
    if left == {besides.pk}:
        raise NotPermitted(f"{besides} is the last administrator of this cloud.")
