"""Answers that carry an image's bytes: all or one range, by sendfile where there is a file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus

from django.http import FileResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from rest_framework.request import Request

from images.api.errors import BadRange, BadRequest
from stores.base import Reader

RANGE = re.compile(r"bytes=(\d{0,19})-(\d{0,19})", re.ASCII)
CONTENT_RANGE = re.compile(r"bytes (\d{1,19})-(\d{1,19})/(\d{1,19}|\*)", re.ASCII)


@dataclass(frozen=True, slots=True)
class ByteRange:
    """Bytes from offset *start* up to *stop* (exclusive) of an image of *size* bytes."""

    start: int
    stop: int
    size: int

    @property
    def length(self) -> int:
        """Return the bytes in the range."""
        return self.stop - self.start

    @property
    def header(self) -> str:
        """Return the value of `Content-Range`."""
        return f"bytes {self.start}-{self.stop - 1}/{self.size}"


def read_range(request: Request, size: int) -> ByteRange | None:
    """Return the one range asked for, None for the whole image of *size* bytes.

    Raises `BadRange` for one that cannot be served, `BadRequest` for several.
    """
    asked = request.headers.get("Range", "").strip()
    if not asked:
        old = request.headers.get("Content-Range", "").strip()
        return _from_content_range(old, size) if old else None
    if "," in asked:
        raise BadRequest("Only one range is served at a time.")
    match = RANGE.fullmatch(asked)
    if match is None or not any(match.groups()):
        raise BadRange(f"Invalid range; the image has {size} bytes.")
    first, last = match.groups()
    if not first:
        return _checked(max(0, size - int(last)), size, size)
    stop = min(int(last) + 1, size) if last else size
    return _checked(int(first), stop, size)


def _from_content_range(text: str, size: int) -> ByteRange:
    """Read the request header that old clients send in place of `Range`."""
    match = CONTENT_RANGE.fullmatch(text)
    if match is None or int(match[2]) >= size:
        raise BadRange(f"Invalid range; the image has {size} bytes.")
    return _checked(int(match[1]), int(match[2]) + 1, size)


def _checked(start: int, stop: int, size: int) -> ByteRange:
    if start >= stop or start >= size:
        raise BadRange(f"Invalid range; the image has {size} bytes.")
    return ByteRange(start, stop, size)


def download(reader: Reader, wanted: ByteRange | None, *, checksum: str | None) -> HttpResponseBase:
    """Return an answer that sends *wanted* of *reader*, and closes it."""
    part = wanted or ByteRange(0, reader.size, reader.size)
    file = reader.file()
    response: HttpResponseBase
    if file is not None:
        file.seek(part.start)
        response = FileResponse(file)  # gunicorn sends it from its position, Content-Length bytes
    else:
        response = StreamingHttpResponse(_chunks(reader, part))
    response["Content-Type"] = "application/octet-stream"
    response["Content-Length"] = str(part.length)
    response["Content-Disposition"] = "attachment"
    response["Accept-Ranges"] = "bytes"
    response["Cache-Control"] = "private, no-store"
    if checksum:
        response["Content-MD5"] = checksum
    if wanted is not None:
        response.status_code = HTTPStatus.PARTIAL_CONTENT
        response["Content-Range"] = wanted.header
    return response


def _chunks(reader: Reader, part: ByteRange) -> Iterator[bytes]:
    with reader:
        yield from reader.chunks(part.start, part.stop)
