"""Pages for trouble: what happened, what is untouched, what to do."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.shortcuts import render
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


def error_page(request: HttpRequest, status: int, text: str) -> HttpResponse:
    """Return the page of *status* that says *text*."""
    context = {"status": HTTPStatus(status), "text": text}
    return render(request, "portal/error.html", context, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 -- Django's shape
    """Answer a request that cannot be understood."""
    return error_page(request, 400, _("The request cannot be understood."))


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 -- Django's shape
    """Answer somebody who may not."""
    return error_page(request, 403, _("You are not permitted to do this."))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 -- Django's shape
    """Answer alike for what is not there and for what is somebody else's."""
    return error_page(request, 404, _("There is nothing here, or it is not yours to see."))


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer our own mistake."""
    return error_page(request, 500, _("Something went wrong here; nothing was changed by it."))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 -- Django's shape
    """Answer a form without its token."""
    return error_page(
        request, 403, _("The form is too old or came from another page; load it again.")
    )
