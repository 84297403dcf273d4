"""The page of the project: what it uses of its limits, and who is in it."""

from __future__ import annotations

from typing import Any

from django.views.generic import TemplateView

from portal.identity.models import Membership
from portal.usage import bytes_of, images_of
from portal.views.base import PageMixin


class ProjectView(PageMixin, TemplateView):
    """/project: usage and people."""

    template_name = "portal/project.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show usage and people of the present project."""
        project = self.actor.project or ""
        people = Membership.objects.filter(project=project, user__robot_of=None)
        context = {
            "bytes": bytes_of(project),
            "images": images_of(project),
            "people": people.select_related("user"),
        }
        return super().get_context_data(**context, **kwargs)
