"""The pages of one API token: renewed, given another secret, revoked."""

from __future__ import annotations

import base64
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View

from portal.identity.clouds import clouds_yaml
from portal.identity.credentials import (
    delete_credential,
    kept_by,
    renew_credential,
    rotate_credential,
)
from portal.identity.ends import page_of, usual_end
from portal.image.snippets import list_snippet
from portal.views.base import PageMixin

if TYPE_CHECKING:
    from django.http import HttpRequest

    from portal.identity.models import ApplicationCredential


class TokenMixin(PageMixin):
    """A page of one token: of one's own, or of a service account that one manages."""

    @cached_property
    def credential(self) -> ApplicationCredential:
        """The token of the address, or 404."""
        kept = kept_by(self.actor).select_related("project", "user__robot_of")
        return get_object_or_404(kept, pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show the token, and where it is listed."""
        shown: dict[str, Any] = super().get_context_data(  # type: ignore[misc] # of the view below
            credential=self.credential, home=page_of(self.credential), **kwargs
        )
        return shown


class TokenView(TokenMixin, TemplateView):
    """/account/tokens/<id>: what it is good for, and what can be done with it."""

    template_name = "portal/token.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say until when it would be renewed, and a replaced secret would open."""
        grace = settings.CREDENTIAL_GRACE_HOURS
        return super().get_context_data(next_end=usual_end(), grace=grace, **kwargs)


class RenewView(TokenMixin, View):
    """/account/tokens/<id>/renew: another end, in one step."""

    def post(self, request: HttpRequest, pk: str) -> HttpResponse:
        """Renew it."""
        renew_credential(self.credential, actor=self.actor)
        messages.success(request, _("Renewed: %(name)s.") % {"name": self.credential.name})
        return redirect(page_of(self.credential))


class RotateView(TokenMixin, View):
    """/account/tokens/<id>/secret: another secret, shown once."""

    def post(self, request: HttpRequest, pk: str) -> HttpResponse:
        """Replace the secret."""
        secret = rotate_credential(self.credential, actor=self.actor)
        return show_secret(request, self.credential, secret)


class RevokeView(TokenMixin, TemplateView):
    """/account/tokens/<id>/revoke: the question, and the deed."""

    template_name = "portal/token_revoke.html"

    def post(self, request: HttpRequest, pk: str) -> HttpResponse:
        """Revoke it."""
        home = page_of(self.credential)
        delete_credential(self.credential, actor=self.actor)
        messages.success(request, _("Revoked: %(name)s.") % {"name": self.credential.name})
        return redirect(home)


def show_secret(
    request: HttpRequest, credential: ApplicationCredential, secret: str
) -> HttpResponse:
    """Return the page that shows *secret* this once, with files and commands that use it."""
    clouds = clouds_yaml(credential, secret=secret)
    encoded = base64.b64encode(clouds.encode()).decode()
    context = {"credential": credential, "secret": secret, "clouds": clouds}
    context |= {"encoded": encoded, "snippet": list_snippet(), "home": page_of(credential)}
    return render(request, "portal/credential.html", context)
