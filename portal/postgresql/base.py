"""The engine's connections; Django looks for `DatabaseWrapper` in a module of this name."""

from __future__ import annotations

import select
from typing import Any

from django.db.backends.postgresql import base
from psycopg import Error
from psycopg_pool import ConnectionPool

from portal.postgresql.turns import AT_ONCE, Turns

HERE = {"", "localhost", "127.0.0.1", "::1"}
"""Hosts that are this machine, beside the folder of a socket."""
TURNS = Turns(AT_ONCE)


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection out of the pool lives, and few at once ask a database of this machine.

    Where one is dead, none that is idle is believed. The pool's own check tries the idle ones in
    turn, each after a longer pause: when all were cut, a process with four of them answered nobody
    until its patience had ended.
    """

    _has_turn = False

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Return a connection that answers. Raises `PoolTimeout` while the database is away."""
        if self.pool is None:
            return super().get_new_connection(conn_params)
        self._give_turn_back()  # of a connection that was left without being closed
        self._has_turn = self._is_here and TURNS.take()
        try:
            return self._living_connection(conn_params)
        except BaseException:
            self._give_turn_back()
            raise

    def close(self) -> None:
        """Give the connection back, and its turn."""
        try:
            super().close()
        finally:
            self._give_turn_back()

    @property
    def _is_here(self) -> bool:
        host: str = self.settings_dict["HOST"]
        return host in HERE or host.startswith("/")

    def _give_turn_back(self) -> None:
        if self._has_turn:
            self._has_turn = False
            TURNS.give_back()

    def _living_connection(self, conn_params: dict[str, Any]) -> Any:
        taken = super().get_new_connection(conn_params)
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
