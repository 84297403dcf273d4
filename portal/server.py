"""gunicorn's threaded worker for long bodies: a thread for whole heads only, a deadline for all.

What gunicorn 27 does not do by itself, and this adds:
- A thread is spent on a request once its head is there; the loop reads heads, under a deadline.
- A body must keep coming: no silence, and no trickle, of `CLIENT_SILENCE_SECONDS`.
- A client that expects `100 Continue` is asked for its bytes at the first read, not before.
- A body that ends early or is malformed is an `OSError` to whoever reads it, as WSGI has it.
- A connection whose body was not read to its end is not used again, and is seen off by the loop.
- A stopping worker breaks off, in time to undo them itself, the requests that outlast the grace.
"""

from __future__ import annotations

import re
import socket
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from selectors import EVENT_READ
from types import FrameType
from typing import Any

from gunicorn import util
from gunicorn.http import errors
from gunicorn.http.body import Body, LengthReader
from gunicorn.http.message import Request
from gunicorn.http.unreader import SocketUnreader
from gunicorn.workers.gthread import STOP_KEEPALIVE_LINGER, TConn, ThreadWorker

from portal import environment as env

SILENCE_SECONDS = env.number("CLIENT_SILENCE_SECONDS", 30, least=1)
LEAST_RATE = env.number("CLIENT_LEAST_RATE", 1000)  # bytes a second, over that time
UNDO_SECONDS = 5  # of gunicorn's own grace are left for undoing what did not end in it

HEAD_LIMIT = 1 << 16  # bytes
LENGTH_LIMIT = 1 << 63
FAREWELL_SECONDS = 5
FAREWELL_BYTES = 1 << 24  # that a client may still send before it hears that nobody wants them
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"

HEAD_END = re.compile(rb"\n\r?\n")
HEAD_START = re.compile(rb"(\r(\n|$))?[A-Z]*([ \r\n]|$)")

REFUSALS: dict[type[Exception], HTTPStatus] = {
    errors.LimitRequestLine: HTTPStatus.REQUEST_URI_TOO_LONG,
    errors.LimitRequestHeaders: HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    errors.UnsupportedTransferCoding: HTTPStatus.NOT_IMPLEMENTED,
    errors.ExpectationFailed: HTTPStatus.EXPECTATION_FAILED,
    errors.ForbiddenProxyRequest: HTTPStatus.FORBIDDEN,
}
OUR_OWN_FAULTS = (
    errors.ConfigurationProblem,
    errors.InvalidResponseHeader,
    errors.InvalidResponseHeaderName,
)


class MovingUnreader(SocketUnreader):  # type: ignore[misc]
    """Reads from a client that has to keep sending; raises `TimeoutError` when it does not.

    Only the time spent on waiting for the client counts, not that in which nobody reads.
    """

    def __init__(self, sock: socket.socket) -> None:
        super().__init__(sock)
        self._waited = 0.0
        self._received = 0

    def chunk(self, size_hint: int | None = None) -> bytes:
        """Return the next bytes, at most *size_hint*."""
        begin = time.monotonic()
        self.sock.settimeout(SILENCE_SECONDS)
        data = bytes(super().chunk(size_hint))
        self._waited += time.monotonic() - begin
        self._received += len(data)
        if self._waited >= SILENCE_SECONDS:
            if self._received < LEAST_RATE * self._waited:
                raise TimeoutError("The client sends too slowly.")
            self._waited, self._received = 0.0, 0
        return data


class AskedBody(Body):  # type: ignore[misc]
    """A request's body, for which the client is asked at the first read.

    While it is not read to its end, the connection is one that must be closed after the answer:
    what comes next on it is not a request.
    """

    def __init__(self, request: Request, sock: socket.socket) -> None:
        super().__init__(request.body.reader)
        self._request = request
        self._is_awaited = request._expected_100_continue  # noqa: SLF001 -- gunicorn has no other word for it
        request._expected_100_continue = False  # noqa: SLF001 -- else it is sent before anybody looks
        self._sock = sock
        self._closes = request.must_close
        request.must_close = self._closes or not self._is_over()

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
        data: bytes = super()._read_reader(size)
        if len(data) < promised:
            self.failed = True
            raise OSError("The body ended before its declared length.")
        return data

    def _is_over(self) -> bool:
        if isinstance(self.reader, LengthReader):
            return bool(self.reader.length == 0)
        return self.reader.parser is None


