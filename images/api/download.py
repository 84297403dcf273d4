"""Answers that carry an image's bytes: all or one range, by sendfile where there is a file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from http import HTTPStatus

from django.http import FileResponse, StreamingHttpResponse

from images.api.errors import BadRange, BadRequest
from images.models import Image
from stores.base import Reader

Answer = StreamingHttpResponse  # a FileResponse is one too
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


def read_range(headers: Mapping[str, str], size: int) -> ByteRange | None:
    """Return the one range asked for, None for the whole image of *size* bytes.

    Raises `BadRange` for one that cannot be served, `BadRequest` for several.
    """
    asked = headers.get("Range", "").strip()
    if not asked:
        old = headers.get("Content-Range", "").strip()
        return _from_content_range(old, size) if old else None
    if "," in asked:
        raise BadRequest("Only one range is served at a time.")
    match = RANGE.fullmatch(asked)
    if match is None or not any(match.groups()):
        raise BadRange(size)
    first, last = match.groups()
    if not first:
        return _checked(max(0, size - int(last)), size, size)
    stop = min(int(last) + 1, size) if last else size
    return _checked(int(first), stop, size)


def _from_content_range(text: str, size: int) -> ByteRange:
    """Read the request header that old clients send in place of `Range`."""
    match = CONTENT_RANGE.fullmatch(text)
    if match is None or int(match[2]) >= size:
        raise BadRange(size)
    return _checked(int(match[1]), int(match[2]) + 1, size)


def _checked(start: int, stop: int, size: int) -> ByteRange:
    if start >= stop or start >= size:
        raise BadRange(size)
    return ByteRange(start, stop, size)


def etag(image: Image) -> str:
    """Return a strong validator: the data of an image never change."""
    return f'"{image.os_hash_value or image.checksum or image.pk}"'


def continuing(given: Mapping[str, str], image: Image) -> dict[str, str]:
    """Return the headers *given* without the range of who began with other data than *image*'s.

    It gets all of them (RFC 9110, 13.1.5).
    """
    headers = {name.title(): value for name, value in given.items()}
    if headers.get("If-Range", etag(image)) != etag(image):
        headers.pop("Range", None)
    return headers


def download(reader: Reader, headers: Mapping[str, str], *, image: Image) -> Answer:
    """Return an answer that sends what *headers* ask of *reader*, and closes it at the end.

    It holds the data of *image*. Raises what `read_range` raises, with the reader closed.
    """
    with ExitStack() as opened:
        opened.enter_context(reader)
        wanted = read_range(continuing(headers, image), reader.size)
        response = _carrying(reader, wanted or ByteRange(0, reader.size, reader.size))
        opened.pop_all()
    response["Content-Type"] = "application/octet-stream"
    response["Content-Disposition"] = "attachment"
    response["Accept-Ranges"] = "bytes"
    response["Cache-Control"] = "private, no-store"
    response["ETag"] = etag(image)
    if image.checksum:
        response["Content-MD5"] = image.checksum
    if wanted is not None:
        response.status_code = HTTPStatus.PARTIAL_CONTENT
        response["Content-Range"] = wanted.header
    return response


def _carrying(reader: Reader, part: ByteRange) -> Answer:
    """Return the bare answer: a file is sent by gunicorn itself, from its position on."""
    file = reader.file()
    if file is None:
        response = StreamingHttpResponse(Chunks(reader, part))
    else:
        with reader:  # the answer has a descriptor of its own
            file.seek(part.start)
        response = FileResponse(file)
    response["Content-Length"] = str(part.length)
    return response


class Chunks:
    """The bytes of one range; the server closes it, also when the client has gone."""

    def __init__(self, reader: Reader, part: ByteRange) -> None:
        self._reader = reader
        self._chunks = reader.chunks(part.start, part.stop)

    def __iter__(self) -> Iterator[bytes]:
        return self._chunks

    def close(self) -> None:
        """Close the reader."""
        self._reader.__exit__(None, None, None)
