"""What an actor may grant on an image, and what it may take back."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from copy import copy
from datetime import datetime

from images.actors import MANAGER, Actor
from images.models import Image
from images.models.grant import Grant, Grantee, grants_on
from images.permissions import can_see, may
from images.states import GranteeKind, Right, Status

ACT_OF = {
    Right.DOWNLOAD: "download",
    Right.CHANGE: "modify",
    Right.SHARE: "share",
    Right.DELETE: "delete",
}
"""The act that stands for each right: who may not do it cannot grant it."""


def rights_to_give(actor: Actor, image: Image) -> dict[Right, datetime | None]:
    """Return the rights that *actor* may grant on *image*, each with the last end it may have."""
    held = dict(_ends(actor, image))
    for right in Right:
        if _has_by_role(actor, image, right):
            held[right] = None
    return held


def can_take(actor: Actor, grant: Grant, to: Grantee) -> bool:
    """May *actor* take *grant*, which is *to*'s?"""
    return takes(actor, grant.image)(grant, to)


def takes(actor: Actor, image: Image) -> Callable[[Grant, Grantee], bool]:
    """Return who tells of the grants on *image*, with their grantees, which *actor* may take."""
    by_role = shares_by_role(actor, image)
    shares = by_role or may(actor, "share", image)

    def may_take(grant: Grant, to: Grantee) -> bool:
        gave = shares and grant.granted_by == actor.user
        return by_role or gave or gives_up(actor, to)

    return may_take


def gives_up(actor: Actor, to: Grantee) -> bool:
    """May *actor* give up what *to* holds: its own, or its project's as a manager there?"""
    is_its_own = to.is_user and to.key == actor.user_key
    is_its_project = to.kind == GranteeKind.PROJECT and to.id == actor.project
    manages = is_its_project and actor.has_role(MANAGER)
    return (is_its_own or manages) and not actor.is_auditor


def shares_by_role(actor: Actor, image: Image) -> bool:
    """May *actor* share *image* whatever it was granted?"""
    return _has_by_role(actor, image, Right.SHARE)


def is_own(actor: Actor, grant: Grant) -> bool:
    """Does *grant* count for *actor*, itself or one of its groups? None does for auditors."""
    if actor.is_auditor:
        return False
    if grant.is_to_user:
        return grant.key == actor.user_key
    return grant.key in actor.groups


def _ends(actor: Actor, image: Image) -> Iterable[tuple[Right, datetime | None]]:
    """Yield the rights that *actor* holds by grants alone, each with its last end."""
    own = [one for one in grants_on(image) if is_own(actor, one) and not one.has_ended]
    for right in Right:
        ends = [grant.expires_at for grant in own if right in grant.rights]
        if ends:
            yield right, None if None in ends else max(end for end in ends if end)


def _has_by_role(actor: Actor, image: Image, right: Right) -> bool:
    """Has *actor* that right without any grant? A deactivated image counts as active."""
    bare = actor.without_grants()
    if right == Right.VIEW:
        return can_see(bare, image)
    as_active = copy(image)
    if image.status == Status.DEACTIVATED:
        as_active.status = Status.ACTIVE
    return may(bare, ACT_OF[right], as_active)
