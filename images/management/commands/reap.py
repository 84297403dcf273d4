"""Undo what dead workers left, once or again and again."""

from __future__ import annotations

import logging
import signal
from threading import Event

from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, connection

from images.lifecycle.grants import forget_ended
from images.lifecycle.links import clear_links
from images.lifecycle.location_import import revive_imports
from images.lifecycle.retention import forget_events
from images.lifecycle.undo import reap
from images.models import Image
from images.signals import reaped

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    """`manage.py reap [--every SECONDS]`."""

    help = "Queue images again whose upload died, and remove their bytes from the stores."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the pause between two rounds."""
        parser.add_argument("--every", type=int, metavar="SECONDS", help="go on, with this pause")

    def handle(self, *, every: int | None, **options: object) -> None:
        """Reap once, or until the process is told to stop."""
        if every is None:
            self.stdout.write(f"{self._reap()} objects removed")
            return
        stop = Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stop.set())
        while not stop.is_set():
            self._round()
            stop.wait(every)

    def _reap(self) -> int:
        revive_imports()
        forget_ended()
        clear_links()
        removed = reap()
        forget_events()
        reaped.send(Image)
        return removed

    def _round(self) -> None:
        try:
            if removed := self._reap():
                logger.info("%d objects removed", removed)
        except DatabaseError as trouble:
            logger.warning("The database does not answer, next round later: %s", trouble)
        finally:
            connection.close()
