"""The pages of a project's groups."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.generic import View

from portal.forms.people import GroupForm, GroupPersonForm
from portal.identity.groups import (
    add_to_group,
    create_group,
    delete_group,
    remove_from_group,
    rename_group,
)
from portal.identity.models import ProjectGroup, User
from portal.identity.permissions import can_manage
from portal.look import PortalForm
from portal.views.base import ActView, PageMixin
from portal.views.people import ProjectMixin

if TYPE_CHECKING:
    from django.http import HttpRequest


class GroupsView(ProjectMixin, ActView):
    """/projects/<id>/groups: the groups, to its people; a form for another, to its managers."""

    needs_manager = False
    template_name = "portal/groups.html"
    form_class = GroupForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show the groups, and how many are in each."""
        counted = self.project.groups.annotate(people=Count("group__user"))
        may_manage = can_manage(self.acting, self.project)
        return super().get_context_data(groups=counted, may_manage=may_manage, **kwargs)

    def do(self, form: GroupForm) -> HttpResponse:
        """Make a group."""
        name = form.cleaned_data["name"]
        group = create_group(name, project=self.project, actor=self.acting)
        return redirect("group", self.project.pk, group.pk)


class OwnGroupsView(PageMixin, View):
    """/project/groups: the groups of the project in which one acts."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Go there."""
        here = self.actor.project
        return redirect("groups", here) if here else redirect("project")


class GroupMixin(ProjectMixin):
    """A page of one group."""

    @cached_property
    def group(self) -> ProjectGroup:
        """The group of the address."""
        groups = self.project.groups.select_related("group", "project")
        return get_object_or_404(groups, pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show the group, who is in it, and on how many images something was granted to it."""
        people = User.objects.filter(groups=self.group.group_id).order_by("username")
        grants = self.group.group.imagegrouppermission_set.values("content_object").distinct()
        shown = {"group": self.group, "people": people, "granted": grants.count()} | kwargs
        return super().get_context_data(**shown)


class GroupView(GroupMixin, ActView):
    """/projects/<id>/groups/<id>: who is in the group; add one more."""

    template_name = "portal/group.html"
    form_class = GroupPersonForm

    def get_form_kwargs(self) -> dict[str, Any]:
        """Let the form know who could come."""
        return super().get_form_kwargs() | {"group": self.group}

    def do(self, form: GroupPersonForm) -> HttpResponse:
        """Add the person."""
        add_to_group(form.cleaned_data["user"], group=self.group, actor=self.acting)
        return redirect("group", self.project.pk, self.group.pk)


class RenameGroupView(GroupMixin, ActView):
    """/projects/<id>/groups/<id>/name: another name for it."""

    template_name = "portal/group_rename.html"
    form_class = GroupForm

    def get_initial(self) -> dict[str, Any]:
        """Begin with the present name."""
        return {"name": self.group.name}

    def do(self, form: GroupForm) -> HttpResponse:
        """Rename it."""
        rename_group(self.group, form.cleaned_data["name"], actor=self.acting)
        messages.success(self.request, _("Saved."))
        return redirect("group", self.project.pk, self.group.pk)


class LeaveGroupView(GroupMixin, View):
    """/projects/<id>/groups/<id>/people/<id>: take one of the people out of it."""

    def post(self, request: HttpRequest, project: str, pk: str, user: str) -> HttpResponse:
        """Take out."""
        person = get_object_or_404(User, public_id=user, groups=self.group.group_id)
        remove_from_group(person, group=self.group, actor=self.acting)
        text = _("%(user)s is no longer in the group.") % {"user": person}
        messages.success(request, text)
        return redirect("group", self.project.pk, self.group.pk)


class DeleteGroupView(GroupMixin, ActView):
    """/projects/<id>/groups/<id>/delete: the question, and the deed."""

    template_name = "portal/group_delete.html"
    form_class = PortalForm

    def do(self, form: PortalForm) -> HttpResponse:
        """Delete it."""
        delete_group(self.group, actor=self.acting)
        messages.success(self.request, _("Deleted: %(name)s.") % {"name": self.group})
        return redirect("groups", self.project.pk)
