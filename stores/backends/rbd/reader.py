"""A sealed image being read: reads run ahead of a client that keeps up with them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from itertools import islice
from queue import Empty, SimpleQueue
from threading import Thread
from typing import BinaryIO, Self

import rbd

from stores.backends.rbd.cluster import Pool
from stores.backends.rbd.layout import SNAPSHOT
from stores.errors import ObjectMissing, StoreDown

BLOCK = 1 << 21
DEPTH = 8
"""Blocks that are read ahead for a fast client; a slow one gets two."""

Answer = SimpleQueue[tuple[int, bytes | None]]


class RbdReader:
    """The snapshot of an image.

    The image is opened for writing, so that it is watched: when somebody removes the snapshot,
    later reads fail. Without a watch they would return zeros for what is gone.
    """

    def __init__(self, pool: Pool, key: str, *, is_watched: bool, patience: float) -> None:
        self._pool = pool
        self._key = key
        self._patience = patience
        self._is_down = False
        ioctx = pool.ioctx
        with pool.errors(key):
            self._image = rbd.Image(ioctx, key, snapshot=SNAPSHOT, read_only=not is_watched)
            self.size: int = self._image.size()

    def chunks(self, start: int, stop: int) -> Iterator[bytes]:
        offsets = iter(range(start, stop, BLOCK))
        ahead: deque[tuple[int, Answer]] = deque()
        depth = 1
        while True:
            for at in islice(offsets, depth - len(ahead)):
                ahead.append(self._ask(at, min(BLOCK, stop - at)))
            if not ahead:
                return
            count, answer = ahead.popleft()
            if answer.empty():  # the client is faster than what was asked for ahead
                depth = min(depth + 1, DEPTH)
            yield self._wait(count, answer)

    def _ask(self, offset: int, count: int) -> tuple[int, Answer]:
        """Begin to read; return how many bytes will come, and where."""
        answer: Answer = SimpleQueue()

        def answered(completion: rbd.Completion, chunk: bytes | None) -> None:
            answer.put((completion.get_return_value(), chunk))

        with self._pool.errors(self._key):
            self._image.aio_read(offset, count, answered)
        return count, answer

    def _wait(self, count: int, answer: Answer) -> bytes:
        try:
            with self._pool.errors(self._key):
                result, chunk = answer.get(timeout=self._patience)
                if result < 0:
                    raise rbd.OSError("A read failed", errno=-result)
        except Empty:
            self._is_down = True
            raise StoreDown(f"The store sent nothing in {self._patience} s.") from None
        except StoreDown:
            self._is_down = True
            raise
        if chunk is None or len(chunk) != count:
            raise ObjectMissing(f"A part of the object {self._key} is missing.")
        return chunk

    def file(self) -> BinaryIO | None:
        return None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        if self._is_down:
            # This waits for every read that is under way: not in anybody's request.
            Thread(target=self._close, daemon=True).start()
        else:
            self._close()

    def _close(self) -> None:
        with self._pool.errors(self._key):
            self._image.close()
