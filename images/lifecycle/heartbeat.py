"""Signs of life: one thread of this process beats for its uploads and tasks, in database time.

The same beat tells whether an upload still is its image's: nobody may want its bytes any more.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition, Thread
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import Exists
from django.db.models.functions import Now

from images.errors import LeaseOver, UploadLost
from images.models import Location, Task, Upload
from images.states import TaskStatus

logger = logging.getLogger(__name__)


LOST = "The image was deleted, or given to another upload, meanwhile."
LONGEST_PAUSE = 3
"""Seconds between two beats at most, so that a lost upload ends soon."""


LEASE = 0.8
"""Of `HEARTBEAT_SECONDS`; the rest is for what is on its way into a store by then."""


def _now() -> float:
    """Return seconds of a clock that goes on while this process, or its machine, sleeps."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


class Life:
    """What the last beat found of one attempt."""

    def __init__(self) -> None:
        """Begin alive."""
        self.is_lost = False
        self.beaten_at = _now()

    def demand(self) -> None:
        """Raise `UploadLost` if the attempt's row is gone, or is another state's."""
        if self.is_lost:
            raise UploadLost(LOST)

    def demand_lease(self) -> None:
        """Do the same, and raise `LeaseOver` while nobody can know that this worker lives.

        Another may take the upload over when `HEARTBEAT_SECONDS` are over; by then nothing is
        written here any more.
        """
        self.demand()
        if _now() - self.beaten_at > LEASE * settings.HEARTBEAT_SECONDS:
            raise LeaseOver("The database was away for too long; go on from the confirmed offset.")


class Pulse:
    """Beats at least three times in `HEARTBEAT_SECONDS` for every attempt of this process.

    The thread starts with the first attempt and ends with the last, so that nothing runs in a
    process that receives nothing, and a fork inherits no dead thread.
    """

    def __init__(self) -> None:
        """Start without attempts."""
        self._attempts: dict[UUID, Life] = {}
        self._changed = Condition()
        self._thread: Thread | None = None

    def add(self, attempt: UUID) -> Life:
        """Beat for *attempt* from now on, and return what beats find."""
        with self._changed:
            life = self._attempts[attempt] = Life()
            if self._thread is None:
                self._thread = Thread(target=self._run, name="heartbeat", daemon=True)
                self._thread.start()
        return life

    def discard(self, attempt: UUID) -> None:
        """Beat no more for *attempt*."""
        with self._changed:
            self._attempts.pop(attempt, None)
            self._changed.notify_all()

    def _run(self) -> None:
        pause = min(settings.HEARTBEAT_SECONDS / 3, LONGEST_PAUSE)
        while True:
            with self._changed:
                self._changed.wait_for(lambda: not self._attempts, timeout=pause)
                if not self._attempts:
                    self._thread = None
                    return
                attempts = dict(self._attempts)
            self._beat(attempts)

    @staticmethod
    def _beat(attempts: dict[UUID, Life]) -> None:
        uploads = Location.objects.writing().filter(pk__in=attempts)
        tasks = Task.objects.filter(pk__in=attempts, status=TaskStatus.PROCESSING)
        writing = Location.objects.of_outer_upload()
        held = Upload.objects.filter(Exists(writing), holder__in=attempts)
        now = _now()
        try:
            beaten = uploads.update(heartbeat_at=Now()) + tasks.update(heartbeat_at=Now())
            beaten += held.update(held_at=Now())
            if beaten < len(attempts):
                present = {row.pk for rows in (uploads, tasks) for row in rows.only("pk")}
                present |= {row.holder for row in held.only("holder") if row.holder}
                for attempt, life in attempts.items():
                    life.is_lost = attempt not in present
            for life in attempts.values():
                life.beaten_at = now
        except DatabaseError as trouble:
            logger.warning("No heartbeat for %d uploads or tasks: %s", len(attempts), trouble)
        finally:
            connection.close()


_pulse = Pulse()


@contextmanager
def beating(attempt: Location | Task) -> Iterator[Life]:
    """Keep *attempt* alive in the eyes of the reaper, and tell whether it is lost."""
    with _beaten(attempt.pk) as life:
        yield life


@contextmanager
def holding(upload: Upload) -> Iterator[Life]:
    """Keep the claim of *upload*'s holder alive, and tell whether it is lost."""
    assert upload.holder is not None  # noqa: S101 -- for the type checker: it was just claimed
    with _beaten(upload.holder) as life:
        yield life


@contextmanager
def _beaten(key: UUID) -> Iterator[Life]:
    life = _pulse.add(key)
    try:
        yield life
    finally:
        _pulse.discard(key)
