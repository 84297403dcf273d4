"""The page of the project: what it uses of its limits, and who is in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.views.generic import TemplateView

from images.actors import MANAGER
from portal.identity.models import Project
from portal.identity.permissions import can_manage
from portal.quotas.breakdown import breakdown_of
from portal.quotas.plot import plot_of
from portal.quotas.usage import usage_of
from portal.views.base import PageMixin

if TYPE_CHECKING:
    from django.http import HttpRequest

    from images.actors import Actor

PAGE = 100


class ProjectView(PageMixin, TemplateView):
    """/project: usage and people."""

    template_name = "portal/project.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show usage and people of the present project."""
        project = Project.objects.filter(pk=self.actor.project).first()
        shown = shown_of(project, actor=self.actor, request=self.request) if project else {}
        return super().get_context_data(**shown, **kwargs)


def shown_of(project: Project, *, actor: Actor, request: HttpRequest) -> dict[str, Any]:
    """Return what a page tells of *project*: usage, people, and who was asked to come."""
    may_manage = can_manage(actor, project)
    people = project.memberships.filter(user__robot_of=None).select_related("user")
    people = people.order_by("user__username")
    waiting = project.invitations.waiting().with_backing().select_related("user", "invited_by")
    managers = people.filter(role=MANAGER, user__is_active=True)
    usage = usage_of(project.pk)
    return {
        "project": project,
        "usage": usage,
        "plot": plot_of(usage.points, usage.bytes),
        "breakdown": breakdown_of(project.pk, actor),
        "people": Paginator(people, PAGE).get_page(request.GET.get("page")),
        "may_manage": may_manage,
        "invitations": list(waiting[:PAGE]) if may_manage else [],
        "managers": [] if may_manage else [one.user.username for one in managers[:5]],
        "is_member": people.filter(user=actor.user_key).exists(),
    }
