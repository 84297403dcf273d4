"""The acts of granting rights on one image to a person, a group or a project, for a while."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from images.actors import Actor
from images.errors import BadValue, NotGiver, NotHeld, NotVisible
from images.events import record_grant
from images.lifecycle.changes import check_count
from images.lifecycle.givers import can_take, is_own, rights_to_give, shares_by_role
from images.lifecycle.images import lock
from images.lifecycle.transactions import retried
from images.models import Image, ImageGroupPermission, ImageUserPermission
from images.models.grant import Grant, Grantee, grant_to, grants_on, rows_of, write_grant
from images.permissions import demand_sight, is_allowed, permit
from images.scopes import demand_whole
from images.states import Right

REMEMBERED = timedelta(days=30)
"""How long an ended grant is shown to those who may give it again."""


@retried
@transaction.atomic
def grant_image(
    image: Image,
    *,
    actor: Actor,
    to: Grantee,
    rights: Collection[str],
    expires_at: datetime | None = None,
) -> Grant:
    """Let *to* have exactly *rights* (and see the image) until *expires_at*, whatever it had.

    Nobody grants what it may not do itself, nor for longer than it may; what somebody else gave
    is changed by who may share the image without a grant. The same again changes nothing. Raises
    `BadValue`, `Forbidden`, `OverLimit`.
    """
    image = lock(image)
    permit(actor, "share", image)
    grant = Grant(
        image=image,
        is_to_user=to.is_user,
        key=to.key,
        rights=_checked(rights),
        expires_at=_in_future(expires_at),
        granted_at=timezone.now(),
        granted_by=actor.user,
    )
    before = grant_to(image, to)
    if before and (before.rights, before.expires_at) == (grant.rights, grant.expires_at):
        return before
    if before and not (shares_by_role(actor, image) or before.granted_by == actor.user):
        raise NotGiver("Only who owns the image can change what somebody else granted.")
    _demand_held(grant, actor)
    _check_count(grant)
    rows_of(image, to).delete()
    write_grant(grant)
    kind = "image.grant.update" if before else "image.grant.create"
    record_grant(kind, actor, to=to, before=before, after=grant)
    return grant


@retried
@transaction.atomic
def revoke_grant(image: Image, *, actor: Actor, to: Grantee) -> Grant:
    """Take what *to* was granted on *image*, and return what that was.

    Who may share the image takes any, who shares by a grant what it gave, and everybody gives up
    its own (a project by its managers). Raises `NotVisible` for a grant that *actor* may not know.
    """
    image = lock(image)
    grant = find_grant(image, actor=actor, to=to)
    demand_whole(actor, "take a grant back")
    if not can_take(actor, grant, to):
        raise NotGiver("Only who owns the image can take back what somebody else granted.")
    rows_of(image, to).delete()
    record_grant("image.grant.delete", actor, to=to, before=grant)
    return grant


def grants_for(image: Image, *, actor: Actor) -> list[Grant]:
    """Return the grants that *actor* may see: all for who may share the image, else its own.

    Raises `NotVisible`.
    """
    demand_sight(actor, image)
    grants = grants_on(image)
    if is_allowed(actor, "list_all_members", image):
        return grants
    return [grant for grant in grants if is_own(actor, grant) and not grant.has_ended]


def find_grant(image: Image, *, actor: Actor, to: Grantee) -> Grant:
    """Return what *to* was granted on *image* if *actor* may see it, else raise `NotVisible`."""
    for grant in grants_for(image, actor=actor):
        if (grant.is_to_user, grant.key) == (to.is_user, to.key):
            return grant
    raise NotVisible(f"{to.name} was granted nothing on image {image.pk}.")


def forget_ended() -> int:
    """Remove the rows of grants that ended long ago; return how many."""
    border = timezone.now() - REMEMBERED
    tables = (ImageUserPermission.objects, ImageGroupPermission.objects)
    return sum(table.filter(expires_at__lt=border).delete()[0] for table in tables)


def _checked(rights: Iterable[str]) -> frozenset[Right]:
    asked = set(rights)
    if not asked:
        raise BadValue(f"At least one right is needed, of {', '.join(Right.values)}.")
    if unknown := asked - set(Right.values):
        raise BadValue(f"{min(unknown)} is no right: they are {', '.join(Right.values)}.")
    return frozenset({Right.VIEW, *map(Right, asked)})


def _in_future(end: datetime | None) -> datetime | None:
    if end is not None and end <= timezone.now():
        raise BadValue("The end must lie in the future.")
    return end


def _demand_held(grant: Grant, actor: Actor) -> None:
    """Raise `Forbidden` for a right that *actor* has not, or not for so long."""
    held = rights_to_give(actor, grant.image)
    for right in Right:
        if right not in grant.rights:
            continue
        if right not in held:
            raise NotHeld(f"You cannot grant the right to {right.value}: you have it not.")
        last = held[right]
        if last and (grant.expires_at is None or grant.expires_at > last):
            raise NotHeld(f"You hold the right to {right.value} yourself only until {last}.")


def _check_count(grant: Grant) -> None:
    living = (one for one in grants_on(grant.image) if not one.has_ended)
    present = [f"{one.is_to_user} {one.key}" for one in living]
    wanted = [*present, f"{grant.is_to_user} {grant.key}"]
    check_count(wanted, present, settings.IMAGE_MEMBER_QUOTA, "grants")
