"""Hashes of a stream, each on a thread of its own once there is enough to hash."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import threading
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from stores.contexts import RELEASE, Context

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Future
    from hashlib import _Hash
    from typing import Self

ALGORITHM = "sha512"
INLINE = 1 << 18
"""Bytes; blocks up to this size are hashed where they come in while no thread runs yet."""
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
        self._hashes: Sequence[_Hash | Context] = self._begun("md5", ALGORITHM, *more)
        self._lanes: list[_Lane] = []

    @staticmethod
    def _begun(*names: str) -> Sequence[_Hash | Context]:
        return [hashlib.new(name, usedforsecurity=False) for name in names]

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
        self._drain()
        self.close()
        return tuple(digest.hexdigest() for digest in self._hashes)

    def _drain(self) -> None:
        for lane in self._lanes:
            lane.drain()

    def close(self) -> None:
        """End the threads and drop what waits for them; a second time does nothing."""
        for lane in self._lanes:
            lane.close()


class LastingDigests(Digests):
    """The same hashes of a stream that comes in several stretches, perhaps in several processes."""

    _hashes: Sequence[Context]

    def __init__(self, *more: str) -> None:
        super().__init__(*more)
        self.count = 0

    @staticmethod
    def _begun(*names: str) -> list[Context]:
        return [Context(name) for name in names]

    @classmethod
    def restored(cls, state: bytes, *, count: int) -> Self | None:
        """Return the hashes that *state* was made of after *count* bytes.

        None for another count, and for what another release of OpenSSL has written: then the bytes
        are read back in the end.
        """
        try:
            told = json.loads(state)
            if (told["by"], told["count"]) != (RELEASE, count):
                return None
            hashes = [Context(name, base64.b64decode(text)) for name, text in told["hashes"]]
        except (KeyError, TypeError, ValueError):
            return None
        restored = cls()
        restored.count, restored._hashes = count, hashes
        return restored

    def state(self) -> bytes:
        """Wait for the threads, and return what `restored` needs."""
        self._drain()
        hashes = [
            (digest.name, base64.b64encode(digest.state()).decode()) for digest in self._hashes
        ]
        return json.dumps({"by": RELEASE, "count": self.count, "hashes": hashes}).encode()

    def update(self, block: bytes) -> None:
        """Hash *block*."""
        super().update(block)
        self.count += len(block)


class _Lane:
    """One hash with its thread and the blocks that wait for it."""

    def __init__(self, digest: _Hash | Context) -> None:
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
