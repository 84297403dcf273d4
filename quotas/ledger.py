"""The only arithmetic of quotas: each function works under the lock of one project's row.

Sizes are bytes. Every function must be called inside the transaction of the act that it bills.
Locks are always taken in the same order, so that no two acts ever wait for each other: the row of
the image, then that of the project (of two projects the one with the lesser id first), and only
then what hangs on it: its limits, parts and reservations. Who holds the image keeps everybody else
from moving an attempt to another project meanwhile. Raises `images.errors.OverQuota` with the
numbers in it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import cache
from typing import Any

from django.conf import settings

from images.prepared import Prepared, PreparedUpdate, Slot, insert
from quotas import statements
from quotas.account import Account, Hold, Lot, Weight, lots_of
from quotas.limits import UNLIMITED, defaults, limit_of_outer
from quotas.models import Reservation, Resource, Usage


def count_image(project: str) -> None:
    """Count one more image of *project*."""

    def count(account: Account) -> None:
        account.demand_image()
        account.usage.images += 1

    _bill(statements.counting(), project, count)


def reserve(project: str, hold: Hold) -> int | None:
    """Let *hold* begin; return up to how many bytes it need not ask, None for any.

    A declared size is held, and never asks: the session keeps it to its word. An unknown one is
    admitted while used + reserved is within the limit; it is held in slices as bytes come (`grow`).
    """
    lot = Lot(hold.size or 0, hold.origin)

    def begin(account: Account) -> None:
        account.demand_upload()
        account.demand_room([lot])
        account.reserve(lot)
        account.count_uploads(1)

    _bill(statements.reserving(), project, begin, size=lot.size)
    if hold.size is not None:
        return None
    insert(Reservation(attempt=hold.attempt, usage_id=project, size=0))
    return 0 if _is_limited(project) else None


def grow(project: str, hold: Hold, size: int) -> int | None:
    """Hold another slice for *hold*, of unknown size, which has come to *size* bytes.

    Returns up to how many bytes it need not ask again, None for any. Slices end at the limit;
    only bytes that are there pass it, and all uploads of a project by one configured overdraft.
    """
    allowed: int | None = size + settings.QUOTA_SLICE
    which = {"attempt": hold.attempt}
    if not statements.growing().run(project=project, **which, size=allowed, **defaults(project)):
        allowed = _grow_carefully(Account(project), hold, size)
    if allowed is not None:
        statements.slicing().run(**which, size=allowed)
    return allowed


def _grow_carefully(account: Account, hold: Hold, size: int) -> int | None:
    """Hold what there is room for, at least *size* bytes; None if there is no limit any more."""
    [held] = lots_of([hold])
    rooms = [*account.rooms_for(held, size)]
    if not rooms:
        return None
    allowed = min(size + settings.QUOTA_SLICE, *rooms)
    account.reserve(held, sign=-1)
    account.reserve(Lot(allowed, hold.origin))
    account.close()
    return allowed


def settle(project: str, hold: Hold, size: int) -> None:
    """Turn what *hold* holds into *size* bytes used; only bytes beyond it may be refused."""
    lot = Lot(size, hold.origin)

    def turn(account: Account) -> None:
        [held] = lots_of([hold])
        account.reserve(held, sign=-1)
        if size > held.size:
            account.demand_room([lot])
        account.use(lot)
        account.count_uploads(-1)

    if hold.size is None:
        _bill(statements.settling(), project, turn, attempt=hold.attempt, size=size)
        _forget(hold)
    else:
        _bill(statements.settling_declared(), project, turn, held=hold.size, size=size)


def release(project: str, hold: Hold) -> None:
    """Give back what *hold* holds; that it ends here is told once."""
    account = Account(project)
    [held] = lots_of([hold])
    account.reserve(held, sign=-1)
    account.count_uploads(-1)
    account.close()
    if hold.size is None:
        _forget(hold)


def take(project: str, lot: Lot) -> None:
    """Put *lot*, which lies in a store already, on the bill of *project*."""

    def use(account: Account) -> None:
        account.demand_room([lot])
        account.use(lot)

    _bill(statements.taking(), project, use, size=lot.size)


def begin_import(project: str) -> None:
    """Count one more import under way."""
    account = Account(project)
    account.demand_upload()
    account.count_uploads(1)
    account.close()


def end_import(project: str) -> None:
    """Count it no longer."""
    account = Account(project)
    account.count_uploads(-1)
    account.close()


def forget_image(project: str, lots: Collection[Lot]) -> None:
    """Take one image with all its *lots* off the bill of *project*."""
    account = Account(project)
    account.usage.images -= 1
    for lot in lots:
        account.use(lot, sign=-1)
    account.close()


def forget_bytes(project: str, lots: Collection[Lot]) -> None:
    """Take *lots* off the bill of *project*, whose image stays."""
    account = Account(project)
    for lot in lots:
        account.use(lot, sign=-1)
    account.close()


def move_image(source: str, target: str, weight: Weight) -> None:
    """Move one image with all its *weight* from one bill to another."""
    if source == target:
        return
    accounts = {project: Account(project) for project in sorted([source, target])}
    held, uploads = lots_of(weight.holds), len(weight.holds) + weight.imports
    taker = accounts[target]
    taker.demand_image()
    if uploads:
        taker.demand_upload(uploads)
    taker.demand_room([*weight.lots, *held])
    for project, sign in ((source, -1), (target, 1)):
        account = accounts[project]
        account.usage.images += sign
        for lot in weight.lots:
            account.use(lot, sign=sign)
        for lot in held:
            account.reserve(lot, sign=sign)
        account.count_uploads(sign * uploads)
        account.close()
    attempts = [hold.attempt for hold in weight.holds]
    Reservation.objects.filter(attempt__in=attempts).update(usage=target)


def _bill(
    change: PreparedUpdate, project: str, act: Callable[[Account], None], **values: Any
) -> None:
    """Make *change* to the row of *project*: one statement, which locks; or *act* on it."""
    if change.run(project=project, **values, **defaults(project)):
        return
    account = Account(project)
    act(account)
    account.close()


def _is_limited(project: str) -> bool:
    """Has *project*, which has a row, any limit of bytes?"""
    [standing] = _standing().ask(project=project, **defaults(project))
    limit: int = vars(standing)["limit"]
    return limit != UNLIMITED or standing.has_parts


@cache
def _standing() -> Prepared[Usage]:
    limit = limit_of_outer(Resource.IMAGE_SIZE_TOTAL)
    return Prepared(Usage.objects.filter(project=Slot("project")).annotate(limit=limit))


def _forget(hold: Hold) -> None:
    Reservation.objects.filter(attempt=hold.attempt).delete()
