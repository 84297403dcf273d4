"""How bytes go: after the commit, by the row that says so, and again by the reaper if need be."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterable
from functools import partial

from django.db import transaction
from django.db.models.functions import Now

from images.lifecycle.transactions import TROUBLE
from images.models import Image, Location
from images.models.finding import find_locked
from images.models.location import LocationQuerySet
from images.states import LocationStatus
from stores.base import Store
from stores.errors import ObjectExists, ObjectMissing, StoreDown, StoreError
from stores.registry import get_store

logger = logging.getLogger(__name__)


def remove_objects(image: Image) -> None:
    """Mark every object of *image* as going, and remove the sealed ones once this is committed.

    An attempt's object is left to its own worker, which notices, or to the reaper: in RBD it
    cannot be removed while it is open.
    """
    remove_locations(Location.objects.filter(image=image))


def remove_locations(locations: LocationQuerySet) -> None:
    """Mark the objects of *locations* as going, as `remove_objects` does."""
    sealed = list(locations.filter(status__in=[LocationStatus.ACTIVE, LocationStatus.LOST]))
    locations.update(status=LocationStatus.DELETING, heartbeat_at=Now())
    transaction.on_commit(partial(_remove_all, sealed))


def _remove_all(locations: Iterable[Location]) -> None:
    for location in locations:
        remove_object(location)


def remove_object(location: Location, *, silent: set[str] | None = None) -> bool:
    """Remove the object of a row that is `deleting`, then the row; tell whether both are gone.

    A store that does not answer, or does not let it go, leaves the row to the reaper, and so does
    a database: what is being done has been committed, and nobody must be told otherwise. The name
    of a store that does not answer is put into *silent*.
    """
    try:
        store = get_store(location.store)
        store.delete(location.address)
        if take_back_name(location):
            store.delete(location.key)
        location.delete()
    except StoreError as trouble:
        logger.warning("%s stays until the store can remove it: %s", location, trouble)
        if silent is not None and isinstance(trouble, StoreDown):
            silent.add(location.store)
        return False
    except TROUBLE as trouble:
        logger.warning("%s stays until the database answers: %s", location, trouble)
        return False
    return True


def take_back_name(location: Location) -> bool:
    """Give what an attempt left under the image's own name the attempt's key again, if it did.

    An upload takes the image's name before it commits. If that commit failed,
    the name is held by bytes of nobody.
    """
    if location.key == str(location.image_id):
        return False
    with transaction.atomic():
        find_locked(location.image_id)
        return _put_aside(location, as_key=location.key)


def take_name(store: Store, location: Location) -> Location | None:
    """Rename the sealed object of *location* from its attempt's key to the image's id.

    Only while the image's row is locked. What lies there already is of a commit that failed, and
    goes aside: returns the row for the reaper, still to be written.
    """
    attempt_key = f"{location.image_id}.{location.pk.hex}"
    try:
        store.rename(attempt_key, str(location.image_id))
    except ObjectExists:
        aside = Location(
            image_id=location.image_id,
            store=location.store,
            key=f"{location.image_id}.{uuid.uuid4().hex}",
            status=LocationStatus.DELETING,
        )
        store.rename(str(location.image_id), aside.key)
        store.rename(attempt_key, str(location.image_id))
        return aside
    return None


def _put_aside(location: Location, *, as_key: str) -> bool:
    """Rename the object under the image's own name to *as_key*; False if there is none to move.

    Only while the image's row is locked: without an active location no upload can hold the name.
    """
    active = Location.objects.filter(
        image=location.image_id, store=location.store, status=LocationStatus.ACTIVE
    )
    if active.exists():
        return False
    try:
        get_store(location.store).rename(str(location.image_id), as_key)
    except (ObjectMissing, ObjectExists):
        return False
    return True
