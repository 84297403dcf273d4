"""Who may change users and projects: administrators all, managers their project's people."""

from __future__ import annotations

from images.actors import ADMIN, ALL, MANAGER, Actor
from portal.identity.errors import NotPermitted
from portal.identity.models import ApplicationCredential, Project, User


def is_operator(actor: Actor) -> bool:
    """Tell whether this is the cloud's administrator, in a project or outside of all."""
    return ADMIN in actor.roles


def can_manage(actor: Actor, project: Project) -> bool:
    """Tell whether *actor* may say who is what in *project*."""
    is_manager = actor.project == project.pk and actor.has_role(MANAGER)
    return is_operator(actor) or is_manager


def demand_operator(actor: Actor) -> None:
    """Raise `NotPermitted` unless *actor* is the cloud's administrator, with a whole token."""
    if not is_operator(actor) or actor.scope != ALL:
        raise NotPermitted


def demand_manager(actor: Actor, project: Project) -> None:
    """Raise `NotPermitted` unless *actor* may manage the people of *project*."""
    if not can_manage(actor, project) or actor.scope != ALL:
        raise NotPermitted


def demand_keeper(actor: Actor, credential: ApplicationCredential) -> None:
    """Raise `NotPermitted` unless *actor* may renew *credential* and have its secret.

    That is its user, and for a service account whoever manages its project.
    """
    demand_unrestricted(actor)
    if actor.user_key == credential.user_id:
        return
    if not credential.user.is_robot:
        raise NotPermitted
    demand_manager(actor, credential.project)


def demand_unrestricted(actor: Actor) -> None:
    """Raise `NotPermitted` for a program whose credential may not make, change or delete any."""
    if actor.is_restricted or actor.scope != ALL:
        raise NotPermitted


def demand_ours(thing: Project | User) -> None:
    """Raise `NotPermitted` for what a Keystone says of *thing*: it would say it again."""
    if thing.is_shadow:
        raise NotPermitted(
            f"{thing} is a {thing._meta.verbose_name} of the Keystone: change it there."
        )
