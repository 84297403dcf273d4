"""Transactions for whose locks others wait."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

FLUSH = "SELECT pg_logical_emit_message(true, 'vitrine', '')"
"""Writes nothing but a commit, and with it all that was committed before it."""


@contextmanager
def short_locks() -> Iterator[None]:
    """Open a transaction that holds a project's row no longer than its own statements take.

    PostgreSQL gives locks back once the commit is on the disk: all acts of a project would wait for
    the disk one after the other. Here they are given back before, and the disk is waited for
    afterwards, together: whoever has seen the change cannot come to the disk before it, and nobody
    is told of it until it is there. Only for what may be lost as a whole until then: nothing that
    happens on commit may destroy anything.
    """
    is_outermost = connection.vendor == "postgresql" and not connection.in_atomic_block
    with transaction.atomic():
        if is_outermost:
            _execute("SET LOCAL synchronous_commit TO off")
        yield
    if is_outermost:
        _execute(FLUSH)


def _execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
