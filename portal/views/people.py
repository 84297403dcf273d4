"""The pages on which a project's managers say who is what in it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import View

from portal.forms.people import ConfirmForm, InviteForm, RoleForm, is_last_manager
from portal.identity.actors import asking, project_actor
from portal.identity.invitations import (
    invite_by_mail,
    invite_user,
    send_again,
    withdraw_invitation,
)
from portal.identity.models import Invitation, Membership, Project, User
from portal.identity.people import give_role, remove_role
from portal.identity.permissions import can_manage, is_operator
from portal.views.base import ActView, PageMixin

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from images.actors import Actor


class ProjectMixin(PageMixin):
    """A page of the project in the address, whichever project the session is in.

    404 for who has nothing to do with it, 403 for its people who do not manage it.
    """

    needs_manager = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Ask for the right before anything is shown."""
        if request.user.is_authenticated:
            if not (is_operator(self.acting) or self.acting.project == self.project.pk):
                raise Http404
            if self.needs_manager and not can_manage(self.acting, self.project):
                raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def project(self) -> Project:
        """The project of the address."""
        return get_object_or_404(Project, pk=self.kwargs["project"])

    @cached_property
    def acting(self) -> Actor:
        """Who looks at the page, in this project."""
        user = self.request.user
        here = project_actor(user, project=self.project.pk) if isinstance(user, User) else None
        return asking(here, self.request, token=self.actor.token) if here else self.actor

    @property
    def home(self) -> str:
        """The page of the project: one's own, or the operator's."""
        if self.actor.project == self.project.pk or not is_operator(self.acting):
            return reverse("project")
        return reverse("operate-project", args=[self.project.pk])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show the project, and the way back to it."""
        context = {"project": self.project, "home": self.home} | kwargs
        shown: dict[str, Any] = super().get_context_data(**context)  # type: ignore[misc] # below
        return shown


class InviteView(ProjectMixin, ActView):
    """/projects/<id>/invite: ask somebody into the project."""

    template_name = "portal/project_invite.html"
    form_class = InviteForm

    def get_form_kwargs(self) -> dict[str, Any]:
        """Let the form know which roles may be given."""
        return super().get_form_kwargs() | {"actor": self.acting}

    def do(self, form: InviteForm) -> HttpResponse:
        """Invite by name, or by mail."""
        who, role = form.cleaned_data["who"], form.cleaned_data["role"]
        where = {"project": self.project, "role": role, "actor": self.acting}
        invite_user(who, **where) if isinstance(who, User) else invite_by_mail(who, **where)
        messages.success(self.request, _("Invited: %(who)s.") % {"who": who})
        return redirect(self.home)


class InvitationView(ProjectMixin, View):
    """Something is done to one of the project's invitations."""

    def post(self, request: HttpRequest, project: str, pk: str) -> HttpResponse:
        """Do it, and tell of it."""
        invitation = get_object_or_404(self.project.invitations, pk=pk)
        told = self.act(invitation)
        messages.success(request, told % {"who": invitation.invited})
        return redirect(self.home)

    def act(self, invitation: Invitation) -> str:
        """Do it; return what is told, with a place for `who` was invited."""
        raise NotImplementedError


class WithdrawView(InvitationView):
    """/projects/<id>/invitations/<id>: take an invitation back."""

    def act(self, invitation: Invitation) -> str:
        """Take it back."""
        withdraw_invitation(invitation, actor=self.acting)
        return _("The invitation of %(who)s was withdrawn.")


class SendAgainView(InvitationView):
    """/projects/<id>/invitations/<id>/send: try a mail anew that could not be sent."""

    def act(self, invitation: Invitation) -> str:
        """Let it be sent."""
        send_again(invitation, actor=self.acting)
        return _("The mail to %(who)s is on its way again.")


class MemberMixin(ProjectMixin):
    """A page of one of the project's people."""

    @cached_property
    def member(self) -> Membership:
        """Who it is about; service accounts have pages of their own."""
        people = self.project.memberships.filter(user__robot_of=None)
        found = people.select_related("user", "project")
        return get_object_or_404(found, user__public_id=self.kwargs["user"])

    @property
    def is_last(self) -> bool:
        """Would the project be without a manager? Administrators need not ask."""
        return not is_operator(self.acting) and is_last_manager(self.member, self.project)

    def get_form_kwargs(self) -> dict[str, Any]:
        """Let the form know whom it is about."""
        shown: dict[str, Any] = super().get_form_kwargs()  # type: ignore[misc] # of the view below
        return shown | {"member": self.member, "is_last": self.is_last}


class MemberView(MemberMixin, ActView):
    """/projects/<id>/people/<id>: another role for one of the project's people."""

    template_name = "portal/project_member.html"
    form_class = RoleForm

    def get_form_kwargs(self) -> dict[str, Any]:
        """Let the form know which roles may be given."""
        return super().get_form_kwargs() | {"actor": self.acting}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show whom it is about."""
        return super().get_context_data(member=self.member, **kwargs)

    def do(self, form: RoleForm) -> HttpResponse:
        """Give the role."""
        user, role = self.member.user, form.cleaned_data["role"]
        is_sure = bool(form.cleaned_data.get("is_confirmed"))
        given = give_role(
            user, project=self.project, role=role, actor=self.acting, is_confirmed=is_sure
        )
        text = _("%(user)s: %(role)s.") % {"user": user, "role": given.get_role_display()}
        messages.success(self.request, text)
        return redirect(self.home)


class RemoveView(MemberMixin, ActView):
    """/projects/<id>/people/<id>/remove: the question, and the deed."""

    template_name = "portal/project_remove.html"
    form_class = ConfirmForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show whom it is about."""
        is_oneself = self.member.user_id == self.acting.user_key
        return super().get_context_data(member=self.member, is_oneself=is_oneself, **kwargs)

    def do(self, form: ConfirmForm) -> HttpResponse:
        """Put the person out of the project."""
        is_sure = bool(form.cleaned_data.get("is_confirmed"))
        user = self.member.user
        remove_role(user, project=self.project, actor=self.acting, is_confirmed=is_sure)
        text = _("%(user)s is no longer in %(project)s.")
        messages.success(self.request, text % {"user": user, "project": self.project})
        return redirect(self.home)


class LeaveView(RemoveView):
    """/projects/<id>/leave: the same of one's own accord."""

    needs_manager = False

    @cached_property
    def member(self) -> Membership:
        """Oneself."""
        people = self.project.memberships.select_related("user", "project")
        return get_object_or_404(people, user=self.acting.user_key)
