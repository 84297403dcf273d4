"""What who is signed in changes of the own: the password, and the project to act in."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.views import PasswordChangeView
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from portal.errors import error_page
from portal.identity.actors import CHOSEN_PROJECT, project_actor, session_actor
from portal.identity.forms import FirstPasswordForm, NewPasswordForm, SwitchProjectForm
from portal.identity.models import User
from portal.identity.people import set_password
from portal.identity.sign_on import signs_on_only
from portal.places import local_path, sign_in_first


class SetPasswordView(PasswordChangeView):
    """/accounts/password/: a first password, or another in place of the old one."""

    template_name = "portal/set_password.html"
    success_url = reverse_lazy("image-list")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Refuse who is known to a Keystone or signs on elsewhere: these keep that password."""
        if getattr(request.user, "is_shadow", False):
            text = _("Your password is kept by the Keystone of this cloud, not here.")
            return error_page(request, HTTPStatus.FORBIDDEN, text)
        if request.user.is_authenticated and signs_on_only(request.user):
            text = _("You sign in at your sign-on service, and have no password here.")
            return error_page(request, HTTPStatus.FORBIDDEN, text)
        return super().dispatch(request, *args, **kwargs)

    def get_form_class(self) -> Any:
        has_one = _user(self.request).has_usable_password()
        return NewPasswordForm if has_one else FirstPasswordForm

    def form_valid(self, form: Any) -> HttpResponse:
        password = form.cleaned_data["new_password1"]
        set_password(form.user, password, actor=session_actor(self.request))
        update_session_auth_hash(self.request, form.user)
        messages.success(self.request, _("Your password is set; other sessions have ended."))
        return redirect(self.success_url)


@require_POST
def switch_project(request: HttpRequest) -> HttpResponse:
    """Act in another of one's projects from now on."""
    if not request.user.is_authenticated:
        return sign_in_first(request)
    form = SwitchProjectForm(request.POST)
    chosen = form.cleaned_data["project"] if form.is_valid() else ""
    if not chosen or project_actor(_user(request), project=chosen) is None:
        raise Http404
    request.session[CHOSEN_PROJECT] = chosen
    return redirect(local_path(request.POST.get("next", "")))


def _user(request: HttpRequest) -> User:
    """Return who is signed in, where somebody must be."""
    return cast("User", request.user)
