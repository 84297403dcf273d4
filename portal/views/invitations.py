"""The pages on which the invited answer: signed in, or with the secret of a mail."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from allauth.account.utils import perform_login
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.generic import TemplateView

from portal.forms.people import NewcomerForm
from portal.identity.invitations import (
    accept_as_new,
    accept_invitation,
    decline_invitation,
    find_invitation,
    invitations_for,
)
from portal.identity.models import Invitation, User
from portal.places import sign_in_first
from portal.views.base import ActView, PageMixin

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from images.actors import Actor


class InvitationsView(PageMixin, TemplateView):
    """/invitations: the projects to which one is invited."""

    template_name = "portal/invitations.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show what waits for an answer."""
        user = self.request.user
        assert isinstance(user, User)  # noqa: S101 -- for the type checker
        return super().get_context_data(invitations=invitations_for(user), **kwargs)


class AnswerInvitationView(InvitationsView):
    """/invitations/answer/<id>: accept or decline one's own."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: str) -> HttpResponse:
        """Answer it; where it holds no more, show what there is."""
        mine = Invitation.objects.open().filter(user=request.user.pk, pk=pk)
        invitation = mine.select_related("project").first()
        if invitation is None:
            gone = self.get_context_data(is_gone=True)
            return self.render_to_response(gone, status=HTTPStatus.NOT_FOUND)
        _answer(request, invitation, self.actor)
        return redirect("invitations")


@method_decorator(never_cache, name="dispatch")
class MailedInvitationView(ActView):
    """/invitations/<secret>: what a mail leads to; looking changes nothing."""

    template_name = "portal/invitation.html"
    form_class = NewcomerForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Find the invitation, or say that it holds no more."""
        self.invitation = find_invitation(kwargs["secret"])
        if self.invitation is None:
            return render(request, "portal/invitation_over.html", status=404)
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show who invites, and where to."""
        return super().get_context_data(invitation=self.invitation, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer as who is signed in, or make an account; nobody can only decline."""
        if "answer" not in request.POST:
            return super().post(request, *args, **kwargs)
        if not isinstance(request.user, User):
            if is_accepted(request):
                return sign_in_first(request)
            decline_invitation(self._present, user=None, actor=request.actor)  # type: ignore[attr-defined]
            return render(request, "portal/invitation_over.html")
        _answer(request, self._present, request.actor)  # type: ignore[attr-defined]
        return redirect("invitations")

    def do(self, form: NewcomerForm) -> HttpResponse:
        """Make the account, and sign it in."""
        name, password = form.cleaned_data["username"], form.cleaned_data["password1"]
        user, membership = accept_as_new(self._present, username=name, password=password)
        answer: HttpResponse = perform_login(self.request, user, redirect_url=reverse("image-list"))
        text = _("Welcome to %(project)s.") % {"project": membership.project}
        messages.success(self.request, text)
        return answer

    @property
    def _present(self) -> Invitation:
        assert self.invitation is not None  # noqa: S101 -- `dispatch` saw to it
        return self.invitation


def _answer(request: HttpRequest, invitation: Invitation, actor: Actor) -> None:
    """Accept or decline as who is signed in, who need not be in any project for it."""
    user = request.user
    assert isinstance(user, User)  # noqa: S101 -- for the type checker
    if not is_accepted(request):
        decline_invitation(invitation, user=user, actor=actor)
        messages.success(request, _("Declined."))
        return
    accept_invitation(invitation, user=user, actor=actor)
    text = _("You are in %(project)s now.") % {"project": invitation.project}
    messages.success(request, text)


def is_accepted(request: HttpRequest) -> bool:
    """Return whether the answer is yes, which must be one of the two (`BadRequest`)."""
    answer = request.POST.get("answer", "")
    if answer not in {"accept", "decline"}:
        raise BadRequest
    return answer == "accept"
