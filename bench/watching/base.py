"""A connection to PostgreSQL that writes down how long a project's row was waited for, and held.

One line for each transaction that changes the row, to `locks.csv` in the server's folder: what it
was for, and the seconds of the statement that takes the lock, from then to the commit's end, and
of those the seconds in which the database was asked something.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings

from portal.postgresql import base

ROW = "quotas_usage"
ACTS = (('SET "images"', "create"), ('SET "used"', "finish"), ('SET "reserved"', "begin"))


class DatabaseWrapper(base.DatabaseWrapper):
    """The service's own connection, with a clock."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._act = ""
        self._asked: list[tuple[float, float]] = []
        self.execute_wrappers.append(self._time)

    def _time(self, execute: Callable[..., Any], sql: Any, *rest: Any) -> Any:
        begin = time.perf_counter()
        try:
            return execute(sql, *rest)
        finally:
            self._note(str(sql), begin, time.perf_counter())

    def _note(self, sql: str, begin: float, end: float) -> None:
        if not self.in_atomic_block:
            return
        if not self._act and f'UPDATE "{ROW}"' in sql:
            self._act = next((act for part, act in ACTS if part in sql), "other")
        elif not self._act and ROW in sql and "FOR UPDATE" in sql:
            self._act = "other"
        if self._act:
            self._asked.append((begin, end))

    def _commit(self) -> None:
        begin = time.perf_counter()
        super()._commit()  # type: ignore[misc] # the checker does not know it
        if self._act:
            self._write([*self._asked, (begin, time.perf_counter())])
        self._forget()

    def _rollback(self) -> None:
        self._forget()
        super()._rollback()  # type: ignore[misc] # the same

    def _forget(self) -> None:
        self._act, self._asked = "", []

    def _write(self, asked: list[tuple[float, float]]) -> None:
        (begin, locked), *rest = asked
        held = rest[-1][1] - locked
        own = sum(end - start for start, end in rest)
        line = f"{self._act},{locked - begin:.6f},{held:.6f},{own:.6f}\n"
        with (Path(settings.VAR) / "locks.csv").open("a") as file:
            file.write(line)
