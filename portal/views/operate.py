"""The operator's pages of projects: all of them, one of them, a new one; who owns what."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, View

from portal.forms.people import ProjectForm
from portal.identity.belongings import belongings_of, delete_project
from portal.identity.models import Project
from portal.identity.people import create_project, restore_project, suspend_project
from portal.identity.permissions import is_operator
from portal.look import PortalForm
from portal.views.base import ActView, PageMixin
from portal.views.project import shown_of

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

PAGE = 50


class OperateMixin(PageMixin):
    """A page for the cloud's administrators alone."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Refuse everybody else."""
        if request.user.is_authenticated and not is_operator(self.actor):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def project(self) -> Project:
        """The project of the address."""
        return get_object_or_404(Project, pk=self.kwargs["project"])


class ProjectsView(OperateMixin, TemplateView):
    """/operate/projects: every project, sought by name or id."""

    template_name = "portal/operate_projects.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show one page of them."""
        search = self.request.GET.get("name", "").strip()
        found = Project.objects.annotate(people=Count("memberships")).order_by("name")
        if search:
            found = found.filter(name__icontains=search) | found.filter(pk=search)
        page = Paginator(found, PAGE).get_page(self.request.GET.get("page"))
        return super().get_context_data(projects=page, search=search, **kwargs)


class NewProjectView(OperateMixin, ActView):
    """/operate/projects/new: make one."""

    template_name = "portal/operate_project_new.html"
    form_class = ProjectForm

    def do(self, form: ProjectForm) -> HttpResponse:
        """Make it."""
        made = create_project(**form.cleaned_data, actor=self.actor)
        messages.success(self.request, _("Made: %(name)s.") % {"name": made})
        return redirect("operate-project", made.pk)


class OperateProjectView(OperateMixin, TemplateView):
    """/operate/projects/<id>: usage and people, and what an operator may do."""

    template_name = "portal/operate_project.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show the project."""
        shown = shown_of(self.project, actor=self.actor, request=self.request)
        return super().get_context_data(**kwargs | shown | {"is_member": False})


class SwitchProjectView(OperateMixin, View):
    """/operate/projects/<id>/{suspend,resume}: let nobody act in it, or its people again."""

    act: str | None = None
    http_method_names = ["post"]
    verb = {"suspend": suspend_project, "resume": restore_project}
    told = {
        "suspend": gettext_lazy("Suspended: nobody acts in it any more; its images stay."),
        "resume": gettext_lazy("Resumed: its people act in it again."),
    }

    def post(self, request: HttpRequest, project: str) -> HttpResponse:
        """Do it and go back to the project."""
        self.verb[str(self.act)](self.project, actor=self.actor)
        messages.success(request, self.told[str(self.act)])
        return redirect("operate-project", project)


class DeleteProjectView(OperateMixin, ActView):
    """/operate/projects/<id>/delete: what it owns; the question, and the deed."""

    template_name = "portal/operate_project_delete.html"
    form_class = PortalForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show what it owns."""
        owned = belongings_of(self.project)
        people = self.project.memberships.count()
        shown = {"project": self.project, "owned": owned, "people": people}
        return super().get_context_data(**kwargs | shown)

    def do(self, form: PortalForm) -> HttpResponse:
        """Delete it."""
        delete_project(self.project, actor=self.actor)
        messages.success(self.request, _("Deleted: %(name)s.") % {"name": self.project})
        return redirect("operate-projects")
