"""What holds at the doors for people: nothing is kept, and nobody goes on without what is asked."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

from portal.errors import error_page
from portal.identity.models import User
from portal.identity.second_factor import lacks_second_factor
from portal.identity.sessions import note_seen

DOORS = "/accounts/"
OPEN = (DOORS, "/account/theme", "/account/language", "/healthz", "/readyz")


class DoorMiddleware:
    """Pages of signing in are never kept; who must have a second factor sets one up first."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Wrap *get_response*."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on."""
        response = self.get_response(request)
        note_seen(request.session)
        if request.path.startswith(DOORS):
            add_never_cache_headers(response)
        return response

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: object
    ) -> HttpResponseBase | None:
        """Lead to the set-up, or refuse what is no page to look at."""
        if not settings.REQUIRE_MFA or request.path.startswith(OPEN):
            return None
        if not isinstance(request.user, User) or not lacks_second_factor(request.user):
            return None
        if request.method == "GET" and "text/html" in request.headers.get("Accept", ""):
            return redirect("second-factor-required")
        return error_page(request, HTTPStatus.FORBIDDEN, _("Set up your second factor first."))
