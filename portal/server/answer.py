"""An answer's body, sent as its client takes it: nobody who is slow holds a thread."""

from __future__ import annotations

import fcntl
import os
import select
import socket
import struct
import termios
import time
from collections.abc import Callable, Iterable
from typing import Any

from gunicorn.http.wsgi import FileWrapper
from gunicorn.util import has_fileno

from portal.configuration.server import LEAST_RATE, SILENCE_SECONDS

LARGE = 1 << 16  # bytes; what is smaller fits into the kernel's buffer
BLOCK = 1 << 24  # bytes of a file in one call, so that no thread is away for long
A_MOMENT = 100  # milliseconds in which a fast client takes something
LOOK_BACK_SECONDS = 2 * SILENCE_SECONDS  # for a client that takes little at a time

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Sending:
    """The rest of an answer's body, of which the client takes as much as it wants."""

    def __init__(self, sock: socket.socket, body: Any, length: int) -> None:
        self.keeps_alive = False
        self._sock = sock
        self._body = body
        self._left = self._length = length
        self._file: int | None = None
        self._offset = 0
        if isinstance(body, FileWrapper) and has_fileno(body.filelike):
            self._file = body.filelike.fileno()
            self._offset = os.lseek(self._file, 0, os.SEEK_CUR)
        elif not getattr(body, "streaming", True):
            self._body = (b"".join(body),)
            body.close()  # in this thread, whose database connection it gives back
        self._chunks = iter(self._body)
        self._chunk = memoryview(b"")
        self._looked_at, self._taken = time.monotonic(), 0

    def proceed(self) -> bool:
        """Send on until the client takes nothing for a moment; tell whether all is sent."""
        self._sock.settimeout(0)
        while self._left:
            try:
                self._left -= self._send()
            except BlockingIOError:
                if not self._has_room():
                    return False
        self._sock.settimeout(None)
        return True

    def _send(self) -> int:
        if self._file is not None:
            count = os.sendfile(
                self._sock.fileno(), self._file, self._offset, min(self._left, BLOCK)
            )
            self._offset += count
        else:
            count = self._send_chunk()
        if not count:
            raise OSError("The body ended before its declared length.")
        return count

    def _send_chunk(self) -> int:
        if not self._chunk:
            self._chunk = memoryview(next(filter(None, self._chunks), b""))[: self._left]
        count = self._sock.send(self._chunk) if self._chunk else 0
        self._chunk = self._chunk[count:]
        return count

    def _has_room(self) -> bool:
        poll = select.poll()
        poll.register(self._sock, select.POLLOUT)
        return bool(poll.poll(A_MOMENT))

    def is_too_slow(self) -> bool:
        """Tell whether the client took less than the least rate since this was looked at."""
        elapsed = time.monotonic() - self._looked_at
        if elapsed < LOOK_BACK_SECONDS:
            return False
        taken = self._length - self._left - unacknowledged(self._sock)
        is_slow = taken - self._taken < LEAST_RATE * elapsed
        self._looked_at, self._taken = time.monotonic(), taken
        return is_slow

    def close(self) -> None:
        """Let the body go."""
        if hasattr(self._body, "close"):
            self._body.close()


def unacknowledged(sock: socket.socket) -> int:
    """Return the bytes that were sent, and that the client's side did not take yet."""
    count: int = struct.unpack("i", fcntl.ioctl(sock, termios.TIOCOUTQ, bytes(4)))[0]
    return count


def taking(application: Wsgi, taken: dict[socket.socket, Sending]) -> Wsgi:
    """Return *application* without the large bodies of its answers, which are in *taken*."""

    def wsgi(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        lengths: list[int] = []

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            lengths[:] = [int(value) for name, value in headers if name.lower() == "content-length"]
            return start_response(status, headers, *rest)

        body = application(environ, start)
        if environ["REQUEST_METHOD"] == "HEAD" or sum(lengths) < LARGE:
            return body
        sock = environ["gunicorn.socket"]
        taken[sock] = Sending(sock, body, lengths[0])
        return ()

    return wsgi
