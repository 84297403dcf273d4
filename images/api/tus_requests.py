"""What clients say in tus 1.0: headers of uploads, of their pieces and parts."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.conf import settings
from rest_framework.request import Request

from images.api.body import check_text, declared_length, has_body, has_chunks, open_body
from images.api.errors import BadRequest, PieceMismatch, WrongMediaType
from images.api.fields import new_image_fields
from images.api.numbers import read_number
from images.api.tus import (
    CHECKSUM,
    CHECKSUMS,
    CONCAT,
    DEFER,
    LENGTH,
    METADATA,
    OFFSET,
    PIECE,
)
from images.lifecycle.pieces import Piece
from images.lifecycle.uploads import NewUpload, Part
from images.models.upload import FINAL, MAX_METADATA, PARTIAL
from stores.errors import TooLarge
from stores.resumption import algorithm_of

FIELDS = ("name", "disk_format", "container_format", "visibility")
WORD = re.compile(r"[!-+\--~]+", re.ASCII)  # neither space nor comma
HEXADECIMAL = re.compile(r"[0-9a-f]+", re.ASCII)
MAX_TEXT = 255


def read_creation(request: Request) -> NewUpload:
    """Return the upload that a `POST` asks for. Raises `BadRequest`, `TooLarge`."""
    told = read_metadata(request)
    is_part = _is_part(request)
    given: dict[str, Any] = {"image": told["image"]} if told.get("image") else {}
    if not given:
        given["fields"] = _image_fields(told)
    return NewUpload(
        length=_wanted_length(request),
        store=told.get("store") or None,
        checksum=read_expected(told),
        filename=_short(told, "filename"),
        fingerprint=_short(told, "fingerprint"),
        metadata=request.headers.get(METADATA, ""),
        part=_read_part(told) if is_part else None,
        **given,
    )


def read_metadata(request: Request) -> dict[str, str]:
    """Return `Upload-Metadata`, decoded. Raises `BadRequest`."""
    header = request.headers.get(METADATA, "")
    if len(header) > MAX_METADATA:
        raise BadRequest(f"{METADATA} may have {MAX_METADATA} characters at most.")
    told: dict[str, str] = {}
    for pair in filter(None, (pair.strip() for pair in header.split(","))):
        key, _, value = pair.partition(" ")
        if not WORD.fullmatch(key) or key in told:
            raise BadRequest(f"{METADATA} must be pairs of a key and its value in base64.")
        try:
            told[key] = base64.b64decode(value.strip(), validate=True).decode()
        except (binascii.Error, ValueError):
            raise BadRequest(
                f"The value of '{key}' in {METADATA} must be text in base64."
            ) from None
    check_text(told)
    return told


def read_expected(told: dict[str, str]) -> str:
    """Return the checksum that all of the data must have, hexadecimal; "" if none is told."""
    checksum = told.get("checksum", "").strip().lower()
    if checksum and not (HEXADECIMAL.fullmatch(checksum) and algorithm_of(checksum)):
        raise BadRequest("The checksum must be an md5, sha256 or sha512, in hexadecimal digits.")
    return checksum


def _image_fields(told: dict[str, str]) -> dict[str, Any]:
    """Return the fields of the image that is made for an upload."""
    body = {"container_format": "bare"} | {key: told[key] for key in FIELDS if told.get(key)}
    if name := told.get("name") or told.get("filename"):
        body["name"] = name
    if "disk_format" not in body:
        raise BadRequest(
            f"{METADATA} must name the image, or the disk_format of one that is to be made."
        )
    return new_image_fields(body)


def _short(told: dict[str, str], key: str) -> str:
    text = told.get(key, "")
    if len(text) > MAX_TEXT:
        raise BadRequest(f"'{key}' in {METADATA} may have {MAX_TEXT} characters at most.")
    return text


def _read_part(told: dict[str, str]) -> Part:
    """Return where the part begins: the protocol tells its length, not its place."""
    if not (told.get("image") and "offset" in told and "size" in told):
        raise BadRequest(
            f"{METADATA} of a part must name its image, the offset at which it begins and the size "
            "of the whole."
        )
    start, size = read_number("offset", told["offset"]), read_number("size", told["size"])
    return Part(start, _within_cap(size))


def _is_part(request: Request) -> bool:
    concat = request.headers.get(CONCAT)
    if concat not in {None, PARTIAL}:
        raise BadRequest(f"{CONCAT} is {PARTIAL}, or {FINAL} and the addresses of parts.")
    return concat is not None


def _wanted_length(request: Request) -> int | None:
    deferred = request.headers.get(DEFER)
    if deferred not in {None, "1"} or (deferred is None) != (LENGTH in request.headers):
        raise BadRequest(f"Either {LENGTH} or {DEFER}: 1 is required.")
    return _told_length(request)


def _told_length(request: Request) -> int | None:
    text = request.headers.get(LENGTH)
    return None if text is None else _within_cap(read_number(LENGTH, text))


def _within_cap(size: int) -> int:
    if size > settings.IMAGE_SIZE_CAP:
        raise TooLarge(f"{size} bytes are more than the {settings.IMAGE_SIZE_CAP} of any image.")
    return size


def is_final(request: Request) -> bool:
    """Does a `POST` ask to join parts?"""
    return request.headers.get(CONCAT, "").startswith(FINAL)


def read_parts(request: Request) -> list[UUID]:
    """Return the ids of the parts that are to be joined, in order. Raises `BadRequest`."""
    addresses = request.headers[CONCAT].removeprefix(FINAL).split()
    if LENGTH in request.headers:
        raise BadRequest(f"What is joined has no {LENGTH}.")
    try:
        return [UUID(address.rstrip("/").rpartition("/")[2]) for address in addresses]
    except ValueError:
        raise BadRequest(f"{CONCAT} must name addresses of parts.") from None


def has_piece(request: Request) -> bool:
    """Does a `POST` bring the first bytes along?"""
    if not has_body(request):
        return False
    demand_piece(request)
    return True


def demand_piece(request: Request) -> None:
    """Raise `WrongMediaType` unless the body is said to be a piece of an upload."""
    if request.content_type.split(";")[0].strip().lower() != PIECE:
        raise WrongMediaType(f"The content type must be {PIECE}.")


def read_piece(request: Request) -> Piece:
    """Return what a `PATCH` says of its bytes. Raises `BadRequest`."""
    demand_piece(request)
    if OFFSET not in request.headers:
        raise BadRequest(f"{OFFSET} is required.")
    offset = read_number(OFFSET, request.headers[OFFSET])
    return Piece(offset, _told_length(request), _checked_bytes(request))


def first_piece(request: Request) -> Piece:
    """Return what a `POST` says of the bytes that it brings along."""
    return Piece(0, None, _checked_bytes(request))


def _checked_bytes(request: Request) -> int | None:
    if CHECKSUM not in request.headers:
        return None
    if has_chunks(request):
        raise BadRequest(f"A piece with {CHECKSUM} needs its Content-Length.")
    return declared_length(request)


def read_bytes(request: Request) -> Iterator[bytes]:
    """Yield the body; raise `PieceMismatch` after it if it does not hash to `Upload-Checksum`."""
    chunks = open_body(request)
    if CHECKSUM not in request.headers:
        return chunks
    name, _, text = request.headers[CHECKSUM].partition(" ")
    if name not in CHECKSUMS:
        raise BadRequest(f"{CHECKSUM} is by one of {', '.join(CHECKSUMS)}.")
    try:
        expected = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        raise BadRequest(f"{CHECKSUM} must be an algorithm and a sum in base64.") from None
    return _checked(chunks, name, expected)


def _checked(chunks: Iterator[bytes], name: str, expected: bytes) -> Iterator[bytes]:
    digest = hashlib.new(name, usedforsecurity=False)
    for chunk in chunks:
        digest.update(chunk)
        yield chunk
    if digest.digest() != expected:
        raise PieceMismatch(f"The piece does not hash to its {CHECKSUM}; send it again.")
