"""What a group of processes uses, read from /proc while something runs."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from types import TracebackType
from typing import Self

TICK = os.sysconf("SC_CLK_TCK")
PERIOD = 0.05  # seconds
SHARE = 100
"""A look at memory, for which the kernel counts pages, takes at most this part of a processor."""
MIB = 1 << 20


class Meter:
    """Time, memory and processor of the processes under *root*; afterwards its attributes tell.

    `seconds`; `grown`, MiB by which their proportional memory (PSS) rose to its `peak`, that of
    processes included which came later; `processor`, seconds of processor time that those took
    which were there from the first. Without *root* only `seconds` counts.
    """

    def __init__(self, root: int | None = None) -> None:
        self._root = root
        self.seconds = self.grown = self.peak = self.processor = 0.0
        self._over = Event()

    def __enter__(self) -> Self:
        self._pids = family(self._root) if self._root else []
        self._base = self._peak = sum(map(memory, self._pids))
        self._spent = sum(map(ticks, self._pids))
        self._thread = Thread(target=self._sample, daemon=True)
        self._thread.start()
        self._start = time.perf_counter()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.seconds = time.perf_counter() - self._start
        self._over.set()
        self._thread.join()
        self.peak = self._peak / MIB
        self.grown = self.peak - self._base / MIB
        self.processor = (sum(map(ticks, self._pids)) - self._spent) / TICK

    def _sample(self) -> None:
        pause = PERIOD
        while self._root and not self._over.wait(pause):
            begin = time.thread_time()
            self._peak = max(self._peak, sum(map(memory, family(self._root))))
            pause = max(PERIOD, SHARE * (time.thread_time() - begin))


def family(root: int) -> list[int]:
    """Return *root* and its descendants."""
    found = [root]
    for pid in found:
        with suppress(OSError):  # it has ended
            for task in Path(f"/proc/{pid}/task").iterdir():
                found += map(int, (task / "children").read_text().split())
    return found


def memory(pid: int) -> int:
    """Return the bytes of a process's proportional set size."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0


def ticks(pid: int) -> int:
    """Return the clock ticks of processor time that a process has taken."""
    with suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return int(fields[11]) + int(fields[12])
    return 0
