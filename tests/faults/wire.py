"""Raw HTTP over sockets, for what no client library would send; every wait has an end."""

from __future__ import annotations

import socket
import struct
from dataclasses import dataclass
from threading import Thread
from types import TracebackType
from typing import Self

PATIENCE = 30.0
"""Seconds that a test waits for an answer at most."""
LAST_CHUNK = b"0\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer as it stood on the wire; names of headers are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


class Wire:
    """One connection to the server."""

    def __init__(self, address: tuple[str, int], *, room: int | None = None) -> None:
        """Connect; *room* is how many bytes the kernel keeps for us, about."""
        self.socket = socket.socket()
        if room:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
        self.socket.settimeout(PATIENCE)
        self.socket.connect(address)
        self._read = bytearray()

    def send(self, *parts: bytes) -> None:
        """Send *parts*; what a server that closed does not take any more is dropped."""
        for part in parts:
            try:
                self.socket.sendall(part)
            except OSError:
                return

    def send_aside(self, *parts: bytes) -> None:
        """Send *parts* from a thread, to a server that may stop to read."""
        Thread(target=self.send, args=parts, daemon=True).start()

    def answer(self) -> Answer:
        """Return the next answer; `ConnectionError` if the connection ends before it is whole."""
        lines = self._until(b"\r\n\r\n").decode("latin-1").split("\r\n")
        headers = dict(line.split(": ", 1) for line in lines[1:])
        named = {name.lower(): value for name, value in headers.items()}
        status = int(lines[0].split(" ")[1])
        return Answer(status, named, self._body(status, named))

    def outcome(self) -> int | None:
        """Return the status of the next answer; None if the server closes without one."""
        try:
            return self.answer().status
        except ConnectionError:
            return None

    def ending(self) -> int | None:
        """Return the status of the last answer before the server closes; None for no answer."""
        status = None
        try:
            while True:
                status = self.answer().status
        except ConnectionError:
            return status

    def interim(self) -> bytes:
        """Return the next head, be it of an interim answer (100)."""
        return self._until(b"\r\n\r\n")

    def more(self, size: int) -> None:
        """Read at most *size* bytes further."""
        self._read += self.socket.recv(size)

    def rest(self, size: int) -> bytes:
        """Return the next *size* bytes."""
        return self._exactly(size)

    def is_silent(self, seconds: float) -> bool:
        """Tell whether nothing comes, not even the end, within *seconds*."""
        self.socket.settimeout(seconds)
        try:
            self.socket.recv(1, socket.MSG_PEEK)
        except TimeoutError:
            return not self._read
        finally:
            self.socket.settimeout(PATIENCE)
        return False

    def is_closed(self) -> bool:
        """Tell whether the server ends the connection without a further byte."""
        try:
            return not self._read and not self.socket.recv(1)
        except ConnectionResetError:
            return True

    def break_off(self, how: str) -> None:
        """End our side: `close`, `reset` (at once, as a killed machine's router may) or `half`."""
        if how == "half":
            self.socket.shutdown(socket.SHUT_WR)
            return
        if how == "reset":
            linger = struct.pack("ii", 1, 0)
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.socket.close()

    def _until(self, mark: bytes) -> bytes:
        while mark not in self._read:
            self._more()
        found, _, rest = bytes(self._read).partition(mark)
        self._read[:] = rest
        return found

    def _exactly(self, count: int) -> bytes:
        while len(self._read) < count:
            self._more()
        found = bytes(self._read[:count])
        del self._read[:count]
        return found

    def _more(self) -> None:
        data = self.socket.recv(1 << 20)
        if not data:
            raise ConnectionError("The connection ended.")
        self._read += data

    def _body(self, status: int, headers: dict[str, str]) -> bytes:
        if headers.get("transfer-encoding") == "chunked":
            body = b""
            while size := int(self._until(b"\r\n"), 16):
                body += self._exactly(size)
                self._until(b"\r\n")
            self._until(b"\r\n")
            return body
        return self._exactly(int(headers.get("content-length", 0)))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.socket.close()


def head(method: str, path: str, headers: dict[str, object]) -> bytes:
    """Return the head of a request."""
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def chunk(data: bytes) -> bytes:
    """Return *data* as one chunk of a chunked body."""
    return b"%x\r\n%s\r\n" % (len(data), data)
