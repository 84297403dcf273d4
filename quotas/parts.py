"""Limits of parts of a project, one store's or one user's bytes: how they are set and dropped."""

from __future__ import annotations

from django.db import transaction

from images.actors import NOBODY, Actor
from images.lifecycle.transactions import retried
from quotas.account import NOWHERE, Origin
from quotas.limits import lock_bill, record_limit
from quotas.models import Part, Resource, Usage
from quotas.rows import totals_of_part


def origin_of(name: str) -> Origin:
    """Return what a `Part` of that *name* is the limit of; `NOWHERE` if no part is called so."""
    kind, _, whose = name.partition(":")
    return Origin(**{kind: whose}) if kind in {"store", "user"} else NOWHERE


@retried
@transaction.atomic
def set_part_limit(project: str, of: Origin, value: int, *, actor: Actor = NOBODY) -> Part:
    """Give one part of *project* a limit: the bytes *of* a store, or those that a user put there.

    What is there already stays, also beyond it; -1 is no limit, and the bytes are counted.
    """
    Usage.objects.get_or_create(project=project)
    lock_bill(project)
    was = Part.objects.filter(project=project, store=of.store, user=of.user).first()
    part, is_new = Part.objects.update_or_create(
        project=project, store=of.store, user=of.user, defaults={"value": value}
    )
    if is_new:
        _count(part)
        Usage.objects.filter(project=project).update(has_parts=True)
    record_limit("set", project, actor, before=_told(was), after=_told(part))
    return part


@retried
@transaction.atomic
def drop_part_limit(part: Part, *, actor: Actor = NOBODY) -> None:
    """Let the part have whatever its project may have."""
    lock_bill(part.project)
    Part.objects.filter(pk=part.pk).delete()
    has_others = Part.objects.filter(project=part.project).exists()
    Usage.objects.filter(project=part.project).update(has_parts=has_others)
    record_limit("drop", part.project, actor, before=_told(part), after=None)


def _count(part: Part) -> None:
    """Write what the new *part* has already; nothing comes or goes while the project is held."""
    by_rows = {f"{number}_by_rows": total for number, total in totals_of_part(part).items()}
    counted = Part.objects.annotate(**by_rows).get(pk=part.pk)
    part.used, part.reserved = (
        vars(counted)[f"{number}_by_rows"] for number in ("used", "reserved")
    )
    part.save(update_fields=["used", "reserved"])


def _told(part: Part | None) -> dict[str, int] | None:
    return {f"{Resource.IMAGE_SIZE_TOTAL}.{part.name}": part.value} if part else None
