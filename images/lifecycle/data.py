"""Bytes come in: one straight way, one undo."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache, partial
from types import TracebackType
from typing import Any

from django.conf import settings
from django.db import transaction

from images.actors import Actor
from images.errors import ImageError, MissingFormat, UploadLost
from images.events import record, record_data, recorded_together
from images.lifecycle.heartbeat import LOST, beating
from images.lifecycle.images import lock
from images.lifecycle.removal import remove_object, take_name
from images.lifecycle.slots import upload_slot
from images.lifecycle.transactions import (
    TROUBLE,
    is_away,
    persistently,
    release_connection,
    retried,
)
from images.lifecycle.undo import abandon
from images.models import Image, Location
from images.models.finding import find_locked
from images.permissions import permit
from images.prepared import insert, save_fields
from images.signals import upload_finishing, upload_growing, upload_starting
from images.states import LocationStatus, Status
from stores.base import Store
from stores.errors import ObjectMissing, StoreDown, StoreError, StoreReadOnly, TooLarge
from stores.inspection import Inspection
from stores.registry import get_store
from stores.session import Receipt, UploadSession

logger = logging.getLogger(__name__)

ExcType = type[BaseException] | None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to give *image* its data: its row, its store, and the bytes that it may have."""

    image: Image
    location: Location
    store: Store
    limit: int
    actor: Actor


@contextmanager
def receiving(
    image: Image, *, actor: Actor, size: int | None = None, store: str | None = None
) -> Iterator[UploadSession]:
    """Open *image* for its data; leave no trace unless the session was sealed.

    *size* is the declared bytes, *store* a store's name (the default one if None). Raises
    `NotVisible`, `Forbidden`, `WrongState`, `MissingFormat`, `OverQuota`, `NoFreeSlot` and any
    `StoreError`; afterwards the image is active, or queued again without a byte.
    """
    attempt = _begin(image, actor=actor, size=size, store=get_store(store))
    with ExitStack() as undo:
        undo.push(undoing(attempt))
        release_connection()
        with (
            upload_slot(),
            beating(attempt.location) as life,
            _open_session(attempt, size) as session,
        ):
            session.demand_wanted = life.demand
            yield session
        if session.receipt:
            finish(attempt, session.receipt)
            undo.pop_all()


@retried
@transaction.atomic(durable=True)
def _begin(image: Image, *, actor: Actor, size: int | None, store: Store) -> Attempt:
    """Transaction 1: whatever can refuse does so before a byte is read."""
    return begin_attempt(image, actor=actor, size=size, store=store)


def begin_attempt(image: Image, *, actor: Actor, size: int | None, store: Store) -> Attempt:
    """Give *image* to a new attempt, in the caller's transaction."""
    image = lock(image)
    permit(actor, "upload", image)
    if store.read_only:
        raise StoreReadOnly(f"Store {store.name} takes no data.")
    if image.status == Status.SAVING:  # if that worker is dead, nobody waits for the reaper
        abandon(image, image.locations.stale())
    image.claim(Status.QUEUED, to=Status.SAVING)
    if any(location.size is None for location in image.active_locations):
        image.locations.named_only().delete()
    if not image.has_formats:
        raise MissingFormat("Disk format and container format must be set before data can come.")
    _demand_within(settings.IMAGE_SIZE_CAP, size)  # sums of what it lets pass fit into a column
    location = attempt_on(image, store, actor, size=size)
    insert(location)
    record_data("image.prepare", image, actor, backend=store.name)
    limit = _admit(location)  # last: the project's row is locked as briefly as can be
    return Attempt(image, location, store, limit, actor)


def attempt_on(image: Image, store: Store, actor: Actor, *, size: int | None) -> Location:
    """Return the row of a new attempt on *image*, under a key of its own, still to be written."""
    identity = uuid.uuid4()
    key = f"{image.pk}.{identity.hex}"
    return Location(
        id=identity, image=image, store=store.name, key=key, size=size, uploader=actor.user
    )


def _admit(location: Location) -> int:
    """Return the most bytes that the attempt may have, refusing a declared size beyond it."""
    image = location.image
    limit = _capped(_least(upload_starting.send(Image, image=image, attempt=location)))
    _demand_within(limit, location.size)
    return limit


def _demand_within(limit: int, size: int | None) -> None:
    if size is not None and size > limit:
        raise TooLarge(f"{size} bytes are more than the {limit} that an image may have.")


def _least(answers: list[tuple[Any, Any]]) -> int | None:
    return min((most for _, most in answers if most is not None), default=None)


def _capped(limit: int | None) -> int:
    cap: int = settings.IMAGE_SIZE_CAP
    return cap if limit is None else min(limit, cap)


