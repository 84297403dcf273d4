"""Limits of projects as administrators set them, of one project or of many: all of them or none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from portal.amounts import NotAnAmount, read_amount, typed_amount
from portal.identity.permissions import demand_operator
from quotas.limits import default_limit, drop_limit, set_limit
from quotas.models import Limit, Resource

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

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
    """Of one project one limit, which was *before* (None: the default) and is to be *after*."""

    project: str
    resource: Resource
    before: Own | None
    after: Own | None
    name: str = ""
    line: int = 0

    @property
    def was(self) -> str:
        """Return the limit that there is, in words."""
        return told(self.before, self.resource)

    @property
    def becomes(self) -> str:
        """Return the limit that is to be, in words."""
        return told(self.after, self.resource)


OwnLimits = dict[tuple[str, str], Own]
"""Own limits by project and resource."""


def own_limits(projects: Collection[str] | None = None) -> OwnLimits:
    """Return the own limits of *projects*, or of all, in one query."""
    rows = Limit.objects.all()
    if projects is not None:
        rows = rows.filter(project__in=projects)
    return {(row.project, row.resource): Own(row.value, row.soft) for row in rows}


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


def told(own: Own | None, resource: Resource) -> str:
    """Return *own* in words."""
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


@transaction.atomic
def change_limits(changes: Iterable[Change], *, actor: Actor) -> None:
    """Make all of *changes*, or none of them.

    Projects are locked in the order of their ids, as the ledger locks several.
    """
    demand_operator(actor)
    for change in sorted(changes, key=lambda change: (change.project, change.resource)):
        if change.after is not None:
            own = change.after
            set_limit(change.project, change.resource, own.hard, soft=own.soft, actor=actor)
            continue
        for limit in Limit.objects.filter(project=change.project, resource=change.resource):
            drop_limit(limit, actor=actor)


def _read(text: str | None, resource: Resource, before: int | None) -> int | None:
    """Return what *text* says, None for the default; without a text it stays as *before*."""
    if text is None:
        return before
    plain = text.strip().casefold()
    return None if plain in {"", DEFAULT, _("default").casefold()} else read_amount(text, resource)
