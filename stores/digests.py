"""Hashes of a stream, each on a thread of its own once there is enough to hash."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import threading
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from rehashes import PyMd5, PySha256, PySha512

if TYPE_CHECKING:
    from concurrent.futures import Future
    from hashlib import _Hash
    from typing import Self

ALGORITHM = "sha512"
INLINE = 1 << 18
"""Bytes; blocks up to this size are hashed where they come in while no thread runs yet."""
LASTING: dict[str, Any] = {"md5": PyMd5, "sha256": PySha256, "sha512": PySha512}
RELEASE = version("rehashes")
PIECE = 1 << 20
"""Bytes; about two milliseconds of one hash."""
DEPTH = 2
"""Blocks that may wait for one hash, besides the one that it works on."""
NICE = 10
"""How far the hashes stand back (nice(2)), so that eight uploads do not make a list wait."""


class Digests:
    """The checksum (md5) and the hash (sha512) of the blocks that came through, and *more* hashes.

    hashlib gives the GIL back while it works, so a thread each hashes beside the store's writes.
    An error in a thread surfaces in the next `update` or in `finish`.
    """

    def __init__(self, *more: str) -> None:
        names = ("md5", ALGORITHM, *more)
        self._hashes: tuple[_Hash, ...] = tuple(
            hashlib.new(name, usedforsecurity=False) for name in names
        )
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

    def finish(self) -> tuple[str, ...]:
        """Wait for the threads, end them, and return (checksum, hash, …) as hexadecimal digits."""
        for lane in self._lanes:
            lane.drain()
        self.close()
        return tuple(digest.hexdigest() for digest in self._hashes)

    def close(self) -> None:
        """End the threads and drop what waits for them; a second time does nothing."""
        for lane in self._lanes:
            lane.close()


class LastingDigests:
    """The same hashes of a stream that comes in several stretches, perhaps in several processes.

    hashlib's objects cannot be written down; those of rehashes can, and take as much time, but hold
    the GIL: they get `PIECE` bytes at a time, so that nobody else of the process waits for long.
    """

    def __init__(self, *more: str, begun: dict[str, Any] | None = None, count: int = 0) -> None:
        self.count = count
        self._hashes = begun or {name: LASTING[name]() for name in ("md5", ALGORITHM, *more)}

    @classmethod
    def restored(cls, state: bytes, *, count: int) -> Self | None:
        """Return the hashes that *state* was made of after *count* bytes.

        None for another count, and for what another release of rehashes has written: then the bytes
        are read back in the end.
        """
        try:
            told = json.loads(state)
            if (told["by"], told["count"]) != (RELEASE, count):
                return None
            begun = {
                name: LASTING[name].deserialize(base64.b64decode(text))
                for name, text in told["hashes"].items()
            }
        except (KeyError, TypeError, ValueError):
            return None
        return cls(begun=begun, count=count)

    def state(self) -> bytes:
        """Return what `restored` needs."""
        hashes = {
            name: base64.b64encode(digest.serialize()).decode()
            for name, digest in self._hashes.items()
        }
        return json.dumps({"by": RELEASE, "count": self.count, "hashes": hashes}).encode()

    def update(self, block: bytes) -> None:
        """Hash *block*."""
        for digest in self._hashes.values():
            for start in range(0, len(block), PIECE):
                digest.update(block[start : start + PIECE])
        self.count += len(block)

    def finish(self) -> tuple[str, ...]:
        """Return (checksum, hash, …) as hexadecimal digits."""
        return tuple(str(digest.finalize()) for digest in self._hashes.values())


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
