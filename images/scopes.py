"""What a token may do at most, whatever its user may: one table, beside that of permissions.

What is not named is not in the scope: a new action is for whole tokens until it gets a place here.
"""

from __future__ import annotations

from images.actors import ALL, READ, UPLOAD, Actor
from images.errors import Forbidden
from images.models import Image
from images.states import Status

SHOWING = frozenset({"list_members", "list_all_members", "get_location"})
FILLING = frozenset({"create", "upload", "modify"})
FILLED = frozenset({Status.QUEUED, Status.SAVING, Status.ACTIVE})

ACTIONS: dict[str, frozenset[str]] = {
    READ: SHOWING | {"download", "fetch_locations"},
    UPLOAD: SHOWING | FILLING,
}


def is_in_scope(actor: Actor, action: str, image: Image) -> bool:
    """Tell whether the scope of *actor* has *action*, which its roles may still refuse.

    What fills images does so to those of the project in which it acts, and to no deactivated one.
    """
    if actor.scope == ALL:
        return True
    if action not in ACTIONS[actor.scope]:
        return False
    is_own = actor.project is not None and image.owner == actor.project
    return action not in FILLING or (is_own and image.status in FILLED)


def demand_scope(actor: Actor, action: str, image: Image) -> None:
    """Raise `Forbidden` unless the scope of *actor* has *action* on *image*."""
    if not is_in_scope(actor, action, image):
        raise _too_narrow(actor, f"{action.replace('_', ' ')} this image")


def demand_whole(actor: Actor, act: str) -> None:
    """Raise `Forbidden` unless *actor* asks with all that it is; *act* is no act on an image."""
    if actor.scope != ALL:
        raise _too_narrow(actor, act)


def _too_narrow(actor: Actor, act: str) -> Forbidden:
    return Forbidden(f"A token of the scope '{actor.scope}' is not permitted to {act}.")
