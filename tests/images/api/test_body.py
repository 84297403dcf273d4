from __future__ import annotations

from typing import Any

import pytest
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from images.api.body import check_address, check_text, declared_length, has_body, read_json
from images.api.errors import BadRequest


def request(body: bytes = b"", **environ: Any) -> Request:
    sent: Any = body
    return Request(APIRequestFactory().generic("POST", "/", sent, **environ))


def nested(levels: int) -> bytes:
    return b"[" * levels + b"]" * levels


@pytest.mark.parametrize(
    ("environ", "length", "is_there"),
    [
        ({}, 0, False),
        ({"CONTENT_LENGTH": "5"}, 5, True),
        ({"HTTP_TRANSFER_ENCODING": "chunked"}, None, True),
        ({"HTTP_TRANSFER_ENCODING": "Chunked", "CONTENT_LENGTH": "5"}, None, True),
    ],
)
def test_length_is_what_the_headers_say(
    environ: dict[str, Any], length: int | None, is_there: object
) -> None:
    asked = request(**environ)

    assert (declared_length(asked), has_body(asked)) == (length, is_there)


@pytest.mark.parametrize("length", ["x", "-1", "1e3", str(2**64)])
def test_length_that_is_none_is_refused(length: str) -> None:
    with pytest.raises(BadRequest):
        declared_length(request(CONTENT_LENGTH=length))


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'{"k": "\xf0\x9f\x98\x80"}', {"k": "😀"}),
        (b'"\\ud83d\\ude00"', "😀"),
        (b" 1 ", 1),
        (b"18446744073709551615", 2**64 - 1),
        (b"-9223372036854775808", -(2**63)),
        (nested(2), [[]]),
    ],
)
def test_json_is_read(body: bytes, value: object) -> None:
    assert read_json(request(body)) == value


def test_json_has_thirty_two_levels_at_most() -> None:
    read_json(request(nested(33)))

    for levels in (34, 1000, 100_000):
        with pytest.raises(BadRequest, match="32 levels"):
            read_json(request(nested(levels)))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"{} {}",
        b"{'k': 1}",
        b"NaN",
        b"[Infinity]",
        b"[1e400]",
        b'{"k": -1e999}',
        b"9" * 5000,
        b"[18446744073709551616]",
        b'{"k": -9223372036854775809}',
        b'{"k": 1, "k": 2}',
        b"\xef\xbb\xbf{}",
        "{}".encode("utf-16"),
        b'"\xff"',
    ],
)
def test_body_that_is_not_strict_json_is_refused(body: bytes) -> None:
    with pytest.raises(BadRequest):
        read_json(request(body))


@pytest.mark.parametrize("address", ["/%00", "/a%00b", "/?%ff", "/?k=%c0%ae", "/?k=%ed%a0%80"])
def test_address_that_is_no_text_is_refused(address: str) -> None:
    with pytest.raises(BadRequest):
        check_address(request(RAW_URI=address))


@pytest.mark.parametrize("address", ["/", "/%252e?k=%F0%9F%98%80&%", "/%0d%0a"])
def test_any_other_address_will_do(address: str) -> None:
    check_address(request(RAW_URI=address))


@pytest.mark.parametrize(
    "value", ["\0", "a\0b", "\ud800", "a\udfff", ["\0"], {"\0": 1}, {"k": ["\ud800"]}]
)
def test_text_that_no_database_holds_is_refused(value: object) -> None:
    with pytest.raises(BadRequest, match="nul or lone surrogate"):
        check_text(value)


def test_any_other_text_will_do() -> None:
    check_text({"k": ["😀", "\u202e", "\x7f", "\r\n", None, True, 1.5]})
