"""An image on its way into a pool: a window of writes under way, and a snapshot at the end."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from threading import Thread

import rbd

from stores.backends.rbd import layout
from stores.backends.rbd.cluster import Pool
from stores.base import Stretch
from stores.errors import StoreDown, StoreError
from stores.zeros import GRAIN, data_runs

logger = logging.getLogger(__name__)

WINDOW = 1 << 24
"""Bytes that may be under way at once."""
FIRST_SIZE = 1 << 27
"""Bytes that an image of unknown size has at first; it doubles whenever it is reached."""
PAUSES = (0, 5, 15, 30)
"""Seconds before each try to remove what a store that is down still has; then the reaper may."""
GAP = 2 * GRAIN
"""Bytes; to leave fewer zeros out costs more than to write them."""


class RbdWriter:
    """An attempt: an image without a snapshot.

    What counts is each write's own return value; librbd's flush reports success all the same.
    *patience* is how many seconds may pass without any progress.
    """

    def __init__(
        self, pool: Pool, key: str, *, size: int | None, is_thin: bool, patience: float
    ) -> None:
        self._pool = pool
        self._key = key
        self._size = FIRST_SIZE if size is None else size
        self._is_thin = is_thin
        self._patience = patience
        self._written = 0
        self._under_way = 0
        self._answers: SimpleQueue[tuple[int, int]] = SimpleQueue()
        self._trouble: StoreError | None = None
        self._is_gone = False
        self._ioctx = pool.ioctx
        with self._errors():
            self._image = self._open()

    def _open(self) -> rbd.Image:
        return layout.create(self._ioctx, self._key, self._size)

    @property
    def confirmed(self) -> int:
        return self._written - self._under_way

    def write(self, chunk: bytes) -> None:
        with self._errors():
            self._settle_what_is_done()
            self._require(self._written + len(chunk))
            for start, stop in data_runs(chunk, gap=GAP) if self._is_thin else [(0, len(chunk))]:
                self._submit(self._written + start, chunk[start:stop])
        self._written += len(chunk)

    def flush(self) -> None:
        with self._errors():
            self._settle_all()

    def suspend(self) -> None:
        try:
            self.flush()
        finally:
            self._let_go()

    def seal(self) -> None:
        with self._errors():
            self._settle_all()
            if self._size != self._written:
                self._image.resize(self._written)
            layout.publish(self._image)
            self._image.close()

    def abort(self) -> None:
        if self._is_gone:
            return
        self._is_gone = True
        if isinstance(self._trouble, StoreDown):
            # librbd's time-outs add up (closing took up to 18 s): not in anybody's request.
            Thread(target=self._remove_quietly, daemon=True).start()
            raise StoreDown(f"The object {self._key} could not be removed yet.")
        self._remove()

    def _require(self, size: int) -> None:
        """Let the image have room for *size* bytes."""
        if size > self._size:
            self._size = max(2 * self._size, size)
            self._image.resize(self._size)

    def _submit(self, offset: int, run: bytes) -> None:
        """Write *run* at *offset* as soon as the window has room; return while it is under way."""
        while self._under_way and self._under_way + len(run) > WINDOW:
            self._settle()
        answers, count = self._answers, len(run)

        def answered(completion: rbd.Completion) -> None:
            answers.put((completion.get_return_value(), count))  # in a thread of librbd's

        self._under_way += count
        self._image.aio_write(run, offset, answered)

    def _settle(self) -> None:
        """Wait for one write to end, and raise what it says."""
        try:
            result, count = self._answers.get(timeout=self._patience)
        except Empty:
            raise StoreDown(f"The store made no progress in {self._patience} s.") from None
        self._under_way -= count
        if result < 0:
            raise rbd.OSError("A write failed", errno=-result)

    def _settle_all(self) -> None:
        while self._under_way:
            self._settle()
        self._image.flush()

    def _settle_what_is_done(self) -> None:
        while not self._answers.empty():
            self._settle()

    def _let_go(self) -> None:
        """Close the image, which stays; of a store that is down not in anybody's request."""
        self._is_gone = True
        if isinstance(self._trouble, StoreDown):
            Thread(target=self._close_quietly, daemon=True).start()
        else:
            self._close()

    def _close(self) -> None:
        with self._pool.errors(self._key):
            self._image.close()

    def _close_quietly(self) -> None:
        try:
            self._close()
        except StoreError as trouble:
            logger.warning("%s is not closed: %s", self._key, trouble)

    def _remove(self) -> None:
        with self._pool.errors(self._key):
            self._image.close()
            layout.remove(self._ioctx, self._key)

    def _remove_quietly(self) -> None:
        for pause in PAUSES:
            time.sleep(pause)
            try:
                self._remove()
            except StoreError as trouble:
                logger.warning("%s is not removed yet: %s", self._key, trouble)
            else:
                return

    @contextmanager
    def _errors(self) -> Iterator[None]:
        """Name troubles; after the first one nothing goes on, since bytes may be missing."""
        if self._trouble:
            raise self._trouble
        try:
            with self._pool.errors(self._key):
                yield
        except StoreError as trouble:
            self._trouble = trouble
            raise


class ResumingRbdWriter(RbdWriter):
    """An attempt that goes on at *stretch*.

    The cluster keeps every other client out: RBD's exclusive lock is given from writer to writer
    only when all writes under way have ended, and whoever holds it and is silent is shut out.
    """

    def __init__(
        self, pool: Pool, key: str, stretch: Stretch, *, is_thin: bool, patience: float
    ) -> None:
        self._stretch = stretch
        super().__init__(pool, key, size=None, is_thin=is_thin, patience=patience)
        self._written = stretch.at
        with self._errors():
            self._size = self._image.size()

    def _open(self) -> rbd.Image:
        return layout.reopen(self._ioctx, self._key, self._stretch)
