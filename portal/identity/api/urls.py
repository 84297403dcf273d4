"""The Identity API's addresses, below /identity; discovery alone takes a trailing slash."""

from __future__ import annotations

from django.urls import path, re_path, register_converter

from portal.identity.api.views import discovery, projects, tokens, users
from portal.identity.keys import ID


class IdConverter:
    """A public id; nothing else reaches a view, still less the database."""

    regex = ID.pattern

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(IdConverter, "public_id")

USER = "/v3/users/<public_id:user_id>"
CREDENTIALS = f"{USER}/application_credentials"

urlpatterns = [
    path("", discovery.VersionsView.as_view(), name="identity-versions"),
    path("/", discovery.VersionsView.as_view()),
    path("/v3", discovery.VersionView.as_view(), name="identity-version"),
    path("/v3/", discovery.VersionView.as_view()),
    path("/v3/auth/tokens", tokens.TokensView.as_view(), name="identity-tokens"),
    path("/v3/auth/catalog", discovery.CatalogView.as_view(), name="identity-catalog"),
    path("/v3/auth/projects", projects.ScopesView.as_view(), name="identity-scopes"),
    path("/v3/auth/system", projects.SystemScopeView.as_view(), name="identity-system"),
    path(USER, users.UserView.as_view(), name="identity-user"),
    path(f"{USER}/projects", projects.UserProjectsView.as_view(), name="identity-user-projects"),
    path(CREDENTIALS, users.CredentialsView.as_view(), name="identity-credentials"),
    path(
        f"{CREDENTIALS}/<public_id:credential_id>",
        users.CredentialView.as_view(),
        name="identity-credential",
    ),
    path("/v3/projects", projects.ProjectsView.as_view(), name="identity-projects"),
    path(
        "/v3/projects/<public_id:project_id>",
        projects.ProjectView.as_view(),
        name="identity-project",
    ),
    re_path(r"^/", discovery.NotHereView.as_view(), name="identity-not-here"),
]
