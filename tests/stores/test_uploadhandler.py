"""The handler under Django's own multipart parser."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest
from django.test import RequestFactory
from pytest_django.fixtures import Settings

from stores.backends.memory import MemoryStore
from stores.base import MIB
from stores.errors import BadUpload, TooLarge
from stores.session import UploadSession
from stores.uploadhandler import StoreUploadHandler

MakeSession = Callable[..., UploadSession]
PART = 'Content-Disposition: form-data; name="{name}"; filename="{name}.img"\r\n\r\n'


def form(*files: tuple[str, bytes], end: bytes = b"--border--\r\n") -> bytes:
    body = b'--border\r\nContent-Disposition: form-data; name="note"\r\n\r\nhello\r\n'
    for name, content in files:
        body += b"--border\r\n" + PART.format(name=name).encode() + content + b"\r\n"
    return body + end


def post(body: bytes, *handlers: FileUploadHandler) -> HttpRequest:
    request = RequestFactory().generic(
        "POST", "/", body, content_type="multipart/form-data; boundary=border"
    )
    request.upload_handlers = list(handlers)
    return request


def the_file(request: HttpRequest) -> UploadedFile[bytes]:
    received = request.FILES["file"]
    assert isinstance(received, UploadedFile)
    return received


def test_file_goes_into_the_session(make_session: MakeSession, random_bytes: bytes) -> None:
    session = make_session()
    content = random_bytes * 7
    request = post(form(("file", content)), StoreUploadHandler(session))

    received = the_file(request)

    assert (received.name, received.size) == ("file.img", len(content))
    assert request.POST["note"] == "hello"
    assert session.seal().size == len(content)


def test_file_is_not_sealed(make_session: MakeSession, memory: MemoryStore, attempt: str) -> None:
    with make_session() as session:
        request = post(form(("file", b"bytes")), StoreUploadHandler(session))
        assert list(request.FILES) == ["file"]

        assert session.receipt is None

    assert list(memory.keys()) == []


def test_empty_file_is_legal(make_session: MakeSession) -> None:
    session = make_session()
    request = post(form(("file", b"")), StoreUploadHandler(session))

    assert the_file(request).size == 0
    assert session.seal().size == 0


@pytest.mark.parametrize("names", [("other",), ("file", "file"), ("file", "other")])
def test_any_other_file_is_refused(
    settings: Settings, make_session: MakeSession, names: tuple[str, ...]
) -> None:
    settings.DATA_UPLOAD_MAX_NUMBER_FILES = None  # Django itself would refuse the second one
    files = [(name, b"bytes") for name in names]
    request = post(form(*files), StoreUploadHandler(make_session()))

    with pytest.raises(BadUpload):
        request.POST  # noqa: B018 -- reading it parses the body


def test_refusal_of_the_session_travels(make_session: MakeSession) -> None:
    request = post(form(("file", b"bytes")), StoreUploadHandler(make_session(limit=4)))

    with pytest.raises(TooLarge):
        request.FILES  # noqa: B018 -- reading it parses the body


def test_form_that_breaks_off_leaves_nothing(
    make_session: MakeSession, memory: MemoryStore, random_bytes: bytes
) -> None:
    body = form(("file", random_bytes), end=b"")[:-9]
    request = post(body, StoreUploadHandler(make_session()))

    assert "file" not in request.FILES
    assert list(memory.keys()) == []


def test_progress_is_told_in_bytes(make_session: MakeSession, random_bytes: bytes) -> None:
    told: list[int] = []
    handler = StoreUploadHandler(make_session(), progress=told.append)

    assert post(form(("file", random_bytes * 6)), handler).FILES
    assert told == sorted(told)
    assert told[-1] == len(random_bytes) * 6


def test_chunks_are_large(make_session: MakeSession) -> None:
    sizes: list[int] = []
    handler = StoreUploadHandler(make_session(), progress=sizes.append)

    assert post(form(("file", bytes(24 * MIB))), handler).FILES
    assert len(sizes) <= 5


def test_request_body_is_read_as_a_stream(make_session: MakeSession) -> None:
    request = post(form(("file", bytes(24 * MIB))), StoreUploadHandler(make_session()))
    stream = CountingStream(request.META["wsgi.input"].read())
    request._stream = stream

    assert request.FILES
    assert stream.largest <= 8 * MIB


class CountingStream(io.BytesIO):
    """A body that remembers the most that was asked of it at once."""

    largest = 0

    def read(self, size: int | None = -1) -> bytes:
        chunk = super().read(size)
        self.largest = max(self.largest, len(chunk))
        return chunk
