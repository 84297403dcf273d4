"""A line with a round trip and a window, as a far client has it: a proxy on loopback."""

from __future__ import annotations

import socket
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import Condition, Thread

STEP = 1 << 16
"""Bytes that are passed on at a time."""


@dataclass(frozen=True, slots=True)
class LongLine:
    """Where the proxy leads; *trip* is seconds there and back, *window* bytes under way at most."""

    host: str
    port: int
    trip: float
    window: int

    @contextmanager
    def listening(self) -> Iterator[int]:
        """Yield the port of loopback at which the line begins."""
        with socket.create_server(("127.0.0.1", 0)) as server:
            Thread(target=self._accept, args=(server,), daemon=True).start()
            yield server.getsockname()[1]

    def _accept(self, server: socket.socket) -> None:
        with suppress(OSError):
            while True:
                near, _ = server.accept()
                Thread(target=self._join, args=(near,), daemon=True).start()

    def _join(self, near: socket.socket) -> None:
        """Carry bytes both ways between *near* and the server, until both have ended."""
        with near, socket.create_connection((self.host, self.port)) as far:
            ways = ((near, far), (far, near))
            carriers = [Thread(target=self._carry, args=way, daemon=True) for way in ways]
            for carrier in carriers:
                carrier.start()
            for carrier in carriers:
                carrier.join()

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        """Pass on what *source* sends half a trip later; another half later there is room again."""
        under_way: deque[tuple[float, bytes]] = deque()
        changed = Condition()
        given = (target, under_way, changed)
        delivery = Thread(target=self._deliver, args=given, daemon=True)
        delivery.start()
        room: deque[tuple[float, int]] = deque()
        count = 0
        with suppress(OSError):
            while data := source.recv(STEP):
                count += len(data)
                now = time.monotonic()
                room.append((now + self.trip, len(data)))
                with changed:
                    under_way.append((now + self.trip / 2, data))
                    changed.notify()
                while count >= self.window or (room and room[0][0] <= time.monotonic()):
                    at, size = room.popleft()
                    time.sleep(max(0, at - time.monotonic()))
                    count -= size
        with changed:
            under_way.append((time.monotonic() + self.trip / 2, b""))
            changed.notify()
        delivery.join()

    @staticmethod
    def _deliver(
        target: socket.socket, under_way: deque[tuple[float, bytes]], changed: Condition
    ) -> None:
        with suppress(OSError):
            while True:
                with changed:
                    changed.wait_for(lambda: bool(under_way))
                    at, data = under_way.popleft()
                time.sleep(max(0, at - time.monotonic()))
                if not data:
                    target.shutdown(socket.SHUT_WR)
                    return
                target.sendall(data)
