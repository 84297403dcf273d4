"""What a project may have: the limits in force, and how they are set."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import BigIntegerField, Expression, F, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.module_loading import import_string

from images.actors import NOBODY, Actor
from images.events import record_act
from images.lifecycle.transactions import retried
from images.prepared import Prepared, Slot
from quotas.models import Limit, Resource, Usage

UNLIMITED = -1
PERCENT = 100
WARNED = {
    Resource.IMAGE_SIZE_TOTAL: ("used", "warned_size"),
    Resource.IMAGE_COUNT_TOTAL: ("images", "warned_count"),
}
"""What of a project's usage is compared with its soft line, and what says that this was told.

Uploads under way are soon over, and nobody is warned of them.
"""


@dataclass(frozen=True, slots=True)
class Line:
    """How far a project may come: at *hard* it is refused more, above *soft* it is warned.

    Bytes or a count; both are `UNLIMITED` where there is no limit.
    """

    hard: int
    soft: int


def line_of(project: str, resource: Resource) -> Line:
    """Return the limit in force for *project* with the soft line before it."""
    for own in _limits().ask(project=project, resource=resource):
        return Line(own.value, usual_soft(own.value) if own.soft is None else own.soft)
    hard = usual_limits(project)[resource]
    return Line(hard, usual_soft(hard))


def limit_of(project: str, resource: Resource) -> int:
    """Return the limit in force for *project*: bytes or a count, `UNLIMITED` for none."""
    return line_of(project, resource).hard


def usual_soft(hard: int) -> int:
    """Return where the soft line of a limit lies that has none of its own."""
    return UNLIMITED if hard == UNLIMITED else hard * settings.QUOTA_SOFT_PERCENT // PERCENT


def usual_limits(project: str) -> dict[str, int]:
    """Return the limits of *project* where it has none of its own here.

    They are what `QUOTA_SOURCE` says, a function that knows of each project those it has elsewhere,
    and the configured ones for the rest.
    """
    usual = {resource.value: default_limit(resource) for resource in Resource}
    if source := settings.QUOTA_SOURCE:
        usual |= import_string(source)(project)
    return usual


def default_limit(resource: Resource) -> int:
    """Return the limit of projects of which nobody says anything else."""
    return int(settings.QUOTA_DEFAULTS.get(resource, UNLIMITED))


def limit_of_outer(resource: Resource) -> Coalesce:
    """Return `limit_of` the project of an outer row, with a slot that `defaults` fill."""
    default = Slot(f"hard:{resource}", BigIntegerField())
    return Coalesce(Subquery(own_of_outer(resource).values("value")), default)


def soft_of_outer(resource: Resource) -> Coalesce:
    """Return the soft line of the project of an outer row, with slots that `defaults` fill."""
    default = Slot(f"soft:{resource}", BigIntegerField())
    own = own_of_outer(resource).annotate(line=Coalesce("soft", _usual_soft_of("value")))
    return Coalesce(Subquery(own.values("line")), default)


def _usual_soft_of(hard: str) -> Expression:
    """Return `usual_soft` of a column; the product of a great limit would not fit into one."""
    whole = Value(PERCENT, BigIntegerField())
    percent = Slot("percent", BigIntegerField())
    found: Expression = F(hard) / whole * percent + F(hard) % whole * percent / whole
    return found


def defaults(project: str) -> dict[str, int]:
    """Return the values of the slots in what is asked about limits of *project*."""
    hard = usual_limits(project)
    softs = {f"soft:{resource}": usual_soft(value) for resource, value in hard.items()}
    hards = {f"hard:{resource}": value for resource, value in hard.items()}
    return hards | softs | {"percent": settings.QUOTA_SOFT_PERCENT}


def own_of_outer(resource: Resource) -> Any:
    """Return the limit of its own that the project of an outer row has for *resource*, if any."""
    return Limit.objects.filter(project=OuterRef("project"), resource=resource).order_by()


@cache
def _limits() -> Prepared[Limit]:
    of_project = Limit.objects.filter(project=Slot("project"), resource=Slot("resource"))
    return Prepared(of_project.order_by())


@retried
@transaction.atomic
def set_limit(
    project: str,
    resource: Resource,
    value: int,
    *,
    soft: int | None = None,
    actor: Actor = NOBODY,
) -> None:
    """Give *project* a limit of its own; what it has already stays, also beyond it.

    *soft* is where it is warned; None: at the usual percentage of *value*.
    """
    lock_bill(project)
    was = Limit.objects.filter(project=project, resource=resource).first()
    now, _is_new = Limit.objects.update_or_create(
        project=project, resource=resource, defaults={"value": value, "soft": soft}
    )
    _arm(project, resource)
    record_limit("set", project, actor, before=_told(was), after=_told(now))


@retried
@transaction.atomic
def drop_limit(limit: Limit, *, actor: Actor = NOBODY) -> None:
    """Let the default hold again for the project of *limit*."""
    lock_bill(limit.project)
    Limit.objects.filter(pk=limit.pk).delete()
    _arm(limit.project, Resource(limit.resource))
    record_limit("drop", limit.project, actor, before=_told(limit), after=None)


def lock_bill(project: str) -> Usage | None:
    """Lock the row of *project*, which comes before those of its limits; None if there is none."""
    return Usage.objects.select_for_update().filter(project=project).first()


def _arm(project: str, resource: Resource) -> None:
    """Let *project* be warned again if it is not above the line as that is now."""
    if resource not in WARNED:
        return
    counted, warned = WARNED[resource]
    line = line_of(project, resource)
    below = {} if line.hard == UNLIMITED else {f"{counted}__lte": line.soft}
    Usage.objects.filter(project=project, **below).update(**{warned: False})


def _told(limit: Limit | None) -> dict[str, int] | None:
    if limit is None:
        return None
    soft = {} if limit.soft is None else {f"{limit.resource}.soft": limit.soft}
    return {str(limit.resource): limit.value} | soft


def record_limit(verb: str, project: str, actor: Actor, **change: Any) -> None:
    """Write down that a limit in *project* was set or dropped."""
    record_act(f"quota.limit.{verb}", actor, subject=project, project=project, **change)
