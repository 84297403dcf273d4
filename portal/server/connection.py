"""One client's connection: the head of a request, as far as it came."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable
from typing import Any

from gunicorn.http import errors
from gunicorn.workers.gthread import TConn

from portal.server.body import MovingUnreader

HEAD_LIMIT = 1 << 16  # bytes
FAREWELL_BYTES = 1 << 24  # that a client may still send before it hears that nobody wants them
HEAD_END = re.compile(rb"\n\r?\n")
HEAD_START = re.compile(rb"(\r(\n|$))?[A-Z]{0,20}([ \r\n]|$)")

SeeOff = Callable[["Connection"], None]


class Connection(TConn):  # type: ignore[misc]
    """One client's connection, and the head of its next request as far as it came."""

    def __init__(
        self, cfg: Any, sock: socket.socket, client: Any, server: Any, see_off: SeeOff
    ) -> None:
        super().__init__(cfg, sock, client, server)
        self.data_ready = True  # a thread never waits for the first byte
        self._see_off = see_off
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
            self._see_off(self)
        else:
            super().close()
