"""The hashes beside the stream: right, on threads of their own, and out of everybody's way."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest

from stores.digests import INLINE, NICE, Digests


@pytest.fixture
def digests() -> Iterator[Digests]:
    """Digests that are closed in the end."""
    digests = Digests()
    yield digests
    digests.close()


def hash_nices() -> list[int]:
    """Return the nice of each living hash thread."""
    threads = [one for one in threading.enumerate() if one.name.startswith("hash-")]
    return [os.getpriority(os.PRIO_PROCESS, one.native_id or 0) for one in threads]


@pytest.mark.parametrize("size", [0, 1, INLINE, INLINE + 1, 3 * INLINE])
def test_hashes_are_those_of_the_bytes(digests: Digests, size: int) -> None:
    block = os.urandom(size)
    expected = hashlib.md5(block * 2).hexdigest(), hashlib.sha512(block * 2).hexdigest()

    digests.update(block)
    digests.update(block)

    assert digests.finish() == expected


def test_a_small_block_needs_no_thread(digests: Digests) -> None:
    digests.update(bytes(INLINE))

    assert hash_nices() == []


def test_hash_threads_stand_back_and_nobody_else(digests: Digests) -> None:
    nice = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    digests.update(bytes(INLINE + 1))

    assert hash_nices() == [max(NICE, nice)] * 2
    assert os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) == nice


WITHOUT_ROOM = """
import resource
from pathlib import Path
from stores.digests import INLINE, Digests
block = bytes(INLINE + 1)
pages = int(Path("/proc/self/statm").read_text().split()[0])
most = pages * resource.getpagesize() + (1 << 20)
resource.setrlimit(resource.RLIMIT_AS, (most, most))
try:
    Digests().update(block)
except MemoryError:
    print("refused")
"""


def test_thread_that_cannot_be_started_is_a_lack_of_room() -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_ROOM], capture_output=True, text=True, check=False
    )

    assert done.stdout == "refused\n"
