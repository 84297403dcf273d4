"""Who writes a resumable upload now: one request at a time, by a claim that ends with it."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from types import TracebackType

from django.conf import settings
from django.db.models.functions import Now

from images.actors import Actor
from images.errors import UploadHeld, UploadLost
from images.lifecycle.data import Attempt, give_up
from images.lifecycle.heartbeat import LOST, Life, holding
from images.lifecycle.removal import remove_object
from images.lifecycle.transactions import TROUBLE, is_away, release_connection
from images.models import Location, Upload
from images.models.finding import find_locked
from images.models.upload import UploadQuerySet, idle_end
from images.permissions import permit
from images.states import LocationStatus
from stores.errors import (
    ChecksumMismatch,
    FormatMismatch,
    ObjectMissing,
    TooLarge,
    UnsafeContent,
)
from stores.registry import get_store

logger = logging.getLogger(__name__)

ExcType = type[BaseException] | None
FATAL = (ChecksumMismatch, FormatMismatch, UnsafeContent, TooLarge, ObjectMissing)
"""What no further bytes can mend: the upload is undone. After all else it may go on."""


@dataclass(frozen=True, slots=True)
class Held:
    """An upload that this request alone writes, with the attempt that it fills."""

    upload: Upload
    attempt: Attempt
    reach: int
    """Up to where earlier writers may have left something; the row tells that of this one."""

    @property
    def rows(self) -> UploadQuerySet:
        """The upload's row while it is ours."""
        return Upload.objects.filter(pk=self.upload.pk, holder=self.upload.holder)

    @property
    def is_sealing(self) -> bool:
        """Does its last byte make the image active?"""
        return not self.upload.is_part


@contextmanager
def held(claim: Callable[[], Held]) -> Iterator[tuple[Held, Life]]:
    """Be the one that writes what *claim* returns; whatever ends this, another may be then."""
    ours = claim()
    with ExitStack() as end:
        end.push(_letting_go(ours))
        release_connection()
        with holding(ours.upload) as life:
            yield ours, life


def attempt_under_way(upload: Upload, *, actor: Actor) -> Attempt:
    """Return what *upload* fills, with the image's row locked. Raises `UploadLost`."""
    image = find_locked(upload.image_id)
    location = Location.objects.writing().filter(pk=upload.attempt).first()
    living = Upload.objects.living().filter(attempt=upload.attempt)
    if location is None or not living.exists():
        raise UploadLost(LOST)
    permit(actor, "upload", image)
    limit = settings.IMAGE_SIZE_CAP if location.size is not None else location.allowance or 0
    return Attempt(image, location, get_store(location.store), limit, actor)


def claimed(upload: Upload, **changes: object) -> Upload:
    """Return *upload* with *changes*, held by who asks. Raises `UploadHeld`."""
    free = Upload.objects.free().filter(pk=upload.pk, offset=upload.offset)
    life = {"holder": uuid.uuid4(), "held_at": Now(), "expires_at": idle_end()}
    if not free.update(**life, **changes):
        raise UploadHeld(
            "Another request writes this upload, or died a moment ago; ask again in some seconds."
        )
    return Upload.objects.get(pk=upload.pk)


def _letting_go(
    ours: Held,
) -> Callable[[ExcType, BaseException | None, TracebackType | None], None]:
    """Return the exit that lets the next request write, as an `ExitStack` wants it."""

    def let_go(kind: ExcType, error: BaseException | None, trace: TracebackType | None) -> None:
        if is_away(error):
            return  # soon there is no sign of life, and the next request takes over
        try:
            if isinstance(error, FATAL):
                give_up(ours.attempt, error)
            ours.rows.update(holder=None)
            if error is not None and not isinstance(error, FATAL):
                _clear_away(ours.attempt.location)
        except TROUBLE as trouble:
            logger.warning("%s is let go by its silence: %s", ours.upload.pk, trouble)

    return let_go


def _clear_away(location: Location) -> None:
    """Remove the object of an upload that was cancelled, or whose image was deleted, meanwhile."""
    if not Location.objects.filter(pk=location.pk).exclude(status=LocationStatus.DELETING).exists():
        remove_object(location)
