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


@contextmanager
def upload_slot() -> Iterator[None]:
    """Hold one of `UPLOAD_SLOTS` slots; wait `UPLOAD_SLOT_WAIT_SECONDS` for it.

    Raises `NoFreeSlot`.
    """
    slots = _slots()
    if not slots.acquire(timeout=settings.UPLOAD_SLOT_WAIT_SECONDS):
        raise NoFreeSlot("Too many uploads are under way on this server; try again soon.")
    try:
        yield
    finally:
        slots.release()
