"""Transactions that are tried again, whole, and the connection that none is held of meanwhile."""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import InterfaceError, OperationalError, connection

P = ParamSpec("P")
T = TypeVar("T")

logger = logging.getLogger(__name__)

TROUBLE = (OperationalError, InterfaceError)
"""What the database's driver says of anything but our statements and values."""
CONFLICTS = frozenset({"40001", "40P01"})
"""SQL states of a serialization failure and of a deadlock (PostgreSQL, appendix A)."""
CONFLICT_PAUSES = (0.02, 0.05, 0.1)
CONFLICT_SECONDS = 2
AWAY_SECONDS = 6
"""After so long no further try begins; one waits for a connection for four seconds at most."""
AWAY_PAUSE = 0.2


def retried(act: Callable[P, T]) -> Callable[P, T]:
    """Do *act*, one transaction, up to three times more if another's was preferred to it.

    The database has undone all of it then. Inside of another transaction it is done once: that
    one is undone too, and whoever began it begins again.
    """

    @wraps(act)
    def tried(*args: P.args, **kwargs: P.kwargs) -> T:
        deadline = time.monotonic() + CONFLICT_SECONDS
        for pause in () if connection.in_atomic_block else CONFLICT_PAUSES:
            try:
                return act(*args, **kwargs)
            except OperationalError as trouble:
                if not _is_conflict(trouble) or time.monotonic() > deadline:
                    raise
                logger.info("%s is tried again: %s", act.__name__, trouble)
            time.sleep(pause)
        return act(*args, **kwargs)

    return tried


def persistently(act: Callable[[], T]) -> T:
    """Do *act*, one transaction, again while the database is away, for some seconds at most.

    That is for what is worth it: bytes that have come. The answer to a commit may be lost: *act*
    asks first whether it is done already.
    """
    deadline = time.monotonic() + AWAY_SECONDS
    while True:
        try:
            return act()
        except TROUBLE as trouble:
            if time.monotonic() > deadline:
                raise
            logger.warning("What the database did not confirm is tried again: %s", trouble)
        time.sleep(AWAY_PAUSE)


def is_away(error: BaseException | None) -> bool:
    """Tell whether *error* is of a database that did not answer, a moment ago, to a new call."""
    return isinstance(error, TROUBLE) and connection.connection is None


def release_connection() -> None:
    """Give a pooled database connection back: none is held while bytes flow, in or out."""
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()


def _is_conflict(trouble: OperationalError) -> bool:
    cause = trouble.__cause__
    is_busy = getattr(cause, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY
    return is_busy or getattr(cause, "sqlstate", None) in CONFLICTS
