"""Runs of data between zeros, against the plainest way to find them."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from stores.zeros import GRAIN, data_runs

SIXTEENTH = GRAIN // 16


def block_of(grains: list[int], tail: bytes) -> bytes:
    """Return a block: per grain 0 for zeros, n for one byte that is not zero somewhere in it."""
    pieces = [
        bytes(SIXTEENTH * (n - 1)) + b"x" + bytes(GRAIN - 1 - SIXTEENTH * (n - 1))
        if n
        else bytes(GRAIN)
        for n in grains
    ]
    return b"".join(pieces) + tail


blocks = st.builds(block_of, st.lists(st.integers(0, 16), max_size=12), st.binary(max_size=9))


@given(blocks, st.integers(1, 4))
def test_runs_and_zeros_are_the_block(block: bytes, grains: int) -> None:
    rebuilt = bytearray(len(block))
    for start, stop in data_runs(block, gap=grains * GRAIN):
        rebuilt[start:stop] = block[start:stop]

    assert rebuilt == block


@given(blocks, st.integers(1, 4))
def test_runs_are_in_order_and_a_gap_apart(block: bytes, grains: int) -> None:
    runs = list(data_runs(block, gap=grains * GRAIN))

    for (_, stop), (start, _) in pairwise(runs):
        assert start - stop >= grains * GRAIN


@given(blocks)
def test_no_grain_of_zeros_is_in_a_run(block: bytes) -> None:
    for start, stop in data_runs(block):
        for at in range(start, stop, GRAIN):
            assert any(block[at : min(at + GRAIN, stop)])


def test_zeros_have_no_run() -> None:
    assert list(data_runs(bytes(12 * GRAIN))) == []


def test_data_is_one_run() -> None:
    assert list(data_runs(b"x" * (3 * GRAIN + 5))) == [(0, 3 * GRAIN + 5)]


def test_block_larger_than_any_constant_is_read_whole() -> None:
    block = bytes(1 << 24) + b"x"

    assert list(data_runs(block)) == [(1 << 24, (1 << 24) + 1)]
