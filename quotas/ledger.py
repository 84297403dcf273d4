"""The only arithmetic of quotas: each function works under the lock of one project's row.

Sizes are bytes. Every function must be called inside the transaction of the act that it bills,
which also holds the row of the image, so that nobody moves an attempt to another project
meanwhile. Raises `images.errors.OverQuota` with the numbers in it.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from uuid import UUID

from django.conf import settings
from django.db.models import UUIDField

from images.errors import OverQuota
from images.prepared import Prepared, Slot
from quotas.limits import UNLIMITED, limit_of
from quotas.models import Reservation, Resource, Usage


def count_image(project: str) -> None:
    """Count one more image of *project*."""
    limit = limit_of(project, Resource.IMAGE_COUNT_TOTAL)
    usage = _locked(project)
    _demand_count(usage, limit)
    usage.images += 1
    usage.save(update_fields=["images"])


def reserve(project: str, attempt: UUID, size: int | None) -> int | None:
    """Hold *size* bytes for *attempt*; return up to how many it need not ask, None for any.

    An unknown size (None) is admitted while used + reserved is within the limit; it is held in
    slices as bytes come (`grow`). A declared size never asks: the session keeps it to its word.
    """
    limit = limit_of(project, Resource.IMAGE_SIZE_TOTAL)
    usage = _locked(project)
    held = size or 0
    _demand_room(usage, limit, held)
    Reservation.objects.create(attempt=attempt, usage=usage, size=held)
    usage.reserved += held
    usage.save(update_fields=["reserved"])
    return 0 if size is None and limit != UNLIMITED else None


def grow(project: str, attempt: UUID, size: int) -> int | None:
    """Hold another slice for *attempt*, of unknown size, which has come to *size* bytes.

    Returns up to how many bytes it need not ask again, None for any. Slices end at the limit;
    only bytes that are there pass it, and all uploads of a project by one configured overdraft.
    """
    limit = limit_of(project, Resource.IMAGE_SIZE_TOTAL)
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
    usage = _locked(project)
    held = _held([attempt])
    usage.reserved -= held
    if size > held:
        _demand_room(usage, limit_of(project, Resource.IMAGE_SIZE_TOTAL), size)
    usage.used += size
    usage.save(update_fields=["used", "reserved"])
    Reservation.objects.filter(attempt=attempt).delete()


def release(project: str, attempt: UUID) -> None:
    """Give back what *attempt* holds; nothing if it holds nothing."""
    usage = _locked(project)
    usage.reserved -= _held([attempt])
    usage.save(update_fields=["reserved"])
    Reservation.objects.filter(attempt=attempt).delete()


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
    _demand_count(taker, limit_of(target, Resource.IMAGE_COUNT_TOTAL))
    _demand_room(taker, limit_of(target, Resource.IMAGE_SIZE_TOTAL), size + held)
    for usage, sign in ((giver, -1), (taker, 1)):
        usage.images += sign
        usage.used += sign * size
        usage.reserved += sign * held
        usage.save()
    Reservation.objects.filter(attempt__in=attempts).update(usage=taker)


def _locked(project: str) -> Usage:
    for usage in _usages().ask(project=project):
        return usage
    usage, _is_new = Usage.objects.select_for_update().get_or_create(project=project)
    return usage


def _held(attempts: Collection[UUID]) -> int:
    found = (_reservations().ask(attempt=attempt) for attempt in attempts)
    return sum(held.size for rows in found for held in rows)


@cache
def _usages() -> Prepared[Usage]:
    return Prepared(Usage.objects.select_for_update().filter(project=Slot("project")))


@cache
def _reservations() -> Prepared[Reservation]:
    return Prepared(Reservation.objects.filter(attempt=Slot("attempt", UUIDField())))


def _demand_count(usage: Usage, limit: int) -> None:
    if limit != UNLIMITED and usage.images + 1 > limit:
        left = max(0, limit - usage.images)
        raise OverQuota(Resource.IMAGE_COUNT_TOTAL, limit=limit, needed=1, left=left)


def _demand_room(usage: Usage, limit: int, size: int) -> None:
    taken = usage.used + usage.reserved
    if limit != UNLIMITED and taken + size > limit:
        raise _refusal(limit, needed=size, taken=taken)


def _refusal(limit: int, *, needed: int, taken: int) -> OverQuota:
    left = max(0, limit - taken)
    return OverQuota(Resource.IMAGE_SIZE_TOTAL, limit=limit, needed=needed, left=left)
