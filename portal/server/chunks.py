"""The chunks of a body: plain ones are taken many at a time, all else is gunicorn's to read."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

from gunicorn.http import errors
from gunicorn.http.body import ChunkedReader

if TYPE_CHECKING:
    from portal.server.body import MovingUnreader

ROOM = 1 << 20
"""Bytes that are asked of the kernel at once."""
A_WHILE = 1  # seconds, after which bytes that have come are passed on
END = b"\r\n"
FIRST = re.compile(rb"([0-9A-Fa-f]{1,8})\r\n")
NEXT = re.compile(rb"\r\n([0-9A-Fa-f]{1,8})\r\n")
BEGUN = re.compile(rb"(\r(\n([0-9A-Fa-f]{1,8}\r?)?)?)?|[0-9A-Fa-f]{1,8}\r?")
"""What may yet become the line of a plain chunk."""


class Chunks:
    """The chunks that come through *unreader* to gunicorn's *reader*, which has read nothing yet.

    gunicorn's parser asks the kernel three times for each. From the first line on that is not plain
    (the last chunk's, or one with an extension) it reads on, and refuses what is malformed.
    """

    def __init__(self, reader: ChunkedReader, unreader: MovingUnreader) -> None:
        self.are_plain = True
        self._reader, self._unreader = reader, unreader
        self._line, self._begun = FIRST, b""
        self._left = 0  # bytes of the present chunk

    def take(self, size: int) -> bytes:
        """Return *size* bytes of plain chunks, or those that come in a while.

        Nothing once the rest is gunicorn's. They are asked for as they are missing, so that the
        bytes of many chunks are copied once.
        """
        pieces: list[memoryview] = []
        missing, deadline = size, time.monotonic() + A_WHILE
        while self.are_plain and missing and (not pieces or time.monotonic() < deadline):
            ask = self._unreader.receive_soon if pieces else self._unreader.receive
            received = ask(min(ROOM, missing))
            if received is None:
                break
            if not received:
                raise errors.NoMoreData
            came = self._data_of(self._begun + received if self._begun else received)
            missing -= sum(map(len, came))
            pieces += came
        return b"".join(pieces)

    def _data_of(self, received: bytes) -> list[memoryview]:
        self._begun, view = b"", memoryview(received)
        pieces, at = [], 0
        while at < len(received):
            if not self._left:
                line = self._line.match(received, at)
                self._left = int(line[1], 16) if line else 0
                if not (line and self._left):
                    self._leave(received[at:])
                    break
                at, self._line = line.end(), NEXT
            piece = view[at : at + self._left]
            pieces.append(piece)
            at += len(piece)
            self._left -= len(piece)
        return pieces

    def _leave(self, rest: bytes) -> None:
        """Keep *rest* if it may yet be a plain chunk's line, else hand it over."""
        if BEGUN.fullmatch(rest):
            self._begun = rest
            return
        if self._line is NEXT:
            if not rest.startswith(END):
                raise errors.ChunkMissingTerminator(rest[: len(END)])
            rest = rest[len(END) :]
        self.are_plain = False
        self._unreader.unread(rest)
        self._reader.parser = self._reader.parse_chunked(self._unreader)
