"""Turns: on one machine with its database a process asks it best by few connections at once."""

from __future__ import annotations

import time
from threading import BoundedSemaphore

AT_ONCE = 2
"""Connections of one process that are at work together.

Python runs one thread of a process at a time: while one runs, another waits for the database. Each
further connection is one more server process, and takes its part of the processor's caches from
all others: by four of them at once a small image took a sixth more time (`bench/upload`).
"""
STALL_SECONDS = 0.05


class Turns:
    """Some turns for the threads of a process, who wait for one as long as others get theirs.

    Those who hold them all may wait for a lock, or for a long answer. When none was taken for
    *stall* seconds, whoever wants one goes without.
    """

    def __init__(self, count: int, *, stall: float = STALL_SECONDS) -> None:
        self._turns = BoundedSemaphore(count)
        self._stall = stall
        self._last_taken = time.monotonic()

    def take(self) -> bool:
        """Tell whether a turn was taken, which has to be given back then."""
        taken = self._turns.acquire(blocking=False)
        while not taken and (patience := self._last_taken + self._stall - time.monotonic()) > 0:
            taken = self._turns.acquire(timeout=patience)
        if taken:
            self._last_taken = time.monotonic()
        return taken

    def give_back(self) -> None:
        """Let the next thread have a turn that was taken."""
        self._turns.release()
