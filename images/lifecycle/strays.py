"""Attempts without a row, which dead workers left: their own keys say of which images they are."""

from __future__ import annotations

import logging
from uuid import UUID

from django.conf import settings
from django.db import transaction

from images.errors import NotVisible
from images.lifecycle.transactions import TROUBLE
from images.lifecycle.whereabouts import without_row
from images.models import Location
from images.models.finding import find_locked
from images.states import LocationStatus
from stores.base import LinkingStore, can_link
from stores.errors import StoreError
from stores.registry import all_stores

logger = logging.getLogger(__name__)


def settle_strays() -> int:
    """Settle the attempts that have no row and on which nobody works any more; return how many."""
    stores = [one for one in all_stores().values() if can_link(one)]
    return sum(map(_settle_in, stores))


def _settle_in(store: LinkingStore) -> int:
    if store.read_only:
        return 0
    try:
        idle = store.idle_attempts(settings.HEARTBEAT_SECONDS)
        return sum(settle_attempt(store, key) for key in without_row(store.name, idle))
    except StoreError as trouble:
        logger.warning("The attempts in %s are left until it answers: %s", store.name, trouble)
        return 0


def settle_attempt(store: LinkingStore, key: str) -> bool:
    """Let the attempt *key* be gone, and its bytes too unless they are an image's; was it done?

    Under the lock of the image's row nobody else is about to take its name: without an active
    location here that name is nobody's, and is taken back if it is the attempt's. What is of no
    image we know, or of a store or database that does not answer, is left.
    """
    try:
        with transaction.atomic():
            return _settle(store, key)
    except NotVisible:
        return False
    except (StoreError, *TROUBLE) as trouble:
        logger.warning("%s:%s is left to the reaper: %s", store.name, key, trouble)
        return False


def _settle(store: LinkingStore, key: str) -> bool:
    image = find_locked(UUID(key.partition(".")[0]))
    rows = Location.objects.filter(image=image)
    if rows.filter(key=key).exists():
        return False  # it was put aside a moment ago, or the folder was another store's, or is
    active = rows.filter(status=LocationStatus.ACTIVE, url="")
    if active.exclude(store__in=_stores_apart()).exists():
        store.unlink(key)
    else:
        store.withdraw(key, str(image.pk))
    return True


def _stores_apart() -> list[str]:
    """Return the stores that never hold a name for one that links, whatever was configured."""
    return [name for name, one in all_stores().items() if not can_link(one)]
