"""Bytes in, receipt out: an upload session measures, limits and hashes what it writes."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stores.digests import ALGORITHM, Digests
from stores.errors import SizeMismatch, StoreError, TooLarge

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import TracebackType
    from typing import Self

    from stores.base import Writer
    from stores.inspection import Inspection

logger = logging.getLogger(__name__)

BLOCK = 1 << 21
"""Bytes that go to the store, the inspection and the hashes at a time."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What came in and was kept; sizes in bytes, *checksum* the md5, both hashes hexadecimal."""

    size: int
    checksum: str
    hash_algo: str
    hash_value: str
    virtual_size: int | None


class Bounds:
    """How many bytes may come in all.

    *limit* is the most. When they pass it, *grow* is called with their count and returns the next
    limit (None: no limit), or raises. *declared* is how many there must be in the end.
    """

    def __init__(
        self,
        *,
        limit: int | None,
        declared: int | None,
        grow: Callable[[int], int | None] | None = None,
    ) -> None:
        self.declared = declared
        self._limit = limit
        self._grow = grow

    def admit(self, count: int) -> None:
        """Let the stream grow to *count* bytes. Raises `SizeMismatch`, `TooLarge`, or as *grow*."""
        if self.declared is not None and count > self.declared:
            raise SizeMismatch(f"{self.declared} bytes were declared, but more came.")
        if self._limit is None or count <= self._limit:
            return
        if self._grow:
            self._limit = self._grow(count)
        if self._limit is not None and count > self._limit:
            raise TooLarge(f"More than the {self._limit} bytes that are allowed came.")


class UploadSession:
    """One upload into one writer: limit, count, inspect, hash while the store writes.

    A context manager; leaving it without `seal` leaves nothing in the store. *limit*, *declared*
    and *grow* are those of `Bounds`. `demand_wanted` is called with each chunk, and raises once
    nobody wants the bytes any more.
    """

    def __init__(
        self,
        writer: Writer,
        *,
        limit: int | None,
        declared: int | None,
        inspection: Inspection,
        grow: Callable[[int], int | None] | None = None,
    ) -> None:
        self.count = 0
        self.receipt: Receipt | None = None
        self._writer = writer
        self._bounds = Bounds(limit=limit, declared=declared, grow=grow)
        self._declared = declared
        self._inspection = inspection
        self.demand_wanted: Callable[[], object] = bool
        self._digests = Digests()
        self._blocks = Blocks()
        self._kept = 0
        self._is_open = True

    @property
    def confirmed(self) -> int:
        """Bytes that the store has confirmed so far; another thread may ask."""
        return self._writer.confirmed

    def write(self, chunk: bytes) -> None:
        """Take the next *chunk*.

        Raises `SizeMismatch` for a byte more than declared, `TooLarge` for one over the limit
        (nothing of this chunk is written then), whatever *grow* and `demand_wanted` raise,
        `StoreFull`, `StoreDown`.
        """
        self._check_open()
        self.demand_wanted()
        self.count += len(chunk)
        self._bounds.admit(self.count)
        for block in self._blocks.add(chunk):
            self._pass_on(block)

    def fill(self, chunks: Iterable[bytes]) -> Receipt:
        """Write every one of *chunks*, then `seal`."""
        for chunk in chunks:
            self.write(chunk)
        return self.seal()

    def seal(self) -> Receipt:
        """Finish the object and return its receipt.

        Raises `SizeMismatch` for fewer bytes than declared, `FormatMismatch`, `UnsafeContent`
        (each before the store makes anything final), `StoreFull`, `StoreDown`.
        """
        self._check_open()
        if self._declared is not None and self.count != self._declared:
            raise SizeMismatch(f"{self._declared} bytes were declared, but {self.count} came.")
        for block in self._blocks.rest():
            self._pass_on(block)
        if self._kept != self.count:
            raise ValueError("A write failed; what there is can only be aborted.")
        virtual_size = self._inspection.finish(self.count)
        self._writer.seal()
        checksum, hash_value = self._digests.finish()
        self._is_open = False
        self.receipt = Receipt(self.count, checksum, ALGORITHM, hash_value, virtual_size)
        return self.receipt

    def abort(self) -> None:
        """Stop, and remove what was written; a second time, or after `seal`, does nothing.

        Raises `StoreDown` when the object could not be removed.
        """
        if not self._is_open:
            return
        self._is_open = False
        try:
            self._writer.abort()
        finally:
            self._digests.close()

    def _check_open(self) -> None:
        if not self._is_open:
            raise ValueError("The upload session is closed.")

    def _pass_on(self, block: bytes) -> None:
        self._inspection.feed(block)
        self._digests.update(block)
        self._writer.write(block)
        self._kept += len(block)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            self.abort()
        except StoreError as trouble:
            if error is None:
                raise
            # The caller must hear what went wrong first; the object's row is for the reaper.
            logger.warning("An abandoned object is not removed yet: %s", trouble)


class Blocks:
    """Chunks of any size made into blocks of exactly `BLOCK` bytes, copying as little as can be."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._held = 0

    def add(self, chunk: bytes) -> Iterable[bytes]:
        """Take *chunk*; yield each block that is now whole."""
        self._parts.append(chunk)
        self._held += len(chunk)
        if self._held < BLOCK:
            return
        whole = self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)
        stop = self._held - self._held % BLOCK
        self._held -= stop
        self._parts = [whole[stop:]] if self._held else []
        for start in range(0, stop, BLOCK):
            yield whole[start : start + BLOCK]

    def rest(self) -> Iterable[bytes]:
        """Yield what is left, if anything is."""
        if self._held:
            yield b"".join(self._parts)
        self._parts, self._held = [], 0
