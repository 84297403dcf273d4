"""The pages of a forgotten password; no account is told from another there."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib.auth.views import INTERNAL_RESET_SESSION_TOKEN, PasswordResetConfirmView
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.generic import FormView, TemplateView

from portal.configuration.keystone import KEYSTONE
from portal.identity.actors import asking, unscoped_actor
from portal.identity.errors import TooManyAttempts
from portal.identity.forgotten import ask_for_reset, reset_password
from portal.identity.forms import FirstPasswordForm, ResetForm
from portal.identity.models import User


@method_decorator(never_cache, name="dispatch")
class AskView(FormView[ResetForm]):
    """/accounts/password/reset/: ask for a mail."""

    template_name = "portal/reset_ask.html"
    form_class = ResetForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Say where to go instead, where a Keystone alone keeps passwords."""
        if settings.IDENTITY == KEYSTONE:
            return self.render_to_response({"keystone": settings.KEYSTONE["PUBLIC_URL"]})
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say how a link would come."""
        shown: dict[str, Any] = {"has_mail": settings.HAS_MAIL, "keeps_passwords": True}
        shown |= {"keystone": settings.KEYSTONE.get("PUBLIC_URL")}
        return super().get_context_data(**shown | kwargs)

    def form_valid(self, form: ResetForm) -> HttpResponse:
        """Answer every address alike."""
        try:
            ask_for_reset(form.cleaned_data["email"], request=self.request)
        except TooManyAttempts as refusal:
            return self._wait(form, refusal.retry_after)
        return redirect("password_reset_done")

    def _wait(self, form: ResetForm, seconds: int) -> HttpResponse:
        context = self.get_context_data(form=form, minutes=-(-seconds // 60))
        headers = {"Retry-After": str(seconds)}
        return self.response_class(
            self.request,
            [self.template_name],
            context,
            status=HTTPStatus.TOO_MANY_REQUESTS,
            headers=headers,
        )


class SentView(TemplateView):
    """/accounts/password/reset/sent/: what happens now, if there is such a user."""

    template_name = "portal/reset_sent.html"


class ConfirmView(PasswordResetConfirmView):
    """/accounts/password/reset/…/: what the mail leads to."""

    template_name = "portal/reset_confirm.html"
    form_class = FirstPasswordForm
    success_url = reverse_lazy("login")

    def get_user(self, uidb64: str) -> Any:
        """Return whom the link is of, unless it is suspended: then it holds no more."""
        user = super().get_user(uidb64)
        return user if user and user.is_active else None

    def form_valid(self, form: Any) -> HttpResponse:
        """Set the password, once."""
        user: User = form.user
        proof = self.request.session.pop(INTERNAL_RESET_SESSION_TOKEN, "")
        actor = asking(unscoped_actor(user), self.request)
        reset_password(user, form.cleaned_data["new_password1"], proof=proof, actor=actor)
        return redirect(self.get_success_url())
