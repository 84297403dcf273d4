"""A server's database, taken away from it: for all, or by a line that breaks in a COMMIT."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Event, Lock, Thread
from typing import Literal
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from tests.faults.site import Site

End = Literal["question", "late", "answer"]
COMMIT = b"COMMIT"
BLOCK = 1 << 16
LATE_SECONDS = 0.5


@dataclass(slots=True)
class Line:
    """A way to PostgreSQL at *target*; armed, it breaks in the next COMMIT.

    Either the question does not arrive, and the server rolls back, or the answer does not; or the
    question is late, and the server commits when the client has long been cut off.
    """

    target: tuple[str, int]
    broke: Event = field(default_factory=Event)
    _listener: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))
    _armed: End | None = None
    _stays_down: bool = False
    _is_down: bool = False
    _lock: Lock = field(default_factory=Lock)
    _servers: list[socket.socket] = field(default_factory=list)

    @property
    def port(self) -> int:
        """Where it listens, on loopback."""
        return int(self._listener.getsockname()[1])

    def start(self) -> None:
        """Pass connections on from now on."""
        Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Take no connection any more."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def arm(self, end: End, *, stays_down: bool = False) -> None:
        """Break at that *end* of the next COMMIT; one that *stays_down* then passes nothing on."""
        self.broke.clear()
        self._stays_down, self._armed = stays_down, end

    def repair(self) -> None:
        """Pass connections on again."""
        self._is_down = False

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                if self._is_down:
                    client.close()
                    continue
                server = socket.create_connection(self.target)
                self._servers.append(server)
                is_deaf = Event()
                for pump in (self._pass_questions, self._pass_answers):
                    Thread(target=pump, args=(client, server, is_deaf), daemon=True).start()

    def _pass_questions(self, client: socket.socket, server: socket.socket, deaf: Event) -> None:
        with suppress(OSError):
            while data := client.recv(BLOCK):
                match self._breaks_at(data):
                    case "question":
                        break
                    case "late":
                        hang_up(client)
                        time.sleep(LATE_SECONDS)
                    case "answer":
                        deaf.set()
                server.sendall(data)
        hang_up(client, server)
        if self._is_down:
            hang_up(*self._servers)

    @staticmethod
    def _pass_answers(client: socket.socket, server: socket.socket, deaf: Event) -> None:
        with suppress(OSError):
            while (data := server.recv(BLOCK)) and not deaf.is_set():
                client.sendall(data)
        hang_up(client, server)

    def _breaks_at(self, data: bytes) -> End | None:
        with self._lock:
            if self._armed is None or COMMIT not in data:
                return None
            end, self._armed = self._armed, None
            self._is_down = self._stays_down
        self.broke.set()
        return end


def hang_up(*ends: socket.socket) -> None:
    """End both connections."""
    for end in ends:
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()


@contextmanager
def line_to(url: str) -> Iterator[tuple[Line, str]]:
    """Yield a line to the database at *url*, and the URL of its other end."""
    parts = urlsplit(url)
    line = Line((str(parts.hostname), int(parts.port or 5432)))
    line.start()
    login, _, _ = parts.netloc.rpartition("@")
    try:
        yield line, urlunsplit(parts._replace(netloc=f"{login}@127.0.0.1:{line.port}"))
    finally:
        line.close()


@dataclass(frozen=True, slots=True)
class CutSite(Site):
    """A site on PostgreSQL, at the end of a *line*, whose *database* can be taken away."""

    line: Line
    database: str

    @contextmanager
    def away(self) -> Iterator[None]:
        """Let nobody connect to the database, and cut who is."""
        name = sql.Identifier(self.database)
        allow = sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}")
        with beside() as server:
            server.execute(allow.format(name, sql.SQL("false")))
            try:
                self.cut(server)
                yield
            finally:
                server.execute(allow.format(name, sql.SQL("true")))

    def connect(self) -> psycopg.Connection:
        """Connect to the database itself."""
        return psycopg.connect(os.environ["VITRINE_TEST_DATABASE_URL"], dbname=self.database)

    def cut(self, server: psycopg.Connection) -> int:
        """End every connection to the database, wait until they have, and return how many."""
        query = "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = %s"
        return len(server.execute(query, [self.database]).fetchall())


@contextmanager
def beside() -> Iterator[psycopg.Connection]:
    """Yield a connection to another database of the same PostgreSQL."""
    url = os.environ["VITRINE_TEST_DATABASE_URL"]
    with psycopg.connect(url, autocommit=True) as server:
        yield server
