"""The only arithmetic of quotas: each function works under the lock of one project's row.

Sizes are bytes. Every function must be called inside the transaction of the act that it bills.
Locks are always taken in the same order, so that no two acts ever wait for each other: the row of
the image, then that of the project (of two projects the one with the lesser id first), and only
then what hangs on it: its limits and parts. Who holds the image keeps everybody else from moving an
attempt to another project meanwhile, and from changing what it holds, which stands in the attempt's
own row. Raises `images.errors.OverQuota` with the numbers in it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import cache
from typing import Any

from django.conf import settings

from images.prepared import Prepared, PreparedUpdate, Slot
from quotas import statements
from quotas.account import Account, Lot, Weight
from quotas.limits import UNLIMITED, defaults, limit_of_outer
from quotas.models import Resource, Usage


def count_image(project: str) -> None:
    """Count one more image of *project*."""

    def count(account: Account) -> None:
        account.demand_image()
        account.usage.images += 1

    _bill(statements.counting(), project, count)


def reserve(project: str, lot: Lot, *, is_declared: bool) -> int | None:
    """Let an upload begin that holds *lot*; return up to how many bytes it need not ask, None: any.

    A declared size is held, and never asks: the session keeps it to its word. An unknown one holds
    nothing yet, and is admitted while used + reserved is within the limit; it is held in slices as
    bytes come (`grow`).
    """

    def begin(account: Account) -> None:
        account.demand_upload()
        account.demand_room([lot])
        account.reserve(lot)
        account.count_uploads(1)

    _bill(statements.reserving(), project, begin, size=lot.size)
    return None if is_declared or not _is_limited(project) else 0


def grow(project: str, held: Lot, size: int) -> int | None:
    """Let an upload of unknown size, which has come to *size* bytes, hold a slice beyond them.

    Returns what it holds now in place of *held*, up to which it need not ask again; None for any,
    and *held* stays as it is. Slices end at the limit; only bytes that are there pass it, and all
    uploads of a project by one configured overdraft.
    """
    allowed = size + settings.QUOTA_SLICE
    values = {"held": held.size, "size": allowed}
    if statements.growing().run(project=project, **values, **defaults(project)):
        return allowed
    return _grow_carefully(Account(project), held, size)


def _grow_carefully(account: Account, held: Lot, size: int) -> int | None:
    """Hold what there is room for, at least *size* bytes; None if there is no limit any more."""
    rooms = [*account.rooms_for(held, size)]
    if not rooms:
        return None
    allowed = min(size + settings.QUOTA_SLICE, *rooms)
    account.reserve(held, sign=-1)
    account.reserve(Lot(allowed, held.origin))
    account.close()
    return allowed


def settle(project: str, held: Lot, size: int) -> None:
    """Turn what an upload holds into *size* bytes used; only bytes beyond it may be refused."""
    lot = Lot(size, held.origin)

    def turn(account: Account) -> None:
        account.reserve(held, sign=-1)
        if size > held.size:
            account.demand_room([lot])
        account.use(lot)
        account.count_uploads(-1)

    _bill(statements.settling(), project, turn, held=held.size, size=size)


def land(project: str, lot: Lot) -> None:
    """Put *lot* on the bill, whose upload begins and ends here; it waits for its turn as others."""

    def use(account: Account) -> None:
        account.demand_upload()
        account.demand_room([lot])
        account.use(lot)

    _bill(statements.landing(), project, use, size=lot.size)


def release(project: str, held: Lot) -> None:
    """Give back what an upload holds; that it ends here is told once."""
    account = Account(project)
    account.reserve(held, sign=-1)
    account.count_uploads(-1)
    account.close()


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
    uploads = len(weight.held) + weight.imports
    taker = accounts[target]
    taker.demand_image()
    if uploads:
        taker.demand_upload(uploads)
    taker.demand_room([*weight.lots, *weight.held])
    for project, sign in ((source, -1), (target, 1)):
        account = accounts[project]
        account.usage.images += sign
        for lot in weight.lots:
            account.use(lot, sign=sign)
        for lot in weight.held:
            account.reserve(lot, sign=sign)
        account.count_uploads(sign * uploads)
        account.close()


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
