"""Signs of life: one thread of this process beats for its uploads and tasks, in database time.

The same beat tells whether an upload still is its image's: nobody may want its bytes any more.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition, Thread
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models.functions import Now

from images.errors import UploadLost
from images.models import Location, Task
from images.states import LocationStatus, TaskStatus

logger = logging.getLogger(__name__)


LOST = "The image was deleted, or given to another upload, meanwhile."
LONGEST_PAUSE = 3
"""Seconds between two beats at most, so that a lost upload ends soon."""


class Life:
    """What the last beat found of one attempt."""

    def __init__(self) -> None:
        """Begin alive."""
        self.is_lost = False

    def demand(self) -> None:
        """Raise `UploadLost` if the attempt's row is gone, or is another state's."""
        if self.is_lost:
            raise UploadLost(LOST)


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
        uploads = Location.objects.filter(pk__in=attempts, status=LocationStatus.WRITING)
        tasks = Task.objects.filter(pk__in=attempts, status=TaskStatus.PROCESSING)
        try:
            beaten = uploads.update(heartbeat_at=Now()) + tasks.update(heartbeat_at=Now())
            if beaten < len(attempts):
                present = {row.pk for rows in (uploads, tasks) for row in rows.only("pk")}
                for attempt, life in attempts.items():
                    life.is_lost = attempt not in present
        except DatabaseError as trouble:
            logger.warning("No heartbeat for %d uploads or tasks: %s", len(attempts), trouble)
        finally:
            connection.close()


_pulse = Pulse()


@contextmanager
def beating(attempt: Location | Task) -> Iterator[Life]:
    """Keep *attempt* alive in the eyes of the reaper, and tell whether it is lost."""
    life = _pulse.add(attempt.pk)
    try:
        yield life
    finally:
        _pulse.discard(attempt.pk)
