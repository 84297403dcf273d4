"""How trouble is answered: one table of statuses, one body in three dresses."""

from __future__ import annotations

from html import escape
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import DataError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import set_rollback

from images import errors as images
from stores import errors as stores

RETRY_AFTER_SECONDS = "5"
# Clients show a page to people line by line, each once, without its tags.
PAGE = """\
<html>
<head><title>{line}</title></head>
<body>
<h1>{line}</h1>
{text}
</body>
</html>
"""


class ApiError(Exception):
    """Trouble of the request itself, before any act."""


class BadRequest(ApiError):
    """The request can never be right; the text names the field and what to do."""


class BodyTooLarge(ApiError):
    """A body of metadata that is too large."""


class WrongMediaType(ApiError):
    """A body of a media type that this act does not take."""

    def __init__(self, text: str, accepted: str = "") -> None:
        """Say *text*, and in `Accept-Patch` what is *accepted*."""
        super().__init__(text)
        self.accepted = accepted


class BadRange(ApiError):
    """A range that an image of *size* bytes does not have."""

    def __init__(self, size: int) -> None:
        """Say how many bytes there are, in `Content-Range`, too (RFC 9110, 14.4)."""
        super().__init__(f"Invalid range; the image has {size} bytes.")
        self.content_range = f"bytes */{size}"


class WrongVersion(ApiError):
    """A version of a protocol that is not spoken here."""


class PieceMismatch(ApiError):
    """A piece of an upload that does not hash to what its sender says."""


class ClientGone(ApiError):
    """The body broke off or is malformed."""


class ClientSilent(ApiError):
    """No byte came for too long."""


STATUS: dict[type[Exception], int] = {
    BadRequest: 400,
    BodyTooLarge: 413,
    WrongMediaType: 415,
    BadRange: 416,
    WrongVersion: 412,
    PieceMismatch: 460,
    ClientGone: 400,
    ClientSilent: 408,
    images.NotVisible: 404,
    images.Forbidden: 403,
    images.BadValue: 400,
    images.Conflict: 409,
    images.UploadHeld: 423,
    images.WrongStateForAct: 403,
    images.NotShared: 403,
    images.DataLost: 404,
    images.UploadLost: 410,
    images.LeaseOver: 503,
    images.OverLimit: 413,
    images.OverQuota: 413,
    images.LimitsUnknown: 503,
    images.NoFreeSlot: 503,
    stores.UnknownStore: 400,
    stores.BadAddress: 400,
    stores.StoreReadOnly: 400,
    stores.StoreFull: 413,
    stores.StoreDown: 503,
    stores.ObjectMissing: 404,
    stores.ObjectInUse: 409,
    stores.TooLarge: 413,
    stores.SizeMismatch: 400,
    stores.ChecksumMismatch: 400,
    stores.FormatMismatch: 415,
    stores.UnsafeContent: 415,
    OperationalError: 503,
    InterfaceError: 503,
    DataError: 400,
    MemoryError: 503,
    Http404: 404,
    PermissionDenied: 403,
    SuspiciousOperation: 400,
}

OWN_PHRASES = {460: "Checksum Mismatch"}  # tus 1.0, checksum
DRESSES = ["text/html", "application/json", "text/plain"]
NO_DATABASE = "The database does not answer; try again."
PLAIN_WORDS = {
    OperationalError: NO_DATABASE,
    InterfaceError: NO_DATABASE,
    DataError: "A value is one that no database can hold.",
    MemoryError: "The server has no room for this just now; try again.",
    Http404: "The resource could not be found.",
    PermissionDenied: "You are not permitted to do this.",
    SuspiciousOperation: "The request cannot be understood.",
}


def status_of(error: BaseException) -> int | None:
    """Return the status of the nearest class of *error* in the table, None if it has none."""
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), None)


def text_of(error: BaseException) -> str:
    """Return what may be told of *error*: our own words, never another library's."""
    known = (PLAIN_WORDS[kind] for kind in type(error).__mro__ if kind in PLAIN_WORDS)
    return next(known, str(error))


def answer(error: Exception, context: dict[str, Any]) -> HttpResponseBase | None:
    """Answer *error* as the Image API does (DRF's exception handler)."""
    set_rollback()
    status = error.status_code if isinstance(error, APIException) else status_of(error)
    if status is None:
        return None
    response = dressed(context["request"], status, text_of(error))
    if challenge := getattr(error, "auth_header", None):
        response["WWW-Authenticate"] = challenge
    if wait := getattr(error, "wait", None):
        response["Retry-After"] = str(int(wait))
    if accepted := getattr(error, "accepted", None):
        response["Accept-Patch"] = accepted
    if isinstance(error, BadRange):
        response["Content-Range"] = error.content_range
    return response


def dressed(request: Request, status: int, text: str) -> HttpResponseBase:
    """Return *text* as JSON, HTML or plain text, whichever `Accept` prefers."""
    title = OWN_PHRASES.get(status) or HTTPStatus(status).phrase
    line = f"{status} {title}"
    response: HttpResponseBase
    match preferred_type(request):
        case "application/json":
            response = Response({"message": text, "code": line, "title": title}, status=status)
        case "text/html":
            page = PAGE.format(line=line, text=escape(text, quote=False))
            response = HttpResponse(page, status=status, content_type="text/html; charset=UTF-8")
        case _:
            page = f"{line}\n\n{text}\n"
            response = HttpResponse(page, status=status, content_type="text/plain; charset=UTF-8")
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        response["Retry-After"] = RETRY_AFTER_SECONDS
    return response


def preferred_type(request: HttpRequest | Request) -> str | None:
    """Return the dress of an error that `Accept` prefers, None if it names none.

    A type with a parameter that no dress has, such as a charset, is better than none. Of those who
    send an empty header, openstacksdk shows the text of JSON, not of plain.
    """
    accept = request.headers.get("Accept")
    if not accept:
        return None if accept is None else "application/json"
    preferred: str | None = request.get_preferred_type(DRESSES)
    named = (f"{kind.main_type}/{kind.sub_type}" for kind in request.accepted_types)
    return preferred or next((kind for kind in named if kind in DRESSES), None)
