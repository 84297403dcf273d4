"""How an upload that will not be finished is undone, by its own worker or by another."""

from __future__ import annotations

import logging

from django.db import transaction
from django.db.models.functions import Now

from images.actors import NOBODY, Actor
from images.errors import ImageError
from images.events import record_data
from images.lifecycle.removal import remove_object
from images.lifecycle.transactions import retried
from images.models import Image, Location, Upload
from images.models.finding import find_locked
from images.models.location import LocationQuerySet
from images.signals import upload_abandoned
from images.states import LocationStatus, Status

logger = logging.getLogger(__name__)

SILENT = "Its worker gave no sign of life."
EXPIRED = "No byte of it came for too long, so that it expired."


@retried
@transaction.atomic
def abandon(
    image: Image,
    attempts: LocationQuerySet,
    *,
    actor: Actor = NOBODY,
    reason: str = SILENT,
) -> None:
    """Give up those of *attempts* on *image* that are still writing: their objects are to go.

    The image is queued again and what they reserved is given back. An attempt that finished, or
    lost its image, moves no row and is left alone: when the answer to a commit was lost, a
    committed image's bytes are never touched. *reason* is a sentence for the event.
    """
    image = find_locked(image.pk)
    for location in attempts.writing().filter(image=image):
        Location.objects.filter(pk=location.pk).update(
            status=LocationStatus.DELETING, heartbeat_at=None
        )
        image.claim(Status.SAVING, to=Status.QUEUED)
        upload_abandoned.send(Image, image=image, attempt=location)
        record_data("image.upload_abandoned", image, actor, backend=location.store, error=reason)


def reap() -> int:
    """Undo the uploads of dead workers and remove what could not be removed; return how many.

    Two reapers never work on one object: each row is claimed by its heartbeat. A store that does
    not answer is asked once: it takes its time for that, and what else there is to do must not
    wait for each of its objects.
    """
    for attempt in Location.objects.stale().select_related("image"):
        _give_up(attempt)
    silent: set[str] = set()
    return sum(
        remove_object(location, silent=silent)
        for location in Location.objects.removable()
        if location.store not in silent and _claim(location)
    )


def _give_up(attempt: Location) -> None:
    """Abandon *attempt* if it is still stale; one that cannot be must not stop the others."""
    reason = EXPIRED if Upload.objects.filter(attempt=attempt.pk).exists() else SILENT
    try:
        abandon(attempt.image, Location.objects.stale().filter(pk=attempt.pk), reason=reason)
    except ImageError:
        logger.exception("%s is stale, but cannot be given up.", attempt)


def _claim(location: Location) -> bool:
    return bool(Location.objects.removable().filter(pk=location.pk).update(heartbeat_at=Now()))
