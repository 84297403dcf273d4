"""Uploads hold a bounded share of this process's threads, so that the rest stays served."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import BoundedSemaphore

from django.conf import settings

from images.errors import NoFreeSlot


@cache
def _slots() -> BoundedSemaphore:
    return BoundedSemaphore(settings.UPLOAD_SLOTS)


@cache
def _places() -> BoundedSemaphore:
    """Return the places where to wait for a slot: each holds a thread, as a slot does."""
    return BoundedSemaphore(max(0, settings.WORKER_THREADS - settings.UPLOAD_SLOTS) // 2)


@contextmanager
def upload_slot() -> Iterator[None]:
    """Hold one of `UPLOAD_SLOTS` slots; wait `UPLOAD_SLOT_WAIT_SECONDS` for it.

    Half of the threads that carry no upload may wait, so that the other half is always there for
    everybody else. Raises `NoFreeSlot`.
    """
    slots = _slots()
    if not (slots.acquire(blocking=False) or _waits_for(slots)):
        raise NoFreeSlot("Too many uploads are under way on this server; try again soon.")
    try:
        yield
    finally:
        slots.release()


def _waits_for(slots: BoundedSemaphore) -> bool:
    """Wait for one of *slots* if there is a place; tell whether it was given."""
    places = _places()
    if not places.acquire(blocking=False):
        return False
    try:
        return slots.acquire(timeout=settings.UPLOAD_SLOT_WAIT_SECONDS)
    finally:
        places.release()
