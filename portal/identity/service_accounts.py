"""Service accounts: robots that belong to a project, and outlive the person who made them."""

from __future__ import annotations

import re
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from images.actors import Actor
from images.events import record_act
from images.lifecycle.transactions import retried
from portal.identity.errors import BadValue, NameTaken
from portal.identity.models import Project, User
from portal.identity.people import give_role
from portal.identity.permissions import demand_manager, demand_ours
from portal.identity.roles import Role
from portal.identity.tokens import revoke_tokens

ROLES = (Role.READER, Role.MEMBER)
"""What a service account may be in its project: it manages nobody."""
NAME = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,61}[a-z0-9])?", re.ASCII)


def accounts_of(project: str | None) -> QuerySet[User]:
    """Return the service accounts of *project*, by name."""
    accounts = User.objects.filter(robot_of=project, robot_of__isnull=False)
    return accounts.select_related("robot_of").order_by("username")


@retried
@transaction.atomic
def create_account(name: str, *, project: Project, role: str, actor: Actor) -> User:
    """Make a service account of *project*, with *role* in it; credentials are made for it apart."""
    demand_manager(actor, project)
    demand_ours(project)
    if not NAME.fullmatch(name):
        raise BadValue("A name has up to 63 small letters, digits, dots, dashes and underscores.")
    if role not in ROLES:
        raise BadValue(f"A service account is one of {', '.join(ROLES)}.")
    account = User(username=f"{name}@{project.pk}", robot_of=project)
    account.set_unusable_password()
    try:
        with transaction.atomic():
            account.save(force_insert=True)
    except IntegrityError as taken:
        raise NameTaken(f"There is a service account of the name {name!r} already.") from taken
    _record("create", account, actor, after={"name": name, "role": role})
    give_role(account, project=project, role=role, actor=actor)
    return account


@retried
@transaction.atomic
def suspend_account(account: User, *, actor: Actor) -> None:
    """Shut *account* out at once, on every node; its credentials wait."""
    demand_manager(actor, _project(account))
    account.is_active = False
    account.save(update_fields=["is_active"])
    revoke_tokens(account)
    _record("suspend", account, actor)


@retried
@transaction.atomic
def restore_account(account: User, *, actor: Actor) -> None:
    """Let *account* in again; tokens from before stay dead."""
    demand_manager(actor, _project(account))
    account.is_active = True
    account.save(update_fields=["is_active"])
    _record("restore", account, actor)


@retried
@transaction.atomic
def delete_account(account: User, *, actor: Actor) -> None:
    """Delete *account* with its credentials; images that it made are the project's, and stay."""
    demand_manager(actor, _project(account))
    _record("delete", account, actor, before={"name": str(account)})
    account.delete()


def _project(account: User) -> Project:
    """Return whose *account* is, which must be a service account."""
    if account.robot_of is None:
        raise BadValue(f"{account} is no service account.")
    return account.robot_of


def _record(verb: str, account: User, actor: Actor, **change: Any) -> None:
    kind, project = f"identity.service_account.{verb}", _project(account).pk
    record_act(kind, actor, subject=account.public_id, project=project, **change)
