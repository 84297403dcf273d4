"""The acts that shut users and projects out, and let them in again."""

from __future__ import annotations

from django.db import transaction

from images.actors import Actor
from images.lifecycle.transactions import retried
from portal.identity.events import record_project, record_user
from portal.identity.models import Project, User
from portal.identity.people.offices import keep_an_administrator
from portal.identity.permissions import demand_operator
from portal.identity.tokens import revoke_tokens


@retried
@transaction.atomic
def suspend_user(user: User, *, actor: Actor) -> None:
    """Shut *user* out at once, everywhere; the last administrator cannot be."""
    demand_operator(actor)
    keep_an_administrator(besides=user)
    user.is_active = False
    user.save(update_fields=["is_active"])
    revoke_tokens(user)
    record_user("suspend", user, actor)


@retried
@transaction.atomic
def restore_user(user: User, *, actor: Actor) -> None:
    """Let *user* log in again; tokens from before stay dead."""
    demand_operator(actor)
    user.is_active = True
    user.save(update_fields=["is_active"])
    record_user("restore", user, actor)


@retried
@transaction.atomic
def suspend_project(project: Project, *, actor: Actor) -> None:
    """Let nobody act in *project*; its images stay."""
    demand_operator(actor)
    project.enabled = False
    project.save(update_fields=["enabled"])
    record_project("suspend", project, actor)


@retried
@transaction.atomic
def restore_project(project: Project, *, actor: Actor) -> None:
    """Let the members of *project* act in it again."""
    demand_operator(actor)
    project.enabled = True
    project.save(update_fields=["enabled"])
    record_project("restore", project, actor)
