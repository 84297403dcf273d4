"""The engine's connections; Django looks for `DatabaseWrapper` in a module of this name."""

from __future__ import annotations

import select
from typing import Any

from django.db.backends.postgresql import base
from psycopg import Error
from psycopg_pool import ConnectionPool


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection out of the pool lives; where one is dead, none that is idle is believed.

    The pool's own check tries the idle ones in turn, each after a longer pause: when all were cut,
    a process with four of them answered nobody until its patience had ended.
    """

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Return a connection that answers. Raises `PoolTimeout` while the database is away."""
        taken = super().get_new_connection(conn_params)
        if self.pool is None:
            return taken
        try:
            check_connection(taken)
        except Error:
            self.pool.putconn(taken)
            self.pool.drain()
            return super().get_new_connection(conn_params)
        return taken


def check_connection(connection: Any) -> None:
    """Raise `psycopg.OperationalError` if the server has left *connection*.

    To an idle client a server has nothing to say but that it leaves. The pool's own check asks it
    each time, which costs a tenth of a short request.
    """
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    if poll.poll(0):
        ConnectionPool.check_connection(connection)
