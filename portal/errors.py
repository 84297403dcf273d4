"""Pages for trouble: what happened, what is untouched, what to do."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.http import JsonResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

TITLES = {
    400: gettext_lazy("This cannot be understood"),
    403: gettext_lazy("Not permitted"),
    404: gettext_lazy("Not here"),
    405: gettext_lazy("Nothing to look at"),
    409: gettext_lazy("Not now"),
    410: gettext_lazy("Gone"),
    413: gettext_lazy("Too much"),
    415: gettext_lazy("Refused content"),
    416: gettext_lazy("No such range"),
    429: gettext_lazy("Too often"),
    500: gettext_lazy("Something went wrong here"),
    503: gettext_lazy("Not available just now"),
}
NOTHING_HERE = gettext_lazy("There is nothing here, or it is not yours to see.")
RETRY_AFTER_SECONDS = "5"
RATE_SECONDS = "60"  # for which django-allauth counts


def error_page(request: HttpRequest, status: int, text: str) -> HttpResponse:
    """Return the page of *status* that says *text*, or JSON for a script of a page.

    A server's own trouble is told without the frame, which would ask the database.
    """
    response: HttpResponse
    if wants_json(request):
        response = JsonResponse({"message": text}, status=status)
    else:
        is_ours = status >= HTTPStatus.INTERNAL_SERVER_ERROR
        page = "portal/broken.html" if is_ours else "portal/error.html"
        title = TITLES.get(status) or HTTPStatus(status).phrase
        context = {"title": title, "status": status, "text": text}
        response = render(request, page, context, status=status)
    add_never_cache_headers(response)
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        response["Retry-After"] = RETRY_AFTER_SECONDS
    return response


def wants_json(request: HttpRequest) -> bool:
    """Does a script of a page ask, that can show JSON only?"""
    return request.headers.get("Accept", "").startswith("application/json")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that cannot be understood."""
    return error_page(request, 400, _("The request cannot be understood."))


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer somebody who may not."""
    return error_page(request, 403, _("You are not permitted to do this."))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer alike for what is not there and for what is somebody else's."""
    return error_page(request, 404, str(NOTHING_HERE))


def nothing_to_look_at(request: HttpRequest) -> HttpResponse:
    """Answer who opens the address of an act, which takes what a button sends."""
    return error_page(
        request, 405, _("A button or a form leads here, not an address; nothing was changed.")
    )


def too_often(request: HttpRequest) -> HttpResponse:
    """Answer who tries passkeys more often than somebody does (called by django-allauth)."""
    page = error_page(request, 429, _("That was tried too often. Try again in a minute."))
    page["Retry-After"] = RATE_SECONDS
    return page


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer our own mistake."""
    return error_page(request, 500, _("Something went wrong here; nothing was changed by it."))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form without its token."""
    return error_page(
        request, 403, _("The form is too old or came from another page; load it again.")
    )
