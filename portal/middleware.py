"""What every request passes: an id, who asks, and a page for each trouble."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from typing import cast

from django.core.exceptions import ValidationError
from django.http.response import HttpResponseBase, HttpResponseNotAllowed
from django.utils.functional import SimpleLazyObject
from rest_framework.views import APIView

from images.actors import Actor
from images.api.body import check_address
from images.api.errors import BadRange, BadRequest, status_of
from portal.errors import bad_request, error_page, not_found, nothing_to_look_at
from portal.identity.actors import MAX_ADDRESS, session_actor
from portal.identity.api.errors import STATUS as IDENTITY_STATUS
from portal.identity.errors import Unknown
from portal.identity.throttling import client_address
from portal.logs import telling_of
from portal.refusals import in_words
from portal.requests import PortalRequest

GetResponse = Callable[[PortalRequest], HttpResponseBase]


REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,60}", re.ASCII)


class RequestIdMiddleware:
    """Give each request an id, the client's own if it is decent, and its sender's address."""

    def __init__(self, get_response: GetResponse) -> None:
        """Wrap *get_response*."""
        self.get_response = get_response

    def __call__(self, request: PortalRequest) -> HttpResponseBase:
        """Set `request.request_id`, and answer it in the header that OpenStack's clients read."""
        request.request_id = request_id(request.headers.get("X-Openstack-Request-Id", ""))
        request.address = (client_address(request) or "")[:MAX_ADDRESS]
        with telling_of(request):
            response = self.get_response(request)
        response["X-Openstack-Request-Id"] = request.request_id
        return response


def request_id(asked: str) -> str:
    """Return *asked* with `req-` before it, or a new id if it is none."""
    name = asked.removeprefix("req-")
    return f"req-{name if REQUEST_ID.fullmatch(name) else uuid.uuid4()}"


class ActorMiddleware:
    """Set `request.actor`: who looks at a page, in the project of the session."""

    def __init__(self, get_response: GetResponse) -> None:
        """Wrap *get_response*."""
        self.get_response = get_response

    def __call__(self, request: PortalRequest) -> HttpResponseBase:
        """Ask the session only when a page asks who."""
        request.actor = cast("Actor", SimpleLazyObject(lambda: session_actor(request)))
        return self.get_response(request)


class MethodMiddleware:
    """Show a page to who opens the address of an act, which Django answers with nothing at all."""

    def __init__(self, get_response: GetResponse) -> None:
        """Wrap *get_response*."""
        self.get_response = get_response

    def __call__(self, request: PortalRequest) -> HttpResponseBase:
        """Pass the request on."""
        response = self.get_response(request)
        if request.method != "GET" or not isinstance(response, HttpResponseNotAllowed):
            return response
        page = nothing_to_look_at(request)
        page["Allow"] = response["Allow"]
        return page


class ErrorMiddleware:
    """Show the errors of acts as pages, by the same tables as the APIs."""

    def __init__(self, get_response: GetResponse) -> None:
        """Wrap *get_response*."""
        self.get_response = get_response

    def __call__(self, request: PortalRequest) -> HttpResponseBase:
        """Pass the request on."""
        return self.get_response(request)

    def process_view(
        self, request: PortalRequest, view: object, args: object, kwargs: object
    ) -> HttpResponseBase | None:
        """Refuse an address that is no text before a page sees it; the APIs do so themselves."""
        if issubclass(getattr(view, "cls", object), APIView):
            return None
        try:
            check_address(request)
        except BadRequest as refusal:
            return bad_request(request, refusal)
        return None

    def process_exception(
        self, request: PortalRequest, error: Exception
    ) -> HttpResponseBase | None:
        """Answer an error that has a status with a page that says what to do."""
        status = status_of(error) or IDENTITY_STATUS.get(type(error))
        if status is None:
            return bad_request(request, error) if is_asked_of_admin(request, error) else None
        if isinstance(error, Unknown):
            return not_found(request, error)
        page = error_page(request, status, in_words(error))
        if isinstance(error, BadRange):
            page["Content-Range"] = error.content_range
        return page


def is_asked_of_admin(request: PortalRequest, error: Exception) -> bool:
    """Tell whether *error* is of a question in an admin list's address.

    Django passes the value of a filter on as it is: what is no time, no bytes, no network address,
    or too large a number, is found out by the database's driver.
    """
    match = request.resolver_match
    is_list = match is not None and str(match.view_name).startswith("admin:")
    kinds = (TypeError, ValueError, ValidationError, OverflowError)
    return is_list and bool(request.GET) and isinstance(error, kinds)
