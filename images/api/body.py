"""What a client sends: a stream of bytes as it comes, or one JSON value."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote_to_bytes

from django.conf import settings
from django.http import HttpRequest
from rest_framework.request import Request

from images.api.errors import BadRequest, BodyTooLarge, ClientGone, ClientSilent
from images.api.numbers import read_number
from stores.session import BLOCK

FEW = 1 << 16
"""Bytes of a body that are worth a look whether all of them are here."""
MAX_DEPTH = 32
MAX_DIGITS = 20  # with the sign


def declared_length(request: Request) -> int | None:
    """Return `Content-Length` in bytes; None for a chunked body."""
    if has_chunks(request):
        return None
    return read_number("Content-Length", request.META.get("CONTENT_LENGTH") or "0")


def has_chunks(request: Request) -> bool:
    """Does the body come in chunks of its own lengths?"""
    return "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower()


def has_body(request: Request) -> bool:
    """Does the request carry a body, as far as its headers say?"""
    return has_chunks(request) or bool(declared_length(request))


def open_body(request: Request) -> Iterator[bytes]:
    """Yield the body as it comes, in the session's own blocks if it comes fast.

    Django limits a body without `Content-Length` to nothing, and OpenStack's clients send just
    that (`Transfer-Encoding: chunked`): where the server ends the input itself (PEP 3333's
    `wsgi.input_terminated`), it is read directly. The server has the patience (portal.server):
    raises `ClientSilent` when it is over, `ClientGone` for a broken or malformed body.
    """
    environ = request.META
    terminated = environ.get("wsgi.input_terminated")
    source = environ["wsgi.input"] if terminated else request._request  # noqa: SLF001 -- DRF's own stream is None for an unknown length
    while chunk := _read(source):
        yield chunk


def read_whole(request: Request, size: int | None) -> bytes | None:
    """Return the body, of *size* bytes, if that is few and all of them have come already.

    Else None, and nothing is read. Only our own server can tell (portal.server.body).
    """
    source = request.META["wsgi.input"]
    is_here = getattr(source, "is_here", None)
    if not is_here or not size or size > FEW or size != declared_length(request) or not is_here():
        return None
    return b"".join(open_body(request))


def _read(source: Any) -> bytes:
    try:
        return bytes(source.read(BLOCK))
    except TimeoutError as trouble:
        raise ClientSilent("The body came too slowly, or not at all.") from trouble
    except OSError as trouble:
        raise ClientGone("The body broke off or is malformed.") from trouble


def read_json(request: Request) -> Any:
    """Return the body as one JSON value.

    The content type is not looked at, as the Image API does. Raises `BadRequest` for anything
    but one strict JSON text of at most 32 levels, `BodyTooLarge` past 1 MiB.
    """
    raw = bytearray()
    for chunk in open_body(request):
        raw += chunk
        if len(raw) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise BodyTooLarge("The request's body is too large.")
    if not raw:
        raise BadRequest("A JSON body is required.")
    try:
        value = json.loads(
            raw.decode("utf-8"),
            parse_constant=_no_constant,
            parse_float=_finite,
            parse_int=_whole,
            object_pairs_hook=_no_twins,
        )
    except RecursionError:
        raise BadRequest(f"The JSON body has more than {MAX_DEPTH} levels.") from None
    except ValueError as trouble:
        raise BadRequest(f"The body is not valid JSON: {trouble}") from None
    check_text(value)
    return value


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON value")


def _finite(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise ValueError("a number is too large")
    return value


def _whole(text: str) -> int:
    is_long = len(text) > MAX_DIGITS  # JSON has no leading noughts
    if is_long or not -(1 << 63) <= int(text) < 1 << 64:  # what is kept is read with 64 bits
        raise ValueError("a number is too large")
    return int(text)


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key appears twice")
    return found


def check_text(value: object, *, depth: int = 0) -> None:
    """Raise `BadRequest` for text that no database can hold (nul, lone surrogates), or too deep."""
    if depth > MAX_DEPTH:
        raise BadRequest(f"The JSON body has more than {MAX_DEPTH} levels.")
    if isinstance(value, str):
        if "\0" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
            raise BadRequest("Text must not contain nul or lone surrogate characters.")
    elif isinstance(value, dict):
        for key, item in value.items():
            check_text(key, depth=depth)
            check_text(item, depth=depth + 1)
    elif isinstance(value, list):
        for item in value:
            check_text(item, depth=depth + 1)


def check_address(request: HttpRequest | Request) -> None:
    """Raise `BadRequest` for an address with nul, or that is no UTF-8: Django would mend it."""
    address = request.META.get("RAW_URI") or request.META["QUERY_STRING"]  # the first is gunicorn's
    try:
        text = unquote_to_bytes(address).decode()
    except UnicodeDecodeError:
        raise BadRequest("The address is not UTF-8.") from None
    check_text(text)
