"""How trouble is answered by the Identity API: one table of statuses, one JSON body."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from rest_framework.exceptions import APIException
from rest_framework.response import Response
from rest_framework.views import set_rollback

from images.api.errors import RETRY_AFTER_SECONDS, status_of, text_of
from portal.identity import errors
from portal.identity.authentication import challenge

STATUS: dict[type[Exception], int] = {
    errors.BadCredentials: 401,
    errors.TooManyAttempts: 429,
    errors.SourceDown: 503,
    errors.NotPermitted: 403,
    errors.Unknown: 404,
    errors.BadValue: 400,
    errors.BadField: 400,
    errors.NameTaken: 409,
    errors.AlreadyThere: 409,
    errors.LastManager: 409,
    errors.StillNeeded: 409,
    errors.TooManyInvitations: 429,
}


def answer(error: Exception, context: dict[str, Any]) -> Response | None:
    """Answer *error* as Keystone does; None lets a fault of our own be one (DRF's handler)."""
    set_rollback()
    if isinstance(error, APIException):
        status, text = error.status_code, str(error.detail)
    elif isinstance(error, errors.IdentityError):
        status, text = STATUS[type(error)], str(error)
    elif known := status_of(error):
        status, text = known, text_of(error)
    else:
        return None
    title = HTTPStatus(status).phrase
    body = {"error": {"code": status, "message": text, "title": title}}
    return Response(body, status=status, headers=_headers(error, status))


def _headers(error: Exception, status: int) -> dict[str, str]:
    headers = {}
    if status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = challenge()
    wait = getattr(error, "retry_after", None) or getattr(error, "wait", None)
    if wait:
        headers["Retry-After"] = str(int(wait))
    elif status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = RETRY_AFTER_SECONDS
    return headers
