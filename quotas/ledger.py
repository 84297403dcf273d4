"""The only arithmetic of quotas: each function works under the lock of one project's row.

Sizes are bytes. Every function must be called inside the transaction of the act that it bills.
Raises `images.errors.OverQuota` with the numbers in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import F

from images.errors import OverQuota
from quotas.limits import UNLIMITED, limit_of
from quotas.models import Reservation, Resource, Usage

if TYPE_CHECKING:
    from uuid import UUID

def _locked(project: str) -> Usage:
    Usage.objects.get_or_create(project=project)
    return Usage.objects.select_for_update().get(project=project)


def count_image(project: str) -> None:
    """Count one more image of *project*."""
    usage = _locked(project)
    limit = limit_of(project, Resource.IMAGE_COUNT_TOTAL)
    if limit != UNLIMITED and usage.images + 1 > limit:
        left = max(0, limit - usage.images)
        raise OverQuota(Resource.IMAGE_COUNT_TOTAL, limit=limit, needed=1, left=left)
    usage.images += 1
    usage.save(update_fields=["images"])


def reserve(project: str, attempt: UUID, size: int | None) -> int | None:
    """Hold *size* bytes for *attempt* and return the most that it may have; None is no limit.

    An unknown size (None) is admitted while used + reserved is within the limit; it is held in
    slices as bytes come (`grow`).
    """
    usage = _locked(project)
    held = size or 0
    _demand_room(usage, held)
    Reservation.objects.create(
        attempt=attempt, usage=usage, size=held, is_declared=size is not None
    )
    usage.reserved += held
    usage.save(update_fields=["reserved"])
    if size is not None:
        return None  # the session itself holds a declared size to its word
    return 0 if _limit_of_size(usage) != UNLIMITED else None


def grow(project: str, attempt: UUID, size: int) -> int | None:
    """Hold another slice for an attempt of unknown size that has come to *size* bytes.

    Returns the bytes up to which it need not ask again. Beyond the limit it may go by the
    configured overdraft, which one upload of a project holds at a time.
    """
    usage = _locked(project)
    limit = _limit_of_size(usage)
    if limit == UNLIMITED:
        return None
    held = Reservation.objects.get(attempt=attempt)
    others = usage.used + usage.reserved - held.size
    wanted = max(size, held.size) + settings.QUOTA_SLICE
    ceiling = limit + settings.QUOTA_OVERDRAFT - others
    allowed = min(wanted, ceiling)
    if allowed < size:
        raise _refusal(usage, limit, size)
    usage.reserved += allowed - held.size
    usage.save(update_fields=["reserved"])
    Reservation.objects.filter(attempt=attempt).update(size=allowed)
    return allowed


def settle(project: str, attempt: UUID, size: int) -> None:
    """Turn what *attempt* holds into *size* bytes used."""
    usage = _locked(project)
    held = Reservation.objects.filter(attempt=attempt).first()
    if held is None:
        _demand_room(usage, size)
    else:
        held.delete()
        usage.reserved -= held.size
    usage.used += size
    usage.save(update_fields=["used", "reserved"])


def release(attempt: UUID) -> None:
    """Give back what *attempt* holds; nothing if it holds nothing."""
    held = Reservation.objects.filter(attempt=attempt).first()
    if held is None:
        return
    usage = _locked(held.usage_id)
    deleted, _rows = Reservation.objects.filter(attempt=attempt).delete()
    if deleted:
        usage.reserved -= held.size
        usage.save(update_fields=["reserved"])


def forget_image(project: str, size: int) -> None:
    """Take one image of *size* bytes off the bill of *project*."""
    usage = _locked(project)
    usage.images -= 1
    usage.used -= size
    usage.save(update_fields=["images", "used"])


def move_image(source: str, target: str, size: int) -> None:
    """Move one image of *size* bytes from one bill to another; rows are locked in one order."""
    for project in sorted({source, target}):
        _locked(project)
    forget_image(source, size)
    count_image(target)
    _demand_room(_locked(target), size)
    Usage.objects.filter(project=target).update(used=F("used") + size)


def _limit_of_size(usage: Usage) -> int:
    return limit_of(usage.project, Resource.IMAGE_SIZE_TOTAL)


def _demand_room(usage: Usage, size: int) -> None:
    limit = _limit_of_size(usage)
    if limit != UNLIMITED and usage.used + usage.reserved + size > limit:
        raise _refusal(usage, limit, size)


def _refusal(usage: Usage, limit: int, size: int) -> OverQuota:
    left = max(0, limit - usage.used - usage.reserved)
    return OverQuota(Resource.IMAGE_SIZE_TOTAL, limit=limit, needed=size, left=left)
