"""Projects: those to act in, and others by exact id or name, to share with."""

from __future__ import annotations

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from portal.identity.api import documents
from portal.identity.api.base import IdentityView
from portal.identity.errors import NotPermitted, Unknown
from portal.identity.models import Project
from portal.identity.permissions import is_operator


class ScopesView(IdentityView):
    """/identity/v3/auth/projects: where the user may act, an administrator everywhere."""

    def get(self, request: Request) -> Response:
        projects = Project.objects.open_to(self.user)
        return Response(_listed(projects, path="/auth/projects", described=True))


class SystemScopeView(IdentityView):
    """/identity/v3/auth/system: whether the user may act outside of every project."""

    def get(self, request: Request) -> Response:
        scopes = [{"all": True}] if self.user.is_administrator else []
        return Response(documents.listing("system", scopes, path="/auth/system"))


class UserProjectsView(IdentityView):
    """/identity/v3/users/{id}/projects."""

    def get(self, request: Request, user_id: str) -> Response:
        projects = Project.objects.of(self.named_user(user_id))
        return Response(_listed(projects, path=f"/users/{user_id}/projects", described=True))


class ProjectsView(IdentityView):
    """/identity/v3/projects: by exact name for everybody, all for administrators."""

    def get(self, request: Request) -> Response:
        projects = Project.objects.all()
        if name := self.asked("name"):
            projects = projects.filter(name=name)
        elif not is_operator(self.actor):
            raise NotPermitted
        if self.asked("domain_id") not in {None, documents.DOMAIN["id"]}:
            projects = projects.none()
        described = is_operator(self.actor)
        return Response(_listed(projects, path="/projects", described=described))


class ProjectView(IdentityView):
    """/identity/v3/projects/{id}."""

    def get(self, request: Request, project_id: str) -> Response:
        found = Project.objects.filter(pk=project_id).first()
        if found is None:
            raise Unknown(f"Could not find project: {project_id}.")
        described = is_operator(self.actor) or self.actor.project == found.pk
        return Response({"project": documents.project(found, described=described)})


def _listed(projects: QuerySet[Project], *, path: str, described: bool) -> dict[str, object]:
    found = (documents.project(project, described=described) for project in projects)
    return documents.listing("projects", found, path=path)
