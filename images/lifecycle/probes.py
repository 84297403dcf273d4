"""An object of a moment: its row is there before it, and goes after it or after a dead worker."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from django.db.models.functions import Now

from images.lifecycle.transactions import release_connection
from images.models import Probe
from stores.base import Store
from stores.errors import StoreError
from stores.registry import get_store

logger = logging.getLogger(__name__)


@contextmanager
def probing(store: Store) -> Iterator[str]:
    """Give the key of an object that may be written into *store*, and is removed at the end.

    Raises `StoreError` if it cannot be removed: the reaper does it later.
    """
    key = f"{uuid.uuid4()}.{uuid.uuid4().hex}"
    probe = Probe.objects.create(key=key, store=store.name)
    release_connection()
    try:
        yield key
    finally:
        store.delete(key)
        probe.delete()


def clear_probes() -> int:
    """Remove the objects that dead workers left, each by one reaper; return how many."""
    return sum(_remove(probe) for probe in Probe.objects.left() if _claim(probe))


def _claim(probe: Probe) -> bool:
    return bool(Probe.objects.left().filter(pk=probe.pk).update(tried_at=Now()))


def _remove(probe: Probe) -> bool:
    try:
        get_store(probe.store).delete(probe.key)
    except StoreError as trouble:
        logger.warning("%s stays until the store can remove it: %s", probe, trouble)
        return False
    probe.delete()
    return True
