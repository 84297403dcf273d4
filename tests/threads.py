"""Acts of many threads at once."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection

from images.errors import ImageError

THREADS = 8

needs_server = pytest.mark.skipif(
    connection.vendor == "sqlite", reason="a database in memory is one connection, and never closed"
)


def at_once(act: Callable[[int], Any]) -> list[Any]:
    """Let several threads do *act* at the same time; return what each got, or its refusal."""
    results: list[Any] = [None] * THREADS
    barrier = Barrier(THREADS)

    def run(number: int) -> None:
        barrier.wait()
        try:
            results[number] = act(number)
        except ImageError as refusal:
            results[number] = refusal
        finally:
            connection.close()

    threads = [Thread(target=run, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
