"""The pages of the account: API tokens, colours, language, keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django.views.generic import View
from django.views.i18n import set_language

from portal.context import THEME_COOKIE, THEMES
from portal.forms.credentials import CredentialForm
from portal.identity.actors import session_actor
from portal.identity.clouds import keystone_clouds_yaml
from portal.identity.credentials import create_credential
from portal.identity.models import ApplicationCredential, User
from portal.identity.people import keep_language, keep_shortcuts
from portal.identity.second_factor import shown_second_factor
from portal.identity.sessions import sessions_of
from portal.places import local_path
from portal.views.base import ActView, PageMixin
from portal.views.tokens import show_secret

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

YEAR = 365 * 24 * 3600  # seconds


class AccountView(PageMixin, ActView):
    """/account: the API tokens of who is signed in, and a form for another."""

    template_name = "portal/account.html"
    form_class = CredentialForm

    def get_form_kwargs(self) -> dict[str, Any]:
        """Let the form know which roles there are to give."""
        return super().get_form_kwargs() | {"actor": self.actor}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show who this is, the tokens, the second factor and the sessions."""
        user = cast("User", self.request.user)
        mine = credentials_of(self.actor.user_key).select_related("project")
        shown = shown_second_factor(self.request) | {"sessions": sessions_of(self.request)}
        shown |= {"memberships": user.memberships.select_related("project")}
        shown |= keystone_snippets(user, project=self.actor.project)
        return super().get_context_data(credentials=mine, **shown, **kwargs)

    def do(self, form: CredentialForm) -> HttpResponse:
        """Make the token, and show its secret this once."""
        secret, credential = create_credential(form.wanted, actor=self.actor)
        return show_secret(self.request, credential, secret)


class KeyboardView(PageMixin, View):
    """/account/keyboard: let single keys do something on the pages, or nothing."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep the choice, and go back to the account."""
        wanted = request.POST.get("shortcuts") == "on"
        user = cast("User", request.user)
        keep_shortcuts(user, wanted=wanted, actor=self.actor)
        said = _("Single keys are on.") if wanted else _("Single keys are off.")
        messages.success(request, said)
        return redirect("account")


def keystone_snippets(user: Any, *, project: str | None) -> dict[str, str]:
    """Return how a Keystone's *user* goes on at the command line; nothing for one of ours."""
    if not user.is_shadow:
        return {}
    return {
        "clouds": keystone_clouds_yaml(user, project=project or ""),
        "command": f"openstack --os-cloud {settings.CLOUD_NAME} application credential create NAME",
    }


def credentials_of(user_key: int | None) -> QuerySet[ApplicationCredential]:
    """Return the credentials of one user."""
    return ApplicationCredential.objects.filter(user=user_key)


@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    """Fix the colours, or follow the system again."""
    response: HttpResponse = HttpResponseRedirect(local_path(request.POST.get("next", "")))
    theme = request.POST.get("theme", "")
    if theme not in THEMES:
        response.delete_cookie(THEME_COOKIE)
        return response
    response.set_cookie(
        THEME_COOKIE, theme, max_age=YEAR, secure=settings.IS_TLS, httponly=True, samesite="Lax"
    )
    return response


@require_POST
def choose_language(request: HttpRequest) -> HttpResponseBase:
    """Let the pages speak another language, and the mails to who is signed in."""
    language = request.POST.get("language", "")
    if isinstance(request.user, User) and language in dict(settings.LANGUAGES):
        keep_language(request.user, language, actor=session_actor(request))
    return set_language(request)
