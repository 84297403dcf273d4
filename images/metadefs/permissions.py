"""Who may read and write the catalogue: the Image API's own rules, in one table.

A reader reads what its project owns and what is public; only the cloud's administrators write.
"""

from __future__ import annotations

from collections.abc import Callable

from images.actors import READER, Actor
from images.errors import Forbidden, NotVisible
from images.metadefs.models import Namespace
from images.metadefs.states import Visibility
from images.scopes import demand_whole

Predicate = Callable[[Actor], bool]


def is_admin(actor: Actor) -> bool:
    """Is this the cloud's administrator?"""
    return actor.is_admin


def can_see(actor: Actor, namespace: Namespace) -> bool:
    """Agree, for one namespace, with `Namespace.objects.visible_to`."""
    if actor.sees_all:
        return True
    is_shown = namespace.visibility == Visibility.PUBLIC or namespace.owner == actor.project
    return actor.has_role(READER) and is_shown


ACTIONS: dict[str, Predicate] = dict.fromkeys(
    (
        "create a namespace",
        "change the namespace",
        "delete the namespace",
        "add an object",
        "change the object",
        "delete the object",
        "add a property",
        "change the property",
        "delete the property",
        "add a tag",
        "change the tag",
        "delete the tag",
        "associate a resource type",
        "dissociate a resource type",
    ),
    is_admin,
)


def demand(actor: Actor, action: str) -> None:
    """Raise `Forbidden` unless *actor* may do *action* (a key of `ACTIONS`)."""
    demand_whole(actor, action)
    if not ACTIONS[action](actor):
        raise Forbidden(f"You are not permitted to {action}.")


def permit(actor: Actor, action: str, namespace: Namespace) -> None:
    """Raise `NotVisible` for a namespace that *actor* may not know of, `Forbidden` for the rest."""
    if not can_see(actor, namespace):
        raise NotVisible(f"Metadata definition namespace {namespace} was not found.")
    demand(actor, action)


def demand_listing(actor: Actor) -> None:
    """Raise `Forbidden` unless *actor* may read the catalogue at all: a reader in some project."""
    if not actor.has_role(READER):
        raise Forbidden(
            "You are not permitted to read the catalogue: a role in a project is needed."
        )
