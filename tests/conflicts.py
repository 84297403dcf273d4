"""Transactions that the database gives up for others."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.models import QuerySet
from psycopg.errors import DeadlockDetected

WAITING = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


def deadlocked(act: Callable[[], None], *, held: QuerySet[Any], wanted: QuerySet[Any]) -> None:
    """Do *act*, which locks *wanted* and then *held*, while we lock them the other way round.

    It waits first, and so is the one that the database gives up, after a second.
    """

    def run() -> None:
        act()
        connection.close()

    thread = Thread(target=run)
    with transaction.atomic():
        list(held.select_for_update())
        thread.start()
        _await_waiting()
        list(wanted.select_for_update())
        transaction.set_rollback(True)
    thread.join()


def _await_waiting() -> None:
    give_up_at = time.monotonic() + 10
    with connection.cursor() as cursor:
        while cursor.execute(WAITING).fetchone() == (0,):
            assert time.monotonic() < give_up_at, "the act waits for nothing"
            time.sleep(0.01)


@contextmanager
def given_up_once(table: str) -> Iterator[None]:
    """Let the first statement that writes into *table* end as it does in a deadlock."""
    left = [DeadlockDetected()]

    def execute(run: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if left and sql.startswith(f'INSERT INTO "{table}"'):
            raise OperationalError from left.pop()
        return run(sql, *rest)

    with connection.execute_wrapper(execute):
        yield
    assert not left, f"nothing was written into {table}"
