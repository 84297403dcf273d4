"""A request's body: asked for when it is wanted, whole or an error, and never too slow."""

from __future__ import annotations

import fcntl
import socket
import struct
import termios
import time

from gunicorn.http import errors
from gunicorn.http.body import Body, LengthReader
from gunicorn.http.message import Request
from gunicorn.http.unreader import SocketUnreader

from portal.configuration.server import LEAST_RATE, SILENCE_SECONDS
from portal.server.chunks import A_WHILE, Chunks

LENGTH_LIMIT = 1 << 63  # bytes
LARGE = 1 << 18  # bytes
TIMEOUT = struct.pack("ll", A_WHILE, 0)  # and microseconds: then a read ends with what it has
NUMBER = struct.Struct("i")
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class MovingUnreader(SocketUnreader):  # type: ignore[misc]
    """Reads from a client that has to keep sending; raises `TimeoutError` when it does not.

    Only the time spent on waiting for the client counts, not that in which nobody reads.
    """

    def __init__(self, sock: socket.socket) -> None:
        super().__init__(sock)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, TIMEOUT)
        self._waited = 0.0
        self._received = 0

    def chunk(self, size_hint: int | None = None) -> bytes:
        """Return the next bytes, at most *size_hint* if that is many."""
        return self._receive(min(max(size_hint or 0, self.mxchunk), self.max_body_chunk))

    def receive(self, size: int) -> bytes:
        """Return what is held, or else what comes, at most *size* bytes of it."""
        return bytes(self.take_buffered()) or self._receive(size)

    def receive_soon(self, size: int) -> bytes | None:
        """Return what comes, at most *size* bytes of it; None if nothing does in a while."""
        begin = time.monotonic()
        data = self._received_in_a_while(size, 0)
        self._waited += time.monotonic() - begin
        self._received += len(data or b"")
        return data

    def take(self, size: int) -> bytes:
        """Return the next *size* bytes, or those that come in a while: the kernel joins them."""
        held = self.buf.tell()
        if not held:
            return self._receive(size, socket.MSG_WAITALL)
        first = bytes(self.read(min(size, held)))
        return first + self.take(size - held) if held < size else first

    def _receive(self, size: int, flags: int = 0) -> bytes:
        begin = time.monotonic()
        while (data := self._received_in_a_while(size, flags)) is None:
            if time.monotonic() - begin >= SILENCE_SECONDS:
                raise TimeoutError("The client sends nothing.")
        self._waited += time.monotonic() - begin
        self._received += len(data)
        if self._waited >= SILENCE_SECONDS:
            if self._received < LEAST_RATE * self._waited:
                raise TimeoutError("The client sends too slowly.")
            self._waited, self._received = 0.0, 0
        return data

    def _received_in_a_while(self, size: int, flags: int) -> bytes | None:
        try:
            return bytes(self.sock.recv(size, flags))
        except BlockingIOError:
            return None


class AskedBody(Body):  # type: ignore[misc]
    """A request's body, for which the client is asked at the first read.

    While it is not read to its end, the connection is one that must be closed after the answer:
    what comes next on it is not a request.
    """

    def __init__(self, request: Request, sock: socket.socket) -> None:
        super().__init__(request.body.reader)
        self._request = request
        self._chunks = Chunks(self.reader, request.unreader)
        self._is_awaited = request._expected_100_continue  # noqa: SLF001 -- gunicorn has no other word for it
        request._expected_100_continue = False  # noqa: SLF001 -- else it is sent before anybody looks
        self._sock = sock
        self._closes = request.must_close
        request.must_close = self._closes or not self._is_over()

    def is_here(self) -> bool:
        """Tell whether all of a body of known length has come, so that no read would wait."""
        if self._is_awaited or not isinstance(self.reader, LengthReader):
            return False
        held: int = self.buf.tell() + self.reader.unreader.buf.tell()
        return bool(held + _waiting_in(self._sock) >= self.reader.length)

    def read(self, size: int | None = None) -> bytes:
        """Return *size* bytes; of `LARGE` ones perhaps fewer, but none only at the end."""
        if size is None or size < LARGE or self.buf.tell():
            return bytes(super().read(size))
        return self._read_reader(size)

    def _read_reader(self, size: int) -> bytes:
        if self._is_awaited:
            self._is_awaited = False
            self._sock.sendall(CONTINUE)
        try:
            data = bytes(self._read_whole(size))
        except errors.ParseException as malformed:
            raise OSError("The body is malformed.") from malformed
        if self._is_over():
            self._request.must_close = self._closes
        return data

    def _read_whole(self, size: int) -> bytes:
        promised = min(size, getattr(self.reader, "length", 0))
        if size < LARGE and isinstance(self.reader, LengthReader):
            data: bytes = super()._read_reader(size)
        else:
            data, promised = self._take(size), min(promised, 1)
        if len(data) < promised:
            self.failed = True
            raise OSError("The body ended before its declared length.")
        return data

    def _take(self, size: int) -> bytes:
        """Take bytes past gunicorn's buffers, in which each is copied several times."""
        try:
            if isinstance(self.reader, LengthReader):
                return self._take_declared(min(size, self.reader.length))
            return self._take_piece(size)
        except Exception:
            self.failed = True
            raise

    def _take_declared(self, size: int) -> bytes:
        data: bytes = self.reader.unreader.take(size) if size else b""
        self.reader.length -= len(data)
        return data

    def _take_piece(self, size: int) -> bytes:
        """Take what came of the chunks, at most *size* bytes of plain ones."""
        if piece := self._chunks.take(size):
            return piece
        piece = next(filter(None, self.reader.parser or ()), b"")
        if not piece:
            self.reader.parser = None
        return piece

    def _is_over(self) -> bool:
        if isinstance(self.reader, LengthReader):
            return bool(self.reader.length == 0)
        return self.reader.parser is None


def _waiting_in(sock: socket.socket) -> int:
    """Return how many bytes can be read from *sock* now (tcp(7), `SIOCINQ`)."""
    count = fcntl.ioctl(sock, termios.FIONREAD, bytes(NUMBER.size))
    return int(NUMBER.unpack(count)[0])
