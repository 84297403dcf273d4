"""The only arithmetic of quotas: each function works under the lock of one project's row.

Sizes are bytes. Every function must be called inside the transaction of the act that it bills,
which also holds the row of the image, so that nobody moves an attempt to another project
meanwhile. Raises `images.errors.OverQuota` with the numbers in it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import cache, partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import OperationalError
from django.db.models import BigIntegerField, F, Q, QuerySet, Subquery, UUIDField
from django.db.models.functions import Coalesce

from images.errors import OverQuota
from images.prepared import Prepared, PreparedUpdate, Slot, insert
from quotas.limits import UNLIMITED, default_limit, limit_of, limit_of_outer
from quotas.models import Reservation, Resource, Usage

COUNT, SIZE = Resource.IMAGE_COUNT_TOTAL, Resource.IMAGE_SIZE_TOTAL
PROJECT, ATTEMPT = Slot("project"), Slot("attempt", UUIDField())
BYTES = Slot("size", BigIntegerField())


def count_image(project: str) -> None:
    """Count one more image of *project*."""
    _bill(_counting(), project, COUNT, _demand_count)


def reserve(project: str, attempt: UUID, size: int | None) -> int | None:
    """Hold *size* bytes for *attempt*; return up to how many it need not ask, None for any.

    An unknown size (None) is admitted while used + reserved is within the limit; it is held in
    slices as bytes come (`grow`). A declared size never asks: the session keeps it to its word.
    """
    held = size or 0
    _bill(_reserving(), project, SIZE, partial(_demand_room, size=held), size=held)
    insert(Reservation(attempt=attempt, usage_id=project, size=held))
    return 0 if size is None and limit_of(project, SIZE) != UNLIMITED else None


def grow(project: str, attempt: UUID, size: int) -> int | None:
    """Hold another slice for *attempt*, of unknown size, which has come to *size* bytes.

    Returns up to how many bytes it need not ask again, None for any. Slices end at the limit;
    only bytes that are there pass it, and all uploads of a project by one configured overdraft.
    """
    limit = limit_of(project, SIZE)
    if limit == UNLIMITED:
        return None
    usage = _locked(project)
    held = Reservation.objects.get(attempt=attempt)
    others = usage.used + usage.reserved - held.size
    room = limit - others
    if size > room:
        room += settings.QUOTA_OVERDRAFT
    allowed = min(size + settings.QUOTA_SLICE, room)
    if allowed < size:
        raise _refusal(limit, needed=size, taken=others)
    usage.reserved += allowed - held.size
    usage.save(update_fields=["reserved"])
    held.size = allowed
    held.save(update_fields=["size"])
    return allowed


def settle(project: str, attempt: UUID, size: int) -> None:
    """Turn what *attempt* holds into *size* bytes used; only bytes beyond it may be refused."""

    def demand(usage: Usage, limit: int) -> None:
        usage.reserved -= _held([attempt])
        _demand_room(usage, limit, size)

    _bill(_settling(), project, SIZE, demand, attempt=attempt, size=size)
    _forget(attempt)


def release(project: str, attempt: UUID) -> None:
    """Give back what *attempt* holds; nothing if it holds nothing."""
    usage = _locked(project)
    usage.reserved -= _held([attempt])
    usage.save(update_fields=["reserved"])
    _forget(attempt)


def forget_image(project: str, size: int) -> None:
    """Take one image of *size* bytes off the bill of *project*."""
    usage = _locked(project)
    usage.images -= 1
    usage.used -= size
    usage.save(update_fields=["images", "used"])


def forget_bytes(project: str, size: int) -> None:
    """Take *size* bytes off the bill of *project*, whose image stays."""
    usage = _locked(project)
    usage.used -= size
    usage.save(update_fields=["used"])


def move_image(source: str, target: str, *, size: int, attempts: Collection[UUID]) -> None:
    """Move one image of *size* bytes, and its *attempts*, from one bill to another."""
    rows = {project: _locked(project) for project in sorted({source, target})}
    giver, taker = rows[source], rows[target]
    held = _held(attempts)
    _demand_count(taker, limit_of(target, COUNT))
    _demand_room(taker, limit_of(target, SIZE), size + held)
    for usage, sign in ((giver, -1), (taker, 1)):
        usage.images += sign
        usage.used += sign * size
        usage.reserved += sign * held
        usage.save()
    Reservation.objects.filter(attempt__in=attempts).update(usage=taker)


def _bill(
    change: PreparedUpdate,
    project: str,
    resource: Resource,
    demand: Callable[[Usage, int], None],
    **values: Any,
) -> None:
    """Make *change* to the row of *project* if it keeps to the limit: one statement, which locks.

    If it does not, *demand* refuses with the numbers, unless there was no row of the project yet.
    """
    values |= {"project": project, "default": default_limit(resource)}
    if change.run(**values):
        return
    demand(_locked(project), limit_of(project, resource))
    if not change.run(**values):
        raise OperationalError("The limit was changed at this moment; try again.")


@cache
def _counting() -> PreparedUpdate:
    has_room = Q(limit=UNLIMITED) | Q(images__lt=F("limit"))
    return PreparedUpdate(_billed(COUNT).filter(has_room), images=F("images") + 1)


@cache
def _reserving() -> PreparedUpdate:
    has_room = Q(limit=UNLIMITED) | Q(limit__gte=F("used") + F("reserved") + BYTES)
    return PreparedUpdate(_billed(SIZE).filter(has_room), reserved=F("reserved") + BYTES)


@cache
def _settling() -> PreparedUpdate:
    of_attempt = Reservation.objects.filter(attempt=ATTEMPT).values("size")
    held = Coalesce(Subquery(of_attempt), 0, output_field=BigIntegerField())
    total = F("used") + F("reserved") - F("held") + BYTES
    has_room = Q(held__gte=BYTES) | Q(limit=UNLIMITED) | Q(limit__gte=total)
    rows = _billed(SIZE).alias(held=held).filter(has_room)
    return PreparedUpdate(rows, used=F("used") + BYTES, reserved=F("reserved") - held)


def _billed(resource: Resource) -> QuerySet[Usage]:
    """Return the row of a project beside its limit."""
    return Usage.objects.filter(project=PROJECT).alias(limit=limit_of_outer(resource))


def _locked(project: str) -> Usage:
    for usage in _usages().ask(project=project):
        return usage
    usage, _is_new = Usage.objects.select_for_update().get_or_create(project=project)
    return usage


def _forget(attempt: UUID) -> None:
    Reservation.objects.filter(attempt=attempt).delete()


def _held(attempts: Collection[UUID]) -> int:
    found = (_reservations().ask(attempt=attempt) for attempt in attempts)
    return sum(held.size for rows in found for held in rows)


@cache
def _usages() -> Prepared[Usage]:
    return Prepared(Usage.objects.select_for_update().filter(project=PROJECT))


@cache
def _reservations() -> Prepared[Reservation]:
    return Prepared(Reservation.objects.filter(attempt=ATTEMPT))


def _demand_count(usage: Usage, limit: int) -> None:
    if limit != UNLIMITED and usage.images + 1 > limit:
        left = max(0, limit - usage.images)
        raise OverQuota(COUNT, limit=limit, needed=1, left=left)


def _demand_room(usage: Usage, limit: int, size: int) -> None:
    taken = usage.used + usage.reserved
    if limit != UNLIMITED and taken + size > limit:
        raise _refusal(limit, needed=size, taken=taken)


def _refusal(limit: int, *, needed: int, taken: int) -> OverQuota:
    left = max(0, limit - taken)
    return OverQuota(SIZE, limit=limit, needed=needed, left=left)
