"""Which parts of a block hold anything: runs of zeros need no room in a store that is sparse."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

GRAIN = 1 << 16
"""Bytes; a shorter run of zeros, or one across a grain's edge, is written like data."""

_ZEROS = bytes(1 << 23)
_ZERO_GRAIN = bytes(GRAIN)


def data_runs(block: bytes, *, gap: int = GRAIN) -> Iterator[tuple[int, int]]:
    """Yield (start, stop) of each run of *block* that holds anything but zeros.

    Two runs less than *gap* bytes apart are one, so that a chequered block is not many tiny writes.
    """
    start = stop = -1
    for at in _data_grains(block):
        if start >= 0 and at - stop >= gap:
            yield start, stop
            start = at
        elif start < 0:
            start = at
        stop = min(at + GRAIN, len(block))
    if start >= 0:
        yield start, stop


def _data_grains(block: bytes) -> Iterator[int]:
    """Yield the offset of each grain that is not all zeros.

    `bytes.startswith` compares in place: no slice is made, and data ends it at its first byte.
    """
    if _ZEROS.startswith(block):
        return
    for at in range(0, len(block), GRAIN):
        if not block.startswith(_ZERO_GRAIN[: len(block) - at], at):
            yield at
