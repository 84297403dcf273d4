"""An upload in several stretches: each goes on after the last byte that the store confirmed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from stores.digests import ALGORITHM, Digests
from stores.errors import ChecksumMismatch, SizeMismatch
from stores.session import Blocks, Receipt

if TYPE_CHECKING:
    from stores.base import Reader, Writer
    from stores.digests import LastingDigests
    from stores.inspection import Inspection
    from stores.session import Bounds

STRIDE = 1 << 26
"""Bytes that may lie in a store without being confirmed."""
PAUSE = 5
"""Seconds after which what came is confirmed, however little it is."""
ALGORITHMS = {32: "md5", 64: "sha256", 128: "sha512"}
"""Of an expected checksum, by its hexadecimal digits."""

Confirm = Callable[[int, int, bytes], object]
"""Takes how many bytes are kept, up to where more may be written, and the hashes' state."""


class Resumption:
    """One stretch of an upload, from byte *count* of it on: limit, count, hash, write, confirm.

    `confirm` is called when the store has made sure of what came: by `suspend` and, while it
    `confirms_between`, after at most `STRIDE` bytes or `PAUSE` seconds. Without `digests` (parallel
    parts) the object is hashed in the end. `demand_wanted` is called with each chunk, and raises
    once nobody wants the bytes any more.
    """

    def __init__(self, writer: Writer, *, count: int, bounds: Bounds) -> None:
        self.count = count
        self.is_sealed = False
        self.digests: LastingDigests | None = None
        self.confirm: Confirm = _nothing
        self.confirms_between = True
        self.demand_wanted: Callable[[], object] = bool
        self._writer = writer
        self._bounds = bounds
        self._blocks = Blocks()
        self._kept = self._confirmed = count
        self._confirmed_at = time.monotonic()
        self._is_sound = True

    def write(self, chunk: bytes) -> None:
        """Take the next *chunk*. Raises as `UploadSession.write`, and what *confirm* raises."""
        self.demand_wanted()
        self._bounds.admit(self.count + len(chunk))
        self.count += len(chunk)
        for block in self._blocks.add(chunk):
            self._pass_on(block)

    def _pass_on(self, block: bytes) -> None:
        self._is_sound = False  # if this raises, a block is missing
        if self.confirms_between and self._is_due(len(block)):
            self._writer.flush()
            self._tell(reach=self._kept + STRIDE)
        if self.digests:
            self.digests.update(block)
        self._writer.write(block)
        self._kept += len(block)
        self._is_sound = True

    def _is_due(self, more: int) -> bool:
        is_late = time.monotonic() - self._confirmed_at > PAUSE and self._kept > self._confirmed
        return is_late or self._kept + more - self._confirmed > STRIDE

    def _tell(self, *, reach: int) -> None:
        self.confirm(self._kept, reach, self.digests.state() if self.digests else b"")
        self._confirmed, self._confirmed_at = self._kept, time.monotonic()

    def suspend(self, *, confirm: bool) -> None:
        """Let go of the object until the next stretch; with *confirm* all that came counts.

        After a failed write nothing counts that was not confirmed before. Raises `StoreFull` or
        `StoreDown`, then too.
        """
        is_sound = self._is_sound
        try:
            for block in self._blocks.rest() if is_sound else ():
                self._pass_on(block)
        finally:
            self._writer.suspend()
        if confirm and is_sound:
            self._tell(reach=self._kept)

    def seal(self) -> tuple[str, ...] | None:
        """Finish the object and return its hashes, as far as they are known.

        Raises `SizeMismatch` for fewer bytes than declared, `StoreFull`, `StoreDown`.
        """
        if self.count != self._bounds.declared:
            raise SizeMismatch(f"{self._bounds.declared} bytes were declared, not {self.count}.")
        for block in self._blocks.rest():
            self._pass_on(block)
        self._is_sound = False
        self._writer.seal()
        self.is_sealed = True
        return self.digests.finish() if self.digests else None


def _nothing(count: int, reach: int, state: bytes) -> None:
    """Confirm nothing to nobody."""


def algorithm_of(checksum: str) -> str:
    """Return by which algorithm *checksum*, hexadecimal digits, was made; "" for none."""
    return ALGORITHMS.get(len(checksum), "")


def extra_hashes(checksum: str) -> tuple[str, ...]:
    """Return the hashes that are made only because *checksum* is expected."""
    return tuple({algorithm_of(checksum)} - {"", "md5", ALGORITHM})


def measured(
    reader: Reader,
    inspection: Inspection,
    hashes: tuple[str, ...] | None,
    *,
    expected: str,
    demand_wanted: Callable[[], object],
) -> Receipt:
    """Return the receipt of a sealed object, which is read back as far as need be.

    With *hashes* that is until the inspection has seen enough (one block or two of most formats),
    without them all of it. Raises `ChecksumMismatch` unless it is as *expected*, and what the
    inspection raises.
    """
    size = reader.size
    digests = None if hashes else Digests(*extra_hashes(expected))
    try:
        for block in _blocks(reader):
            demand_wanted()
            inspection.feed(block)
            if digests:
                digests.update(block)
            elif not inspection.wants_more:
                break
        found = digests.finish() if digests else hashes or ()
    finally:
        if digests:
            digests.close()
    checksum, hash_value = found[:2]
    _demand(expected, dict(zip(("md5", ALGORITHM, *extra_hashes(expected)), found, strict=False)))
    return Receipt(size, checksum, ALGORITHM, hash_value, inspection.finish(size))


def _blocks(reader: Reader) -> Iterator[bytes]:
    blocks = Blocks()
    for chunk in reader.chunks(0, reader.size):
        yield from blocks.add(chunk)
    yield from blocks.rest()


def _demand(expected: str, found: dict[str, str]) -> None:
    name = algorithm_of(expected)
    if name and found.get(name) != expected:
        raise ChecksumMismatch(
            f"The data's {name} is {found.get(name)}, but {expected} was expected. "
            "Nothing was kept; begin again with the right file or the right checksum."
        )
