"""What lists show: one ordered scan for each reason for which an image is in a list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from django.db import connections
from django.db.models import Exists, Q, QuerySet

from images.actors import READER, Actor
from images.models.member import Member
from images.models.permission import granted_to
from images.models.sorting import Order, beyond, in_order
from images.states import MemberStatus, Visibility

if TYPE_CHECKING:
    from images.models.queryset import ImageQuerySet

ALL = "all"


@dataclass(frozen=True, slots=True)
class Listed:
    """The images of a list, as one queryset for each reason for which they are in it.

    The database reads each in the list's order from an index, and no further than the page goes.
    Asked for all reasons at once (own *or* public *or* shared) it would read and sort them all.
    """

    reasons: tuple[ImageQuerySet, ...]

    def filter(self, condition: Q) -> Self:
        """Return those for which *condition* holds too."""
        return type(self)(tuple(reason.filter(condition) for reason in self.reasons))

    def page(
        self, order: Order, *, limit: int, after: Mapping[str, Any] | None
    ) -> ImageQuerySet | None:
        """Return the first *limit* in *order*, of those that come *after* a border if it is given.

        None: there is no reason to list anything.
        """
        if not self.reasons:
            return None
        rest = Q() if after is None else beyond(order, after)
        first, *others = [
            reason.filter(rest).order_by(*in_order(order))[:limit] for reason in self.reasons
        ]
        if not others:
            return first
        keys = _keys(first).union(*map(_keys, others))
        images = first.model.objects.filter(pk__in=keys)
        return images.order_by(*in_order(order))[:limit]


def _keys(page: ImageQuerySet) -> QuerySet[Any, Any]:
    """Return the ids of *page*, as a part of a union."""
    if connections[page.db].features.supports_slicing_ordering_in_compound:
        return page.values("pk")
    return page.model.objects.filter(pk__in=page.values("pk")).values("pk")  # so SQLite takes it


def listed_for(
    images: ImageQuerySet,
    actor: Actor,
    *,
    member_status: str = MemberStatus.ACCEPTED,
    visibility: str = "",
) -> Listed:
    """Return what a list shows *actor* of *images*: own, public, granted, shared and answered so.

    *visibility* is one, `ALL`, or empty: then community images of others are left out.
    *member_status* is the answer that counts for images of others ("all": any).
    """
    if actor.sees_all:
        return Listed((images.filter(_limited(actor, visibility)),))
    if not actor.has_role(READER):
        return Listed(())
    reasons = _reasons(actor, member_status, visibility)
    return Listed(tuple(images.filter(reason) for reason in reasons))


def _limited(actor: Actor, visibility: str) -> Q:
    """Return the condition on visibility alone."""
    if visibility == ALL:
        return Q()
    if visibility:
        return Q(visibility=visibility)
    return ~(Q(visibility=Visibility.COMMUNITY) & ~Q(owner=actor.project))


def _reasons(actor: Actor, member_status: str, visibility: str) -> Iterator[Q]:
    limit = _limited(actor, visibility)
    yield Q(owner=actor.project) & (limit if visibility else Q())
    wanted = {visibility} if visibility not in {"", ALL} else set(Visibility)
    if Visibility.PUBLIC in wanted:
        yield Q(visibility=Visibility.PUBLIC)
    if Visibility.COMMUNITY in wanted and visibility:
        yield Q(visibility=Visibility.COMMUNITY)
    if Visibility.SHARED in wanted:
        shared = Q(visibility=Visibility.SHARED)
        yield shared & Q(Exists(Member.answered(actor.project, member_status)))
        yield shared & Q(owner=None)
    yield Q(pk__in=granted_to(actor, "view_image")) & limit