class Connection(TConn):  # type: ignore[misc]
    """One client's connection, and the head of its next request as far as it came."""

    def __init__(self, worker: Worker, sock: socket.socket, client: Any, server: Any) -> None:
        super().__init__(worker.cfg, sock, client, server)
        self.data_ready = True  # a thread never waits for the first byte
        self._worker = worker
        self._head = bytearray()
        self._searched = 0
        self.may_still_send = FAREWELL_BYTES

    def init(self) -> None:
        """Give the head that the loop read to the parser (in a thread)."""
        if not self.initialized:
            super().init()
            self.parser.unreader = MovingUnreader(self.sock)
        self.parser.unreader.unread(bytes(self._head))
        self._head.clear()
        self._searched = 0

    def has_head(self) -> bool:
        """Read what is there, without waiting; tell whether a head is whole.

        Raises gunicorn's errors for what can never be a head, `EOFError` when the client left.
        """
        if self.parser is not None:
            self._head += self.parser.unreader.take_buffered()
        while not HEAD_END.search(self._head, max(0, self._searched - len(b"\n\r"))):
            self._check_head()
            self._searched = len(self._head)
            try:
                data = self.sock.recv(HEAD_LIMIT)
            except BlockingIOError:
                return False
            if not data:
                raise EOFError
            self._head += data
        return True

    def _check_head(self) -> None:
        if not HEAD_START.match(self._head):
            raise errors.InvalidRequestMethod("")
        if len(self._head) > HEAD_LIMIT:
            is_in_line = b"\n" not in self._head
            raise errors.LimitRequestLine(0) if is_in_line else errors.LimitRequestHeaders("")

    @property
    def is_waited_for(self) -> bool:
        """Did a part of a head come?"""
        return bool(self._head)

    def close(self, graceful: bool = False) -> None:  # noqa: FBT001, FBT002 -- gunicorn's shape
        """Close at once, or let the loop see the client off."""
        if graceful:
            self._worker.see_off(self)
        else:
            super().close()


