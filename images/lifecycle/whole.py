"""Bytes that are all here when their upload begins: nothing is waited for, one transaction does."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial

from django.conf import settings
from django.db import Error, transaction

from images.actors import Actor
from images.errors import WrongState
from images.events import record, record_data, recorded_together
from images.lifecycle.data import attempt_on, inspection_of, told_by
from images.lifecycle.slots import upload_slot
from images.lifecycle.strays import settle_attempt
from images.lifecycle.transactions import persistently, release_connection
from images.models import Image, Location
from images.models.finding import find_locked
from images.permissions import permit
from images.prepared import insert
from images.signals import upload_landing
from images.states import LocationStatus, Status
from stores.base import LinkingStore, can_link
from stores.errors import StoreError
from stores.registry import get_store
from stores.session import Receipt, UploadSession

logger = logging.getLogger(__name__)


def receive_whole(image: Image, data: bytes, *, actor: Actor, store: str | None = None) -> bool:
    """Give *image*, which came with its parts, all its *data*; tell whether it has them now.

    If not, nothing was changed, and `receiving` is the way: it can tell why, and writes down that
    it was tried. No row is there before the first byte. In a store that links, the attempt's own
    key tells of it until the commit is known: whoever dies before leaves it to the reaper
    (`images.lifecycle.strays`). Raises `Forbidden`, `OverQuota`, `NoFreeSlot`, `UnknownStore`.
    """
    permit(actor, "upload", image)
    place = get_store(store)
    if not (can_link(place) and _is_plain(image)):
        return False
    attempt = attempt_on(image, place, actor, size=len(data))
    release_connection()
    try:
        with upload_slot(), _settled(attempt, place):
            receipt = _write(attempt, data, place)
            return _land(attempt, receipt, place, actor)
    except (WrongState, StoreError) as trouble:
        logger.info("%s goes the longer way: %s", attempt, trouble)
        return False


def _is_plain(image: Image) -> bool:
    """Is *image* one without a thing that has to go before data can come?"""
    return image.status == Status.QUEUED and image.has_formats and not image.active_locations


@contextmanager
def _settled(attempt: Location, store: LinkingStore) -> Iterator[None]:
    """Leave nothing under the key of *attempt*, however it ends."""
    key = attempt.key
    with ExitStack() as undo:
        undo.callback(settle_attempt, store, key)
        yield
        undo.pop_all()
    try:
        store.unlink(key)
    except StoreError as trouble:
        logger.warning("%s keeps its attempt's key until it is settled: %s", attempt, trouble)


def _write(attempt: Location, data: bytes, store: LinkingStore) -> Receipt:
    """Write *data* into *store*. Raises any `StoreError`; nothing of them is left there then."""
    with UploadSession(
        store.create(attempt.key, len(data)),
        limit=settings.IMAGE_SIZE_CAP,
        declared=len(data),
        inspection=inspection_of(attempt.image),
    ) as session:
        return session.fill([data])


def _land(attempt: Location, receipt: Receipt, store: LinkingStore, actor: Actor) -> bool:
    """Show the image as active; tell whether that is so when the commit's answer was lost, too."""
    try:
        _show(attempt, receipt, store, actor)
    except Error as trouble:
        logger.warning("%s may have landed: %s", attempt, trouble)
        if not persistently(partial(_has_landed, attempt)):
            raise WrongState("The database did not take it.") from trouble
    return True


@transaction.atomic
def _has_landed(attempt: Location) -> bool:
    """Look under the lock of the image's row: the commit may still be under way."""
    find_locked(attempt.image_id)
    return Location.objects.filter(pk=attempt.pk, status=LocationStatus.ACTIVE).exists()


@transaction.atomic(durable=True)
def _show(attempt: Location, receipt: Receipt, store: LinkingStore, actor: Actor) -> None:
    """Claim, take the image's name in the store, record, bill.

    The claim holds the image's row. It is as it was when it was asked for, with its parts: what
    was permitted then still is. The project's row is locked after all else.
    """
    image, key = attempt.image, str(attempt.image_id)
    with recorded_together():
        record_data("image.prepare", image, actor, backend=store.name, status=Status.SAVING)
        image.claim(Status.QUEUED, to=Status.ACTIVE, as_of=image.updated_at, **told_by(receipt))
        store.link(attempt.key, key)
        attempt.key, attempt.status = key, LocationStatus.ACTIVE
        insert(attempt)
        record_data("image.upload", image, actor, backend=store.name)
        record("image.activate", image, actor)
    upload_landing.send(Image, image=image, attempt=attempt, size=receipt.size)
