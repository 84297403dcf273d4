"""A proxy between a browser and a server that refuses large bodies, as many do."""

from __future__ import annotations

import re
import socket
import threading
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
    """What passes, *most* bytes a body, and what was refused: the bytes of each body."""

    upstream: tuple[str, int]
    most: int
    url: str = ""
    refused: list[int] = field(default_factory=list)
    passed: list[int] = field(default_factory=list)

    def serve(self, client: socket.socket) -> None:
        """Pass on what *client* sends and what it is answered, until one of them leaves."""
        with client, socket.create_connection(self.upstream) as server:
            back = threading.Thread(target=_copy, args=(server, client), daemon=True)
            back.start()
            with suppress(OSError):
                self.read_requests(client, server)
            with suppress(OSError):
                server.shutdown(socket.SHUT_RDWR)
            back.join(5)

    def read_requests(self, client: socket.socket, server: socket.socket) -> None:
        """Pass on one request after another, or refuse it when all of its body came."""
        data = b""
        while True:
            while b"\r\n\r\n" not in data:
                data += _more(client)
            head, _, data = data.partition(b"\r\n\r\n")
            found = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
            length = int(found[1]) if found else 0
            is_refused = length > self.most
            (self.refused if is_refused else self.passed).append(length)
            send: Callable[[bytes], None] = _drop if is_refused else server.sendall
            send(head + b"\r\n\r\n")
            while length:
                data = data or _more(client)
                send(data[:length])
                length, data = length - len(data[:length]), data[length:]
            if is_refused:
                client.sendall(TOO_LARGE)


@contextmanager
def relay(server_url: str, *, most: int) -> Iterator[Relay]:
    """Relay to the server at *server_url* what has *most* bytes at most."""
    parts = urlsplit(server_url)
    made = Relay((str(parts.hostname), int(parts.port or 80)), most)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        made.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        threading.Thread(target=_accept, args=(listener, made), daemon=True).start()
        yield made


def _accept(listener: socket.socket, made: Relay) -> None:
    with suppress(OSError):
        while True:
            client, _ = listener.accept()
            threading.Thread(target=made.serve, args=(client,), daemon=True).start()


def _copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(CHUNK):
            target.sendall(data)


def _more(client: socket.socket) -> bytes:
    data = client.recv(CHUNK)
    if not data:
        raise ConnectionResetError
    return data


def _drop(data: bytes) -> None:
    """Send nothing."""
