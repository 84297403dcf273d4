"""Signs of life: one thread of this process beats for its uploads and tasks, in database time."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition, Thread
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models.functions import Now

from images.models import Location, Task
from images.states import LocationStatus, TaskStatus

logger = logging.getLogger(__name__)


class Pulse:
    """Beats three times in `HEARTBEAT_SECONDS` for every attempt that this process works on.

    The thread starts with the first attempt and ends with the last, so that nothing runs in a
    process that receives nothing, and a fork inherits no dead thread.
    """

    def __init__(self) -> None:
        """Start without attempts."""
        self._attempts: set[UUID] = set()
        self._changed = Condition()
        self._thread: Thread | None = None

    def add(self, attempt: UUID) -> None:
        """Beat for *attempt* from now on."""
        with self._changed:
            self._attempts.add(attempt)
            if self._thread is None:
                self._thread = Thread(target=self._run, name="heartbeat", daemon=True)
                self._thread.start()

    def discard(self, attempt: UUID) -> None:
        """Beat no more for *attempt*."""
        with self._changed:
            self._attempts.discard(attempt)
            self._changed.notify_all()

    def _run(self) -> None:
        pause = settings.HEARTBEAT_SECONDS / 3
        while True:
            with self._changed:
                self._changed.wait_for(lambda: not self._attempts, timeout=pause)
                if not self._attempts:
                    self._thread = None
                    return
                attempts = tuple(self._attempts)
            self._beat(attempts)

    @staticmethod
    def _beat(attempts: tuple[UUID, ...]) -> None:
        uploads = Location.objects.filter(pk__in=attempts, status=LocationStatus.WRITING)
        tasks = Task.objects.filter(pk__in=attempts, status=TaskStatus.PROCESSING)
        try:
            uploads.update(heartbeat_at=Now())
            tasks.update(heartbeat_at=Now())
        except DatabaseError as trouble:
            logger.warning("No heartbeat for %d uploads or tasks: %s", len(attempts), trouble)
        finally:
            connection.close()


_pulse = Pulse()


@contextmanager
def beating(attempt: Location | Task) -> Iterator[None]:
    """Keep *attempt* alive in the eyes of the reaper."""
    _pulse.add(attempt.pk)
    try:
        yield
    finally:
        _pulse.discard(attempt.pk)
