"""md5 and sha512 of a stream, each on a thread of its own once there is enough to hash."""

from __future__ import annotations

import hashlib
import os
import threading
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from concurrent.futures import Future
    from hashlib import _Hash

ALGORITHM = "sha512"
INLINE = 1 << 18
"""Bytes; blocks up to this size are hashed where they come in while no thread runs yet."""
DEPTH = 2
"""Blocks that may wait for one hash, besides the one that it works on."""
NICE = 10
"""How far the hashes stand back (nice(2)), so that eight uploads do not make a list wait."""


class Digests:
    """The checksum (md5) and the hash (sha512) of the blocks that came through.

    hashlib gives the GIL back while it works, so a thread each hashes beside the store's writes.
    An error in a thread surfaces in the next `update` or in `finish`.
    """

    def __init__(self) -> None:
        md5 = hashlib.md5(usedforsecurity=False)
        self._hashes: tuple[_Hash, ...] = (md5, hashlib.new(ALGORITHM))
        self._lanes: list[_Lane] = []

    def update(self, block: bytes) -> None:
        """Hash *block*; waits while `DEPTH` blocks stand before the slower of the two."""
        if not self._lanes and len(block) <= INLINE:
            for digest in self._hashes:
                digest.update(block)
            return
        if not self._lanes:
            self._lanes = [_Lane(digest) for digest in self._hashes]
        for lane in self._lanes:
            lane.put(block)

    def finish(self) -> tuple[str, str]:
        """Wait for the threads, end them, and return (checksum, hash) as hexadecimal digits."""
        for lane in self._lanes:
            lane.drain()
        self.close()
        checksum, hash_value = self._hashes
        return checksum.hexdigest(), hash_value.hexdigest()

    def close(self) -> None:
        """End the threads and drop what waits for them; a second time does nothing."""
        for lane in self._lanes:
            lane.close()


class _Lane:
    """One hash with its thread and the blocks that wait for it."""

    def __init__(self, digest: _Hash) -> None:
        self._update = digest.update
        self._thread = ThreadPoolExecutor(
            1, thread_name_prefix=f"hash-{digest.name}", initializer=_stand_back
        )
        self._waiting: deque[Future[None]] = deque()

    def put(self, block: bytes) -> None:
        while len(self._waiting) > DEPTH:
            self._waiting.popleft().result()
        try:
            self._waiting.append(self._thread.submit(self._update, block))
        except RuntimeError as trouble:
            raise MemoryError("No thread can be started.") from trouble

    def drain(self) -> None:
        while self._waiting:
            self._waiting.popleft().result()

    def close(self) -> None:
        self._thread.shutdown(cancel_futures=True)
        self._waiting.clear()


def _stand_back() -> None:
    """Let the other threads of this machine go first; on Linux each thread has its own nice."""
    thread = threading.get_native_id()
    nice = max(NICE, os.getpriority(os.PRIO_PROCESS, thread))  # nobody may step forward again
    os.setpriority(os.PRIO_PROCESS, thread, nice)
