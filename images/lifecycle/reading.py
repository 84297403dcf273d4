"""Bytes go out: from the first of the stores that has them, and who got them is written down."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack, suppress

from django.conf import settings
from django.db import transaction

from images.actors import Actor
from images.errors import DataLost
from images.events import record, record_download
from images.lifecycle.transactions import release_connection
from images.models import Image, Location
from images.models.finding import find_locked
from images.permissions import permit
from images.signals import location_removed
from images.states import LocationStatus, Status
from stores.base import Reader
from stores.errors import ObjectMissing, StoreDown
from stores.registry import all_stores

SERVED = frozenset({Status.ACTIVE, Status.DEACTIVATED})


def open_data(image: Image, *, actor: Actor, prefer: Sequence[str] = ()) -> Reader | None:
    """Open the data of *image* for reading; None while it has none.

    Each store that has them is tried in turn, those named by *prefer* first, in its order. Raises
    `NotVisible`, `Forbidden`, `StoreDown`, and `DataLost` if no store has them any more.
    """
    permit(actor, "download", image)
    if image.status not in SERVED:
        return None
    locations = list(image.locations.filter(status=LocationStatus.ACTIVE).order_by("created_at"))
    if prefer:
        rank = {name: place for place, name in reversed([*enumerate(prefer)])}
        locations.sort(key=lambda location: rank.get(location.store, len(prefer)))
    release_connection()
    trouble: Exception = DataLost(f"The data of image {image.pk} cannot be found in any store.")
    for location in locations:
        try:
            if reader := _open_whole(location):
                _tell(image, actor, reader)
                return reader
        except StoreDown as down:
            trouble = down
    raise trouble


def _tell(image: Image, actor: Actor, reader: Reader) -> None:
    """Write down who gets the data, if the operator wants that; *reader* closes if it cannot be."""
    if not settings.AUDIT_DOWNLOADS:
        return
    with ExitStack() as opened:
        opened.enter_context(reader)
        record_download(image, actor)
        release_connection()
        opened.pop_all()


def _open_whole(location: Location) -> Reader | None:
    """Open the object of *location*; one that is gone or truncated is lost."""
    store = all_stores().get(location.store)
    if store is None:
        raise StoreDown(f"The store {location.store} is not configured on this server.")
    with ExitStack() as opened, suppress(ObjectMissing):
        reader = opened.enter_context(store.open(location.address))
        if reader.size == location.size:
            opened.pop_all()
            return reader
    mark_lost(location)
    return None


@transaction.atomic
def mark_lost(location: Location) -> None:
    """Remember that a store has lost the object of *location*, which nobody pays for any more."""
    image = find_locked(location.image_id)
    moved = Location.objects.filter(pk=location.pk, status=LocationStatus.ACTIVE).update(
        status=LocationStatus.LOST
    )
    if moved:
        location_removed.send(Image, image=image, location=location)
        record("image.lost", image, backend=location.store)
