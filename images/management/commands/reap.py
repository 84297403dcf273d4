"""Undo what dead workers left, once or again and again."""

from __future__ import annotations

import logging
import re
import signal
from argparse import ArgumentTypeError
from threading import Event

from django.core.management.base import BaseCommand, CommandParser
from django.db import Error, connection

from images.lifecycle.grants import forget_ended
from images.lifecycle.heartbeat import LONGEST_PAUSE
from images.lifecycle.links import clear_links
from images.lifecycle.location_import import revive_imports
from images.lifecycle.probes import clear_probes
from images.lifecycle.retention import forget_events
from images.lifecycle.strays import settle_strays
from images.lifecycle.trash import purge_due
from images.lifecycle.undo import reap
from images.lifecycle.uploads import forget_uploads
from images.lifecycle.verification import revive_checks
from images.models import Image
from images.signals import reaped

LONGEST = 86_400  # seconds between two rounds
PAUSE = re.compile(r"\d{1,5}", re.ASCII)

logger = logging.getLogger(__name__)


def pause(text: str) -> int:
    """Return the seconds between two rounds. Raises `ArgumentTypeError`."""
    if not (PAUSE.fullmatch(text) and 0 < int(text) <= LONGEST):
        raise ArgumentTypeError(f"must be whole seconds from 1 to {LONGEST}, not {text!r}")
    return int(text)


class Command(BaseCommand):
    """`manage.py reap [--every SECONDS]`."""

    help = "Queue images again whose upload died, and remove their bytes from the stores."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the pause between two rounds."""
        parser.add_argument("--every", type=pause, metavar="SECONDS", help="go on, with this pause")

    def handle(self, *, every: int | None, **options: object) -> None:
        """Reap once, or until the process is told to stop."""
        if every is None:
            self.stdout.write(f"{self._reap()} objects removed")
            return
        stop = Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stop.set())
        while not stop.is_set():
            was_there = self._round()
            stop.wait(every)
            if not was_there:
                self._await_signs_of_life(stop)

    def _reap(self) -> int:
        revive_imports()
        revive_checks()
        forget_ended()
        clear_links()
        removed = reap() + settle_strays() + clear_probes()
        forget_uploads()
        purge_due()
        forget_events()
        reaped.send(Image)
        return removed

    def _round(self) -> bool:
        """Reap; tell whether the database was there."""
        try:
            if removed := self._reap():
                logger.info("%d objects removed", removed)
        except Error as trouble:
            logger.warning("The database does not answer, next round later: %s", trouble)
            return False
        finally:
            connection.close()
        return True

    @staticmethod
    def _await_signs_of_life(stop: Event) -> None:
        """Wait until a database that was away is back, and who lives could tell it again."""
        while not stop.is_set():
            try:
                connection.ensure_connection()
            except Error:
                stop.wait(LONGEST_PAUSE)
            else:
                stop.wait(2 * LONGEST_PAUSE)
                return
