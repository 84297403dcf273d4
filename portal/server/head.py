"""What the head of a request must be beyond gunicorn's own rules."""

from __future__ import annotations

from gunicorn.http import errors
from gunicorn.http.message import Request

from portal.server.body import LENGTH_LIMIT

OLD, NEWEST = (1, 0), (1, 1)
NOT_SERVED = frozenset({"TRACE", "TRACK", "CONNECT"})  # they repeat a request, or pass one on


class MethodNotServed(errors.ParseException):  # type: ignore[misc]
    """A method that no address has."""


def check_head(request: Request) -> None:
    """Raise one of gunicorn's errors for a head that is none for us.

    The target is a path (RFC 9112, 3.2.1): whoever writes a whole address there takes us for a
    proxy, and might mean another host than `Host` names. Since HTTP/1.1 there is one `Host`. A
    body may come in chunks, and in no other transfer coding: nothing here unpacks one (6.1).
    """
    if request.method in NOT_SERVED:
        raise MethodNotServed
    if not request.uri.startswith("/"):
        raise errors.InvalidRequestLine(request.uri)
    if request.version > OLD and not any(name == "HOST" for name, _ in request.headers):
        raise errors.InvalidHeader("HOST")
    codings = [value for name, value in request.headers if name == "TRANSFER-ENCODING"]
    if any(coding.lower() != "chunked" for coding in codings):  # gunicorn passes on what is packed
        raise errors.UnsupportedTransferCoding(codings[0])
    if getattr(request.body.reader, "length", 0) >= LENGTH_LIMIT:
        raise errors.InvalidHeader("CONTENT-LENGTH")
    request.version = min(request.version, NEWEST)  # the answer's, too
