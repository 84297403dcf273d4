"""Where a request ends: nothing that is said twice, or said badly, hides a second request."""

from __future__ import annotations

import pytest

from tests.faults.site import Site, noise, on_files
from tests.faults.wire import LAST_CHUNK, Wire, chunk

CHUNKED = "Transfer-Encoding: chunked"
SMUGGLING = {
    "both": ["Content-Length: 5", CHUNKED],
    "both, reversed": [CHUNKED, "Content-Length: 5"],
    "two lengths": ["Content-Length: 5", "Content-Length: 6"],
    "same length twice": ["Content-Length: 5", "Content-Length: 5"],
    "list of lengths": ["Content-Length: 5, 5"],
    "negative": ["Content-Length: -1"],
    "plus": ["Content-Length: +5"],
    "hexadecimal": ["Content-Length: 0x5"],
    "exponent": ["Content-Length: 1e3"],
    "huge": [f"Content-Length: {10**30}"],
    "foreign digit": ["Content-Length: \xd9\xa5"],
    "superscript": ["Content-Length: \xb2"],
    "empty length": ["Content-Length:"],
    "unknown coding": ["Transfer-Encoding: xchunked"],
    "chunked is not last": ["Transfer-Encoding: chunked, identity"],
    "chunked twice": ["Transfer-Encoding: chunked, chunked"],
    "in two lines": [CHUNKED, "Transfer-Encoding: identity"],
    "tab and a length": ["Transfer-Encoding:\tchunked", "Content-Length: 5"],
    "tab in the name": ["Transfer-Encoding\t: chunked"],
    "space in the name": ["Transfer-Encoding : chunked"],
    "vertical tab": ["Transfer-Encoding: \x0bchunked"],
    "folded": ["X-Nothing: x\r\n Transfer-Encoding: chunked"],
    "bare line feed": ["X-Nothing: x\nTransfer-Encoding: chunked"],
    "bare carriage return": ["X-Nothing: x\rTransfer-Encoding: chunked"],
}


def smuggle(site: Site, wire: Wire, lines: list[str]) -> tuple[str, int | None]:
    """Send a request with another, a deletion, in its body; return its image and the answer."""
    image = site.create_image()
    inner = site.head("DELETE", f"/v2/images/{image}")
    outer = site.head("POST", "/v2/images", Content_Type="application/json")
    given = "\r\n".join([*lines, "", ""]).encode("latin-1")

    wire.send(outer[:-2] + given, b"0\r\n\r\n" + inner)

    status = wire.answer().status
    assert wire.ending() is None  # no second answer, and the connection is closed
    return image, status


@on_files
@pytest.mark.parametrize("lines", SMUGGLING.values(), ids=SMUGGLING)
def test_hidden_request_never_runs(site: Site, lines: list[str]) -> None:
    with site.wire() as wire:
        image, status = smuggle(site, wire, lines)

    assert status in {400, 501}
    assert site.image(image)["status"] == "queued"


@on_files
@pytest.mark.parametrize("coding", ["gzip", "deflate", "compress", "identity"])
def test_packed_body_is_not_taken_for_the_data(site: Site, coding: str) -> None:
    image = site.create_image()

    with site.wire() as wire:
        wire.send(site.put_head(image, Transfer_Encoding=f"{coding}, chunked"))
        wire.send(chunk(noise(1000)), LAST_CHUNK)
        status = wire.ending()

    assert status == 501
    assert site.image(image)["status"] == "queued"


MALFORMED = {
    "negative": b"-1\r\nx",
    "letters": b"zz\r\nx",
    "prefix": b"0x5\r\nhello\r\n",
    "underscore": b"5_0\r\nx",
    "empty": b"\r\nhello\r\n",
    "huge": b"1%s\r\nx" % (b"0" * 17),
    "too long": b"5\r\nhello and more\r\n",
    "endless extension": b"5;x=" + b"y" * (1 << 16),
    "bad extension": b"5;x=\x01\r\nhello\r\n",
    "endless trailer": b"0\r\nX-Sum: " + b"y" * (1 << 20),
    "bad trailer": b"0\r\nX Sum: y\r\n\r\n",
    "framing as a trailer": b"0\r\nContent-Length: 5\r\n\r\n",
}


@on_files
@pytest.mark.parametrize("broken", MALFORMED.values(), ids=MALFORMED)
def test_malformed_chunk_is_refused_and_undone(site: Site, broken: bytes) -> None:
    image = site.create_image()

    with site.wire() as wire:
        wire.send(site.put_head(image), chunk(noise(1000)), broken)
        status = wire.ending()

    assert status in {400, 408}
    site.assert_undone(image)


@pytest.mark.parametrize(
    "end", [LAST_CHUNK, b"0\r\nX-Sum: y\r\n\r\n"], ids=["plain", "with a trailer"]
)
def test_extensions_and_trailers_leave_the_bytes_alone(site: Site, end: bytes) -> None:
    image = site.create_image()
    content = noise(3000)

    with site.wire() as wire:
        wire.send(site.put_head(image), b'bb8;name="va;lue"\r\n', content, b"\r\n", end)
        status = wire.answer().status

    assert status == 204
    site.assert_whole(image, content)
