"""What is no request, or asks for something that nobody here does: refused, and never repeated."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.faults.site import Site, on_files
from tests.faults.test_framing import CHUNKED
from tests.faults.wire import Answer, Wire

pytestmark = on_files
MARK = b"s3cret.example"
HOST = b"Host: 127.0.0.1\r\n"
LINE = b"GET /healthz HTTP/1.1\r\n"
REFUSED = {
    "nul in the path": b"GET /s3cret.example\0 HTTP/1.1\r\n" + HOST,
    "nul in a value": LINE + HOST + b"X-Y: s3cret.example\0\r\n",
    "nul in a name": LINE + HOST + b"X\0Y: s3cret.example\r\n",
    "carriage return in a value": LINE + HOST + b"X-Y: s3cret.example\rz\r\n",
    "line feed in a value": LINE + HOST + b"X-Y: s3cret.example\nX-Z: z\r\n",
    "folded": LINE + HOST + b"X-Y: a\r\n s3cret.example\r\n",
    "first line folded": LINE + b" s3cret.example\r\n" + HOST,
    "high bytes in the path": b"GET /s3cret.example\xff\xfe HTTP/1.1\r\n" + HOST,
    "high bytes in a name": LINE + HOST + b"X\xffY: s3cret.example\r\n",
    "tab in the line": b"GET\t/s3cret.example HTTP/1.1\r\n" + HOST,
    "two blanks in the line": b"GET  /s3cret.example HTTP/1.1\r\n" + HOST,
    "blank after the line": b"GET /s3cret.example HTTP/1.1 \r\n" + HOST,
    "no version": b"GET /s3cret.example\r\n",
    "version 0.9": b"GET /s3cret.example HTTP/0.9\r\n" + HOST,
    "version 2.0": b"GET /s3cret.example HTTP/2.0\r\n" + HOST,
    "version 9.9": b"GET /s3cret.example HTTP/9.9\r\n" + HOST,
    "preface of HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n",
    "whole address": b"GET http://s3cret.example/healthz HTTP/1.1\r\n" + HOST,
    "our own address": b"GET http://127.0.0.1/healthz HTTP/1.1\r\n" + HOST,
    "address with a user": b"GET http://x@s3cret.example/ HTTP/1.1\r\n" + HOST,
    "host and port": b"GET s3cret.example:443 HTTP/1.1\r\n" + HOST,
    "no slash": b"GET s3cret.example HTTP/1.1\r\n" + HOST,
    "asterisk": b"OPTIONS * HTTP/1.1\r\n" + HOST,
    "two hosts": LINE + HOST + b"Host: s3cret.example\r\n",
    "no host": LINE,
    "empty host": LINE + b"Host:\r\n",
    "unknown host": LINE + b"Host: s3cret.example\r\n",
    "no name of a host": LINE + b"Host: s3cret.example<script>\r\n",
    "host with a user": LINE + b"Host: 127.0.0.1@s3cret.example\r\n",
    "unknown expectation": LINE + HOST + b"Expect: s3cret.example\r\n",
    "lower case": b"get /s3cret.example HTTP/1.1\r\n" + HOST,
    "endless method": b"A" * 100 + b" /s3cret.example HTTP/1.1\r\n" + HOST,
    "unknown method": b"BREW /healthz HTTP/1.1\r\n" + HOST + b"X-Y: s3cret.example\r\n",
    "trace": b"TRACE /versions HTTP/1.1\r\n" + HOST + b"X-Y: s3cret.example\r\n",
    "track": b"TRACK / HTTP/1.1\r\n" + HOST + b"X-Y: s3cret.example\r\n",
    "tunnel": b"CONNECT s3cret.example:443 HTTP/1.1\r\n" + HOST,
    "tls": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03s3cret.example",
    "noise": bytes(range(256)) + MARK,
    "long value": LINE + HOST + b"X-Y: s3cret.example" + b"y" * 100_000 + b"\r\n",
    "many headers": LINE + HOST + b"X-Y: s3cret.example\r\n" * 2000,
    "long path": b"GET /s3cret.example" + b"y" * 200_000 + b" HTTP/1.1\r\n" + HOST,
    "path of 8 KiB": b"GET /s3cret.example?" + b"y" * 8192 + b" HTTP/1.1\r\n" + HOST,
}


@pytest.mark.parametrize("head", REFUSED.values(), ids=REFUSED)
def test_head_is_refused_and_not_repeated(site: Site, head: bytes) -> None:
    with site.wire() as wire:
        wire.send(head, b"\r\n")
        answer = wire.answer()

    assert answer.status in {400, 403, 404, 405, 414, 417, 431, 501}
    assert MARK not in answer.body + str(answer.headers).encode()


@pytest.mark.parametrize(
    "head",
    [
        LINE + HOST + b"X-Y: \xff\xfe\r\n",
        b"\r\n" + LINE + HOST,
        b"GET /healthz HTTP/1.0\r\n",
        b"GET /healthz HTTP/1.2\r\n" + HOST,
        b"GET /healthz?" + b"y" * 8000 + b" HTTP/1.1\r\n" + HOST,
        LINE + HOST + b"X-Y: y\r\n" * 90,
        LINE + HOST + b"X-Y: " + b"y" * 8000 + b"\r\n",
    ],
)
def test_head_that_is_only_strange_is_served(site: Site, head: bytes) -> None:
    with site.wire() as wire:
        wire.send(head, b"\r\n")
        line = wire.interim()

    assert line.split()[:2] in [[b"HTTP/1.1", b"200"], [b"HTTP/1.0", b"200"]]


def test_stranger_is_not_believed_to_be_a_proxy(site: Site) -> None:
    forged: dict[str, Any] = {
        "X_Forwarded_Host": "s3cret.example",
        "X_Forwarded_Proto": "https",
        "X_Forwarded_For": "203.0.113.1",
        "X_Forwarded_Prefix": "/s3cret.example",
        "Forwarded": "host=s3cret.example;proto=https",
        "X_Forwarded_Port": "1",
        "X_Original_URL": "/admin/",
        "X_HTTP_Method_Override": "DELETE",
    }
    body = json.dumps({"disk_format": "raw"}).encode()

    made = site.call("POST", "/v2/images", body, **forged)
    listed = site.call("GET", "/v2/images", **forged)
    versions = site.call("GET", "/versions", **forged)

    assert [made.status, listed.status, versions.status] == [201, 200, 200]
    assert made.headers["location"].startswith(site.server.url)
    assert MARK not in b"".join(
        answer.body + str(answer.headers).encode() for answer in (made, listed, versions)
    )


def test_names_of_the_environment_are_no_headers(site: Site) -> None:
    lines = b"SCRIPT_NAME: /s3cret.example\r\nPATH_INFO: /admin/\r\nREMOTE_USER: root\r\n"

    with site.wire() as wire:
        wire.send(b"GET /versions HTTP/1.1\r\n", HOST, lines, b"\r\n")
        answer = wire.answer()

    assert answer.status == 200
    assert MARK not in answer.body


blanks = st.sampled_from(["", " ", "\t", "  ", "\x0b", "\xa0", "\r", "\0"])
names = st.sampled_from(
    ["Content-Length", "content-length", "Transfer-Encoding", "TRANSFER-ENCODING", "X-Y"]
)
values = st.sampled_from(
    ["0", "5", "6", "+5", "05", "5;", "chunked", "Chunked", "identity", "chunked;q=1", "gzip", ","]
)
lines = st.builds(
    lambda *parts: "".join(parts), blanks, names, blanks, st.just(":"), blanks, values, blanks
)
endings = st.sampled_from(["\r\n", "\r\n", "\n", "\r\n ", "\r"])


def is_plain(given: list[str]) -> bool:
    """Tell whether *given* say clearly where the body ends: then more may follow it."""
    framing = [line for line in given if "X-Y" not in line]
    stripped = [line.strip(" \t").lower().replace(" ", "").replace("\t", "") for line in framing]
    return stripped in (
        [],
        ["content-length:5"],
        ["content-length:05"],
        ["content-length:0"],
        [CHUNKED.lower().replace(" ", "")],
    )


@settings(
    max_examples=200,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much],
)
@given(given_lines=st.lists(lines, min_size=1, max_size=3), ends=st.lists(endings, min_size=3))
def test_no_framing_hides_a_request(site: Site, given_lines: list[str], ends: list[str]) -> None:
    assume(not is_plain(given_lines))
    framing = "".join(line + end for line, end in zip(given_lines, ends, strict=False))
    outer = site.head("POST", "/v2/images", Content_Type="application/json")
    inner = site.head("DELETE", "/v2/images/s3cret.example")

    with site.wire() as wire:
        wire.send(outer[:-2] + framing.encode("latin-1"), b"\r\n0\r\n\r\n" + inner)
        wire.break_off("half")
        answers = all_of(wire)

    assert {answer.status for answer in answers} <= {400, 417, 431, 501}
    assert len(answers) <= 1
    assert MARK not in b"".join(answer.body for answer in answers)


def all_of(wire: Wire) -> list[Answer]:
    """Return every answer until the server closes."""
    found = []
    try:
        while True:
            found.append(wire.answer())
    except ConnectionError:
        return found
