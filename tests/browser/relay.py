"""A proxy between a browser and a server: it refuses large bodies, or is far away."""

from __future__ import annotations

import queue
import re
import socket
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CHUNK = 1 << 16
TOO_LARGE = (
    b"HTTP/1.1 413 Request Entity Too Large\r\nContent-Type: text/html\r\n"
    b"Content-Length: 15\r\n\r\n<p>Too large<p>"
)


@dataclass(slots=True)
class Relay:
    """What passes: *most* bytes a body; *delay* seconds each way, with *window* bytes in flight."""

    upstream: tuple[str, int]
    most: int | None = None
    delay: float = 0
    window: int = 1 << 20
    url: str = ""
    refused: list[int] = field(default_factory=list)
    passed: list[int] = field(default_factory=list)

    def serve(self, client: socket.socket) -> None:
        """Pass on what *client* sends and what it is answered, until one of them leaves."""
        with client, socket.create_connection(self.upstream) as server:
            up, down = self.line_to(server), self.line_to(client)
            back = threading.Thread(target=self.copy, args=(server, down), daemon=True)
            back.start()
            with suppress(OSError):
                self.read_requests(client, up, down)
            with suppress(OSError):
                server.shutdown(socket.SHUT_RDWR)
            back.join(5)

    def line_to(self, target: socket.socket) -> Callable[[bytes], None]:
        """Return what sends to *target*: at once, or after the delay."""
        return Far(target, self.delay, self.window).send if self.delay else target.sendall

    def copy(self, source: socket.socket, send: Callable[[bytes], None]) -> None:
        """Send on what comes from *source*."""
        with suppress(OSError):
            while data := source.recv(CHUNK):
                send(data)

    def read_requests(
        self, client: socket.socket, up: Callable[[bytes], None], down: Callable[[bytes], None]
    ) -> None:
        """Pass on one request after another, or refuse it when all of its body came."""
        data = b""
        while True:
            while b"\r\n\r\n" not in data:
                data += _more(client)
            head, _, data = data.partition(b"\r\n\r\n")
            found = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
            length = int(found[1]) if found else 0
            is_refused = self.most is not None and length > self.most
            (self.refused if is_refused else self.passed).append(length)
            send: Callable[[bytes], None] = _drop if is_refused else up
            send(head + b"\r\n\r\n")
            while length:
                data = data or _more(client)
                send(data[:length])
                length, data = length - len(data[:length]), data[length:]
            if is_refused:
                down(TOO_LARGE)


class Far:
    """A line on which bytes take *delay* seconds, and *window* of them wait for their receipt."""

    def __init__(self, target: socket.socket, delay: float, window: int) -> None:
        self._target, self._delay = target, delay
        self._sent: queue.Queue[tuple[float, bytes]] = queue.Queue()
        self._room = threading.Semaphore(max(1, window // CHUNK))
        threading.Thread(target=self._deliver, daemon=True).start()

    def send(self, data: bytes) -> None:
        """Put *data* on the line, when the window has room for it."""
        for start in range(0, len(data), CHUNK):
            self._room.acquire()
            self._sent.put((time.monotonic() + self._delay, data[start : start + CHUNK]))

    def _deliver(self) -> None:
        while True:
            due, data = self._sent.get()
            time.sleep(max(0.0, due - time.monotonic()))
            with suppress(OSError):
                self._target.sendall(data)
            receipt = threading.Timer(self._delay, self._room.release)  # its way back
            receipt.daemon = True
            receipt.start()


@contextmanager
def relay(server_url: str, **options: float) -> Iterator[Relay]:
    """Relay to the server at *server_url*; *options* are fields of `Relay`."""
    parts = urlsplit(server_url)
    made = Relay((str(parts.hostname), int(parts.port or 80)), **options)  # type: ignore[arg-type]
    with socket.create_server(("127.0.0.1", 0)) as listener:
        made.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        threading.Thread(target=_accept, args=(listener, made), daemon=True).start()
        yield made


def _accept(listener: socket.socket, made: Relay) -> None:
    with suppress(OSError):
        while True:
            client, _ = listener.accept()
            threading.Thread(target=made.serve, args=(client,), daemon=True).start()


def _more(client: socket.socket) -> bytes:
    data = client.recv(CHUNK)
    if not data:
        raise ConnectionResetError
    return data


def _drop(data: bytes) -> None:
    """Send nothing."""
