"""The engine's connections; Django looks for `DatabaseWrapper` in a module of this name."""

from __future__ import annotations

import select
from typing import Any

from django.db.backends.postgresql import base
from psycopg_pool import ConnectionPool


class DatabaseWrapper(base.DatabaseWrapper):
    """Asks whether a pooled connection lives only if something came from the server."""

    @property
    def pool(self) -> Any:
        """Return the process's pool of connections, None without one."""
        pool = super().pool
        if pool is not None and self.settings_dict["CONN_HEALTH_CHECKS"]:
            pool._check = check_connection  # noqa: SLF001 -- Django leaves no other place for it
        return pool


def check_connection(connection: Any) -> None:
    """Raise `psycopg.OperationalError` if the server has left *connection*.

    To an idle client a server has nothing to say but that it leaves. The pool's own check asks it
    each time, which costs a tenth of a short request.
    """
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    if poll.poll(0):
        ConnectionPool.check_connection(connection)