def _open_session(attempt: Attempt, size: int | None) -> UploadSession:
    return UploadSession(
        attempt.store.create(attempt.location.key, size),
        limit=attempt.limit,
        declared=size,
        inspection=inspection_of(attempt.image),
        grow=partial(grow, attempt) if size is None else None,
    )


def inspection_of(image: Image) -> Inspection:
    """Return who judges the data that come for *image*."""
    enforce = settings.REQUIRE_IMAGE_FORMAT_MATCH
    return Inspection(str(image.disk_format), str(image.container_format), enforce=enforce)


def grow(attempt: Attempt, count: int) -> int:
    """Let *attempt*, of unknown size, which is at *count* bytes, have more; return how many."""
    if count > settings.IMAGE_SIZE_CAP:
        raise TooLarge(f"An image may have {settings.IMAGE_SIZE_CAP} bytes at most.")
    allowance = persistently(partial(_admit_growth, attempt, count))
    release_connection()
    if allowance is not None:
        attempt.location.allowance = allowance
    return _capped(allowance)


@transaction.atomic
def _admit_growth(attempt: Attempt, count: int) -> int | None:
    """Allow an attempt of unknown size, which is at *count* bytes, more; None: any."""
    image = find_locked(attempt.image.pk)
    location = Location.objects.writing().filter(pk=attempt.location.pk).first()
    if location is None:
        raise _lost()
    allowance = _least(upload_growing.send(Image, image=image, attempt=location, size=count))
    if allowance is not None:
        location.allowance = allowance
        save_fields(location, "allowance")
    return allowance


def _lost() -> UploadLost:
    return UploadLost(LOST)


def finish(attempt: Attempt, receipt: Receipt, *, also: Callable[[], object] | None = None) -> None:
    """Conclude the upload, also when the database is away at this moment: its bytes are all there.

    Stores take no part in transactions: the name is taken once, however often one is tried. What
    *also* writes stands in the same transaction, and may refuse.
    """
    take = cache(partial(take_name, attempt.store, attempt.location))
    persistently(partial(_conclude, attempt, receipt, take, also or bool))


@transaction.atomic(durable=True)
def _conclude(
    attempt: Attempt,
    receipt: Receipt,
    take: Callable[[], Location | None],
    also: Callable[[], object],
) -> None:
    """Transaction 2: show the image as active, take its name in the store, and settle.

    The name is taken under the lock of the image's row: whoever was overtaken never comes so far,
    and an object under that name without an active location is nobody's. The project's row is
    locked after all else, so that no other upload of the project waits for a store.
    """
    location = attempt.location
    image = find_locked(attempt.image.pk)
    if not location.activate(key=str(image.pk), size=receipt.size):
        if Location.objects.filter(pk=location.pk, status=LocationStatus.ACTIVE).exists():
            return  # an earlier try was committed, and its answer lost
        raise _lost()
    image.claim(Status.SAVING, to=Status.ACTIVE, **told_by(receipt))
    also()
    if leftover := take():
        insert(leftover)
    with recorded_together():
        record_data("image.upload", image, attempt.actor, backend=location.store)
        record("image.activate", image, attempt.actor)
    upload_finishing.send(Image, image=image, attempt=location, size=receipt.size)


def told_by(receipt: Receipt) -> dict[str, Any]:
    """Return what *receipt* tells of the data, as the image's fields."""
    return {
        "size": receipt.size,
        "virtual_size": receipt.virtual_size,
        "checksum": receipt.checksum,
        "os_hash_algo": receipt.hash_algo,
        "os_hash_value": receipt.hash_value,
    }


def undoing(
    attempt: Attempt,
) -> Callable[[ExcType, BaseException | None, TracebackType | None], None]:
    """Return the exit that puts everything back, as an `ExitStack` wants it."""

    def undo(kind: ExcType, error: BaseException | None, trace: TracebackType | None) -> None:
        if is_away(error):
            return  # the row is there, and soon without a sign of life: the reaper sees it
        try:
            give_up(attempt, error)
        except TROUBLE as trouble:
            logger.warning("%s is left to the reaper: %s", attempt.location, trouble)

    return undo


def give_up(attempt: Attempt, error: BaseException | None) -> None:
    """Undo *attempt*, which ended by *error* or without being sealed."""
    mine = Location.objects.filter(pk=attempt.location.pk)
    abandon(attempt.image, mine, actor=attempt.actor, reason=_reason(error))
    if isinstance(error, StoreDown):
        return  # the reaper tries again when the store may be back
    if not mine.exclude(status=LocationStatus.DELETING).exists():
        remove_object(attempt.location)  # whoever gave it up for dead may have come too early
    if isinstance(error, ObjectMissing):
        raise _lost() from error


def _reason(error: BaseException | None) -> str:
    """Return what an event may tell of *error*: our own words only."""
    known = isinstance(error, ImageError | StoreError)
    return str(error) if known else "The upload broke off."
