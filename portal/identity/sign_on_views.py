"""The pages of single sign-on: to the provider, back from it, and what may go wrong between."""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import urlencode

from allauth.socialaccount.providers.openid_connect import views as openid
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from requests import RequestException

from portal.errors import error_page


@require_GET
@never_cache
def begin(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Send the browser to the provider; of what the address asks only the way back is taken.

    With more, a foreign page could join an identity of its own to who is signed in here.
    """
    request.GET = QueryDict(urlencode({"next": request.GET.get("next", "")}))
    try:
        answer: HttpResponse = openid.login(request, provider_id)
    except RequestException:
        text = _("The sign-on service cannot be reached. Try again later, or sign in another way.")
        return error_page(request, HTTPStatus.SERVICE_UNAVAILABLE, text)
    return answer


@require_GET
@never_cache
def come_back(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Take the provider's answer; its state must be the one that was sent."""
    answer: HttpResponse = openid.callback(request, provider_id)
    return answer


@never_cache
def cancelled(request: HttpRequest) -> HttpResponse:
    """Say that nothing happened."""
    messages.info(request, _("You did not sign in at the sign-on service."))
    return redirect("login")
