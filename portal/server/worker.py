"""The worker: its loop accepts, reads heads and sees clients off, its threads serve requests."""

from __future__ import annotations

import gc
import socket
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from selectors import EVENT_READ, EVENT_WRITE
from types import FrameType
from typing import Any

from gunicorn import util
from gunicorn.http import errors
from gunicorn.http.message import Request
from gunicorn.workers.gthread import STOP_KEEPALIVE_LINGER, ThreadWorker

from portal.configuration.server import SILENCE_SECONDS
from portal.server.answer import Sending, Wsgi, taking
from portal.server.body import AskedBody
from portal.server.connection import Connection
from portal.server.head import MethodNotServed, check_head
from stores.errors import StoreError

UNDO_SECONDS = 5  # of gunicorn's own grace are left for undoing what did not end in it
FAREWELL_SECONDS = 5
GARBAGE = 10_000
"""New containers, less those that are gone, after which Python looks for reference cycles.

By its own 700 it looks through a list of a thousand images some twenty times while that is made,
which took a third of the time; what the application loaded is left out of it.
"""
GONE_MILLISECONDS = 4000 * SILENCE_SECONDS
"""Who takes nothing for so long is gone.

A slow reader's kernel lets nothing more come until it has room for a whole segment, which on
loopback has 64 KB.
"""

REFUSALS: dict[type[Exception], HTTPStatus] = {
    errors.LimitRequestLine: HTTPStatus.REQUEST_URI_TOO_LONG,
    errors.LimitRequestHeaders: HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    errors.UnsupportedTransferCoding: HTTPStatus.NOT_IMPLEMENTED,
    errors.ExpectationFailed: HTTPStatus.EXPECTATION_FAILED,
    errors.ForbiddenProxyRequest: HTTPStatus.FORBIDDEN,
    MethodNotServed: HTTPStatus.NOT_IMPLEMENTED,
}
OUR_OWN_FAULTS = (
    errors.ConfigurationProblem,
    errors.InvalidResponseHeader,
    errors.InvalidResponseHeaderName,
)


class Worker(ThreadWorker):  # type: ignore[misc]
    """The loop accepts, reads heads and sees clients off; threads serve whole requests."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._waiting: OrderedDict[Connection, float] = OrderedDict()
        self._leaving: OrderedDict[Connection, float] = OrderedDict()
        self._serving: set[Connection] = set()
        self._taken: dict[socket.socket, Sending] = {}
        self._slow: dict[Connection, Sending] = {}
        self._next_cut = 0.0
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
        with suppress(OSError):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, GONE_MILLISECONDS)
        self.nr_conns += 1
        self.enqueue_req(Connection(self.cfg, sock, client, listener.getsockname(), self.see_off))

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
        check_head(req)
        req.body = AskedBody(req, conn.sock)
        try:
            keeps_alive = super().handle_request(req, conn)
        except BaseException:
            if sending := self._taken.pop(conn.sock, None):
                sending.close()
            raise
        if not (sending := self._taken.pop(conn.sock, None)):
            return keeps_alive
        sending.keeps_alive = keeps_alive
        return self._send_on(sending)

    def load_wsgi(self) -> None:
        """Load the application, which stays, and take the large bodies of its answers."""
        super().load_wsgi()
        self.wsgi: Wsgi = taking(self.wsgi, self._taken)
        gc.freeze()
        gc.set_threshold(GARBAGE, *gc.get_threshold()[1:])

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
        """Keep *conn* for the rest of its answer, or for its next request, or see it off."""
        rest = None if fs.cancelled() or fs.exception() else fs.result()
        if isinstance(rest, Sending):
            self._slow[conn] = rest
            self.poller.register(conn.sock, EVENT_WRITE, partial(self._on_room, conn))
            return
        self._serving.discard(conn)
        super().finish_request(conn, fs)

    # --- Taking an answer slowly ----------------------------------------------------------------

    def _send_on(self, sending: Sending) -> Any:
        """Send what the client takes (in a thread); return *sending* if it did not take all."""
        try:
            if not sending.proceed():
                return sending
        except OSError as trouble:
            self.log.debug("A client took a part of its answer: %s", trouble)
            sending.keeps_alive = False
        except StoreError as trouble:
            self.log.warning("An answer broke off: %s", trouble)
            sending.keeps_alive = False
        except Exception:
            self.log.exception("Error handling request")
            sending.keeps_alive = False
        sending.close()
        return sending.keeps_alive

    def _keepalive_after(self, conn: Connection, keepalive: Any) -> Any:
        if isinstance(keepalive, Sending):
            return keepalive
        return super()._keepalive_after(conn, keepalive)

    def _on_room(self, conn: Connection, sock: socket.socket) -> None:
        self.poller.unregister(sock)
        fs = self.tpool.submit(self._go_on, conn, self._slow.pop(conn))
        fs.add_done_callback(partial(self.method_queue.defer, self.finish_request, conn))

    def _go_on(self, conn: Connection, sending: Sending) -> Any:
        return self._keepalive_after(conn, self._send_on(sending))

    def _cut_slow(self) -> None:
        """Cut who takes its answer too slowly, once a second."""
        if time.monotonic() < self._next_cut:
            return
        self._next_cut = time.monotonic() + 1
        late = [conn for conn, sending in self._slow.items() if sending.is_too_slow()]
        for conn in late:
            self.poller.unregister(conn.sock)
            self._serving.discard(conn)
            self.tpool.submit(self._slow.pop(conn).close)  # may wait for a store
            self.nr_conns -= 1
            conn.close()

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
        self._cut_slow()
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
