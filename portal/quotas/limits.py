"""Limits of projects as administrators set them, of one project or of many: all of them or none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from images.lifecycle.transactions import retried
from portal.identity.permissions import demand_operator
from portal.quotas.amounts import NotAnAmount, read_amount, typed_amount
from quotas.limits import default_limit, drop_limit, set_limit
from quotas.models import Limit, Part, Resource
from quotas.parts import drop_part_limit, origin_of, set_part_limit

if TYPE_CHECKING:
    from collections.abc import Collection

    from images.actors import Actor

DEFAULT = "default"
"""What one may write for a limit that is the default, instead of nothing."""


@dataclass(frozen=True, slots=True)
class Own:
    """A limit that is a project's own: bytes or a count; *soft* is where to warn, if not usual."""

    hard: int
    soft: int | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """Of one project one limit, which was *before* (None: the default) and is to be *after*.

    *part* is the name of the store's or the user's share that it limits, of which *whose* is the
    user's name; nothing for the whole project.
    """

    project: str
    resource: Resource
    before: Own | None
    after: Own | None
    name: str = ""
    line: int = 0
    part: str = ""
    whose: str = ""

    @property
    def what(self) -> str:
        """Return what is limited, as files name it."""
        return self.part or self.resource.value

    @property
    def was(self) -> str:
        """Return the limit that there is, in words."""
        return told(self.before, self.resource, part=self.part)

    @property
    def becomes(self) -> str:
        """Return the limit that is to be, in words."""
        return told(self.after, self.resource, part=self.part)


OwnLimits = dict[tuple[str, str], Own]
"""Own limits by project and resource, or by project and name of a part."""


def own_limits(projects: Collection[str] | None = None) -> OwnLimits:
    """Return the own limits of *projects*, or of all, and of their parts, in two queries."""
    rows, parts = Limit.objects.all(), Part.objects.order_by("store", "user")
    if projects is not None:
        rows, parts = rows.filter(project__in=projects), parts.filter(project__in=projects)
    own = {(row.project, row.resource): Own(row.value, row.soft) for row in rows}
    return own | {(part.project, part.name): Own(part.value) for part in parts}


def wanted_limit(
    resource: Resource, hard: str | None, soft: str | None, before: Own | None
) -> Own | None:
    """Return the limit that *hard* and *soft* say, as typed; None is the default.

    What is None itself stays as it was *before*. Raises `NotAnAmount`.
    """
    own_hard = _read(hard, resource, before.hard if before else None)
    own_soft = _read(soft, resource, before.soft if before else None)
    if own_hard is None:
        if soft and own_soft is not None:
            raise NotAnAmount(_("A soft line of its own needs a limit of its own."))
        return None
    if own_soft is not None and not 0 <= own_soft <= own_hard:
        raise NotAnAmount(_("The soft line is an amount, no higher than the limit."))
    return Own(own_hard, own_soft)


def told(own: Own | None, resource: Resource, *, part: str = "") -> str:
    """Return *own* in words; where there is none, a *part* has what its project has."""
    if own is None and part:
        return _("none of its own")
    if own is None and settings.QUOTA_SOURCE:
        return _("default")  # which is another one for each project
    if own is None:
        usual = typed_amount(default_limit(resource), resource)
        return _("the default, %(amount)s") % {"amount": usual}
    hard = typed_amount(own.hard, resource)
    if own.soft is None:
        return hard
    soft = typed_amount(own.soft, resource)
    return _("%(hard)s, soft line %(soft)s") % {"hard": hard, "soft": soft}


@retried
@transaction.atomic
def change_limits(changes: Collection[Change], *, actor: Actor) -> None:
    """Make all of *changes*, or none of them.

    Projects are locked in the order of their ids, as the ledger locks several.
    """
    demand_operator(actor)
    for change in sorted(changes, key=lambda change: (change.project, change.what)):
        if change.part:
            _change_part(change, actor)
        elif change.after is not None:
            own = change.after
            set_limit(change.project, change.resource, own.hard, soft=own.soft, actor=actor)
        else:
            for limit in Limit.objects.filter(project=change.project, resource=change.resource):
                drop_limit(limit, actor=actor)


def _change_part(change: Change, actor: Actor) -> None:
    of = origin_of(change.part)
    if change.after is not None:
        set_part_limit(change.project, of, change.after.hard, actor=actor)
        return
    for part in Part.objects.filter(project=change.project, store=of.store, user=of.user):
        drop_part_limit(part, actor=actor)


def _read(text: str | None, resource: Resource, before: int | None) -> int | None:
    """Return what *text* says, None for the default; without a text it stays as *before*."""
    if text is None:
        return before
    plain = text.strip().casefold()
    return None if plain in {"", DEFAULT, _("default").casefold()} else read_amount(text, resource)
