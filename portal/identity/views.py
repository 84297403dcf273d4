"""The doors for people: sign in by password or link, show once more who one is, sign out."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import Any

from allauth.account.utils import perform_login
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.mixins import LoginRequiredMixin
from django.contrib.auth.views import LoginView, redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import ngettext
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.generic import TemplateView

from portal.configuration.keystone import KEYSTONE
from portal.errors import error_page
from portal.identity.forms import SignInForm
from portal.identity.links import find_link, use_link
from portal.identity.second_factor import can_have_passkey, shown_second_factor
from portal.identity.throttling import seconds_to_wait
from portal.places import local_path


class SignInView(LoginView):
    """/accounts/login/."""

    template_name = "portal/sign_in.html"
    form_class = SignInForm
    redirect_authenticated_user = True

    def get_redirect_url(self, request: HttpRequest | None = None) -> str:
        """Return where to go next, if that is here and not this page again."""
        url = super().get_redirect_url()
        return "" if url == self.request.path else url

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show the other ways in."""
        return super().get_context_data(**other_ways(self.request), **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        """Go on to the next step: the second factor, if there is one."""
        answer: HttpResponse = perform_login(
            self.request, form.get_user(), redirect_url=self.get_success_url()
        )
        return answer


def other_ways(request: HttpRequest) -> dict[str, Any]:
    """Return what the sign-in page offers beside name and password, and who keeps passwords."""
    return {
        "can_have_passkey": can_have_passkey(request),
        "providers": settings.OIDC_PROVIDERS,
        "keystone": settings.KEYSTONE.get("PUBLIC_URL"),
        "keeps_passwords": settings.IDENTITY != KEYSTONE,
    }


def too_many_attempts(
    request: HttpRequest, response: HttpResponseBase | None, credentials: dict[str, Any] | None
) -> HttpResponse:
    """Answer, in place of *response*, a name that must wait (called by django-axes)."""
    wait = getattr(request, "axes_retry_after", 0) or seconds_to_wait(request, credentials or {})
    if request.user.is_authenticated:
        return _try_later(request, wait)
    context = {
        "form": SignInForm(request, initial={"username": request.POST.get("username", "")}),
        "next": request.POST.get("next", ""),
        **other_ways(request),
        "minutes": -(-wait // 60),
        "retry_at": timezone.now() + timedelta(seconds=wait),
    }
    status = HTTPStatus.TOO_MANY_REQUESTS
    page = render(request, "portal/sign_in.html", context, status=status)
    page["Retry-After"] = str(wait)
    return page


def _try_later(request: HttpRequest, wait: int) -> HttpResponse:
    """Answer who is signed in already, and tried to show once more who it is."""
    minutes = -(-wait // 60)
    text = ngettext(
        "Too many failed attempts. Try again in %(minutes)s minute.",
        "Too many failed attempts. Try again in %(minutes)s minutes.",
        minutes,
    )
    page = error_page(request, HTTPStatus.TOO_MANY_REQUESTS, text % {"minutes": minutes})
    page["Retry-After"] = str(wait)
    return page


@method_decorator(never_cache, name="dispatch")
class SignInLinkView(View):
    """/accounts/sign-in/…/: looking changes nothing (mail scanners look); the button signs in."""

    def get(self, request: HttpRequest, secret: str) -> HttpResponse:
        link = find_link(secret)
        status = HTTPStatus.OK if link else HTTPStatus.NOT_FOUND
        return render(request, "portal/sign_in_link.html", {"link": link}, status=status)

    def post(self, request: HttpRequest, secret: str) -> HttpResponse:
        user = use_link(secret)
        if user is None:
            return self.get(request, secret)
        logout(request)  # whoever was signed in here before
        after = "image-list" if user.has_usable_password() else "set-password"
        answer: HttpResponse = perform_login(request, user, redirect_url=reverse(after))
        return answer


class SecondFactorRequiredView(LoginRequiredMixin, TemplateView):
    """/accounts/second-factor/required/: who must have a second factor is led here."""

    template_name = "account/second_factor_required.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**shown_second_factor(self.request), **kwargs)


class SignInAgainView(LoginRequiredMixin, View):
    """/accounts/sign-in-again/: for who has nothing else to show once more who it is."""

    def get(self, request: HttpRequest) -> HttpResponse:
        context = {"next": request.GET.get("next", "")}
        return render(request, "account/sign_in_again.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        after = local_path(request.POST.get("next", ""))
        logout(request)
        return redirect_to_login(after)


def admin_login(request: HttpRequest) -> HttpResponse:
    """Send who is to administer to the one door there is; its own would pass the second factor."""
    after = (
        local_path(request.GET.get("next", "")) if "next" in request.GET else reverse("admin:index")
    )
    if not request.user.is_authenticated:
        return redirect_to_login(after)
    if not request.user.is_staff:
        raise PermissionDenied
    return redirect(after)
