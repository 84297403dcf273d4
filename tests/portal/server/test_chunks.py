from __future__ import annotations

import socket
from collections.abc import Iterator
from random import Random
from types import SimpleNamespace

import pytest
from gunicorn.http import errors
from gunicorn.http.body import ChunkedReader

from portal.server.body import MovingUnreader
from portal.server.chunks import Chunks

AFTER = b"GET / HTTP/1.1\r\n"


class Sent(MovingUnreader):
    """What a client sent, in the given pieces."""

    def __init__(self, *pieces: bytes) -> None:
        ours, theirs = socket.socketpair()
        with theirs, ours:
            super().__init__(ours)
        self._pieces = [*pieces]

    def _received_in_a_while(self, size: int, flags: int) -> bytes | None:
        piece = self._pieces.pop(0) if self._pieces else b""
        if piece[size:]:
            self._pieces.insert(0, piece[size:])
        return piece[:size]


def read(*pieces: bytes, size: int = 100) -> tuple[bytes, bytes]:
    """Return the body in *pieces*, *size* bytes at a time, and what comes after it."""
    unreader = Sent(*pieces)
    request = SimpleNamespace(limit_request_field_size=0, max_buffer_headers=0)
    request.parse_headers = lambda data, from_trailer: data
    reader = ChunkedReader(request, unreader)
    body = b"".join(taken(Chunks(reader, unreader), size)) + b"".join(reader.parser)
    return body, unreader.take_buffered()


def taken(chunks: Chunks, size: int) -> Iterator[bytes]:
    while piece := chunks.take(size):
        assert len(piece) <= size
        yield piece


def chunked(*chunks: bytes, last: bytes = b"0\r\n\r\n") -> bytes:
    return b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + last


@pytest.mark.parametrize("step", [1, 2, 3, 5, 7, 1000])
@pytest.mark.parametrize(
    "last", [b"0\r\n\r\n", b"000\r\n\r\n", b"0;a=b\r\n\r\n", b"0\r\nTrailer: x\r\n\r\n"]
)
def test_body_is_whole_however_it_comes(step: int, last: bytes) -> None:
    sent = chunked(b"one", b"\r\n", b"3\r\nabc\r\n", b"x" * 20, last=last) + AFTER

    body, after = read(*(sent[at : at + step] for at in range(0, len(sent), step)), b"")

    assert body == b"one\r\n3\r\nabc\r\n" + b"x" * 20
    assert AFTER.startswith(after)


def test_bytes_are_passed_on_while_the_client_pauses() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        unreader = MovingUnreader(ours)
        chunks = Chunks(
            ChunkedReader(SimpleNamespace(limit_request_field_size=0), unreader), unreader
        )

        theirs.sendall(b"3\r\nabc\r\n2\r\nd")
        assert chunks.take(100) == b"abcd"

        theirs.sendall(b"e\r\n0\r\n\r\n")
        assert [*taken(chunks, 100)] == [b"e"]


def test_random_chunks_in_random_pieces_are_what_was_sent() -> None:
    chance = Random(1)
    for _ in range(200):
        chunks = [chance.randbytes(chance.randrange(1, 40)) for _ in range(chance.randrange(9))]
        sent, pieces = chunked(*chunks), []
        while sent:
            cut = chance.randrange(1, 30)
            pieces.append(sent[:cut])
            sent = sent[cut:]

        assert read(*pieces, size=chance.randrange(1, 60)) == (b"".join(chunks), b"")


def test_chunk_with_an_extension_is_read_and_what_follows_too() -> None:
    sent = chunked(b"one")[:-5] + b"3;x=y\r\ntwo\r\n" + chunked(b"three")

    assert read(sent + AFTER) == (b"onetwothree", AFTER)


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        (b"3\r\nabcd\r\n0\r\n\r\n", errors.ChunkMissingTerminator),
        (b"3\r\nabc0\r\n\r\n", errors.ChunkMissingTerminator),
        (b"3\r\nabc\n0\r\n\r\n", errors.ChunkMissingTerminator),
        (b"3\nabc\r\n0\r\n\r\n", errors.InvalidChunkSize),
        (b"0x3\r\nabc\r\n0\r\n\r\n", errors.InvalidChunkSize),
        (b"-3\r\nabc\r\n0\r\n\r\n", errors.InvalidChunkSize),
        (b"\r\n3\r\nabc\r\n0\r\n\r\n", errors.InvalidChunkSize),
        (b"3\r\nabc\r\n+1\r\na\r\n0\r\n\r\n", errors.InvalidChunkSize),
        (b"3 \r\nabc\r\n0\r\n\r\n", errors.InvalidChunkSize),
        (b"3\r\nab", errors.NoMoreData),
        (b"3\r\nabc\r\n2", errors.NoMoreData),
        (b"3\r\nabc\r\n0\r\n", errors.ChunkMissingTerminator),
    ],
)
def test_what_is_malformed_is_refused(sent: bytes, error: type[Exception]) -> None:
    for pieces in ([sent], [sent[at : at + 1] for at in range(len(sent))]):
        with pytest.raises(error):
            read(*pieces)