class Worker(ThreadWorker):  # type: ignore[misc]
    """The loop accepts, reads heads and sees clients off; threads serve whole requests."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._waiting: OrderedDict[Connection, float] = OrderedDict()
        self._leaving: OrderedDict[Connection, float] = OrderedDict()
        self._serving: set[Connection] = set()
        self._break_at: float | None = None

    # --- Coming -------------------------------------------------------------------------------

    def accept(self, listener: Any) -> None:
        """Take the next client."""
        try:
            sock, client = listener.accept()
        except OSError as trouble:
            if not isinstance(trouble, BlockingIOError | ConnectionAbortedError):
                self.log.warning("No connection can be accepted: %s", trouble)
                time.sleep(0.05)  # out of descriptors, most likely: no reason to end
            return
        with suppress(OSError):  # a client that takes nothing for so long is gone
            wait = SILENCE_SECONDS * 1000
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, wait)
        self.nr_conns += 1
        self.enqueue_req(Connection(self, sock, client, listener.getsockname()))

    def enqueue_req(self, conn: Connection) -> None:
        """Hand *conn* to a thread if a whole head is there, else wait for the rest of it."""
        conn.sock.settimeout(0)
        if self._tries_head(conn):
            return
        self._waiting[conn] = time.monotonic() + SILENCE_SECONDS
        self.poller.register(conn.sock, EVENT_READ, partial(self._on_head, conn))

    def _on_head(self, conn: Connection, sock: socket.socket) -> None:
        if self._tries_head(conn, before=partial(self.poller.unregister, sock)):
            self._waiting.pop(conn)

    def _tries_head(self, conn: Connection, before: Callable[[], object] = bool) -> bool:
        """Read on; serve or refuse *conn*, after *before*, once it is clear which."""
        try:
            if not conn.has_head():
                return False
        except (EOFError, OSError):
            before()
            self.nr_conns -= 1
            conn.close()
        except errors.ParseException as refusal:
            before()
            self._refuse(conn, refusal)
        else:
            before()
            self._serving.add(conn)
            super().enqueue_req(conn)
        return True

    def _refuse(self, conn: Connection, refusal: Exception) -> None:
        self.handle_error(None, conn.sock, conn.client, refusal)
        self.nr_conns -= 1
        conn.close(graceful=True)

    # --- Being served -------------------------------------------------------------------------

    def handle_request(self, req: Request, conn: Connection) -> Any:
        """Serve one request (in a thread)."""
        if getattr(req.body.reader, "length", 0) >= LENGTH_LIMIT:
            raise errors.InvalidHeader("CONTENT-LENGTH")
        req.body = AskedBody(req, conn.sock)
        return super().handle_request(req, conn)

    def handle_error(self, req: Any, client: Any, addr: Any, exc: Exception) -> None:
        """Answer what is no request, repeating none of it; gunicorn tells of our own faults."""
        if not isinstance(exc, errors.ParseException) or isinstance(exc, OUR_OWN_FAULTS):
            super().handle_error(req, client, addr, exc)
            return
        status = REFUSALS.get(type(exc), HTTPStatus.BAD_REQUEST)
        self.log.info("Refused what %s sent: %s", addr, type(exc).__name__)
        with suppress(OSError):
            util.write_error(client, status.value, status.phrase, "")

    def finish_request(self, conn: Connection, fs: Future[Any]) -> None:
        """Keep *conn* for its next request, or see it off."""
        self._serving.discard(conn)
        super().finish_request(conn, fs)

    # --- Going --------------------------------------------------------------------------------

    def see_off(self, conn: Connection) -> None:
        """Close our side, and give the client some time to read its answer and to close its own.

        A closed socket with bytes unread resets the connection, and the answer may be lost.
        """
        try:
            conn.sock.shutdown(socket.SHUT_WR)
            conn.sock.settimeout(0)
            self.poller.register(conn.sock, EVENT_READ, partial(self._on_farewell, conn))
        except (OSError, ValueError):
            conn.close()
        else:
            self._leaving[conn] = time.monotonic() + FAREWELL_SECONDS

    def _on_farewell(self, conn: Connection, sock: socket.socket) -> None:
        try:
            data = sock.recv(1 << 16)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        conn.may_still_send -= len(data)
        if not data or conn.may_still_send < 0:
            self._leaving.pop(conn)
            self.poller.unregister(sock)
            conn.close()

    def murder_pending(self) -> None:
        """Cut whoever is late, in each round of the loop."""
        for conn in self._late(self._leaving):
            conn.close()
        for conn in self._late(self._waiting):
            if conn.is_waited_for:
                timeout = HTTPStatus.REQUEST_TIMEOUT
                with suppress(OSError):
                    util.write_error(conn.sock, timeout.value, timeout.phrase, "")
            self.nr_conns -= 1
            conn.close()
        if not self.alive:
            self._round_of_stopping()

    def _late(self, conns: OrderedDict[Connection, float]) -> list[Connection]:
        """Take those out of *conns*, and of the poller, whose time is over: they come first."""
        late = []
        while conns and next(iter(conns.values())) <= time.monotonic():
            conn, _ = conns.popitem(last=False)
            self.poller.unregister(conn.sock)
            late.append(conn)
        return late

    def is_parent_alive(self) -> bool:
        """Stop as when told to, once there is no master that would tell."""
        if super().is_parent_alive():
            return True
        self.alive = False
        return False

    def _round_of_stopping(self) -> None:
        now = time.monotonic()
        if self._break_at is None:
            self._break_at = now + self.cfg.graceful_timeout - UNDO_SECONDS
            for conn in self._waiting:
                self._waiting[conn] = min(self._waiting[conn], now + STOP_KEEPALIVE_LINGER)
        if now >= self._break_at:
            self._break_off()

    def _break_off(self) -> None:
        """Let every request that is being served find its connection broken."""
        for conn in tuple(self._serving):
            with suppress(OSError):
                conn.sock.shutdown(socket.SHUT_RDWR)

    def handle_quit(self, sig: int, frame: FrameType | None) -> None:
        """End at once, but for the undoing of what was under way."""
        self._break_off()
        super().handle_quit(sig, frame)
