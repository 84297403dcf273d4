"""What may be asked of the Identity API, for OpenAPI."""

from __future__ import annotations

from images.api.openapi.components import fixed, listed
from images.api.openapi.operation import DescribedView, answer
from images.api.openapi.parameters import answered, in_header, in_path, in_query
from portal.identity.api.openapi.components import (
    APPLICATION_CREDENTIAL,
    NEW_CREDENTIAL,
    NEW_TOKEN,
    PROJECT,
    SERVICE,
    TOKEN,
    USER,
    VERSION,
    page_of,
)
from portal.identity.api.openapi.operation import operation

NOT_YOURS = "It is somebody else's affair."
ABSENT = "There is none, or the token has ended."

USER_ID = in_path("user_id", "The user's id", pattern="^[0-9a-f]{32}$")
SUBJECT = in_header("X-Subject-Token", "The token in question")
SECRET = answered("X-Subject-Token", "The token itself", 200, 201)
NO_CATALOG = in_query("nocatalog", "Leave the catalogue out")
NAME = in_query("name", "Exactly this name")


class Versions(DescribedView):
    """/identity."""

    target_class = "portal.identity.api.views.discovery.VersionsView"
    tag = "Identity"
    operations = {
        "get": operation(
            "List versions of the Identity API",
            {300: answer("The one version.", fixed(versions=fixed(values=listed(VERSION))))},
        ),
    }


class Version(DescribedView):
    """/identity/v3."""

    target_class = "portal.identity.api.views.discovery.VersionView"
    tag = "Identity"
    operations = {
        "get": operation(
            "Show the version of the Identity API",
            {200: answer("The version.", fixed(version=VERSION))},
        ),
    }


class Tokens(DescribedView):
    """/identity/v3/auth/tokens."""

    target_class = "portal.identity.api.views.tokens.TokensView"
    tag = "Identity"
    operations = {
        "post": operation(
            "Log in",
            {201: answer("A token; it is in the header.", TOKEN)},
            {401: "Not so, whatever is wrong with it.", 429: "Too many failed log-ins."},
            body=NEW_TOKEN,
            parameters=[NO_CATALOG, SECRET],
            auth=[],
        ),
        "get": operation(
            "Show a token",
            {200: answer("The token.", TOKEN)},
            {403: NOT_YOURS, 404: ABSENT},
            parameters=[SUBJECT, NO_CATALOG, SECRET],
        ),
        "delete": operation(
            "Revoke a token",
            {204: answer("The token is dead everywhere.")},
            {403: NOT_YOURS, 404: ABSENT},
            parameters=[SUBJECT],
        ),
    }


class Catalog(DescribedView):
    """/identity/v3/auth/catalog."""

    target_class = "portal.identity.api.views.discovery.CatalogView"
    tag = "Identity"
    operations = {
        "get": operation(
            "Show the catalogue", {200: answer("The services.", page_of("catalog", SERVICE))}
        ),
    }


class Scopes(DescribedView):
    """/identity/v3/auth/projects."""

    target_class = "portal.identity.api.views.projects.ScopesView"
    tag = "Identity"
    operations = {
        "get": operation(
            "List projects to act in",
            {200: answer("Where the user may act.", page_of("projects", PROJECT))},
        ),
    }


class SystemScope(DescribedView):
    """/identity/v3/auth/system."""

    target_class = "portal.identity.api.views.projects.SystemScopeView"
    tag = "Identity"
    operations = {
        "get": operation(
            "List system scopes",
            {200: answer("One for administrators.", page_of("system", {"type": "object"}))},
        ),
    }


class UserProjects(DescribedView):
    """/identity/v3/users/{user_id}/projects."""

    target_class = "portal.identity.api.views.projects.UserProjectsView"
    tag = "Identity"
    path = [USER_ID]
    operations = {
        "get": operation(
            "List projects of a user",
            {200: answer("The user's projects.", page_of("projects", PROJECT))},
            {403: NOT_YOURS, 404: ABSENT},
        ),
    }


class Projects(DescribedView):
    """/identity/v3/projects."""

    target_class = "portal.identity.api.views.projects.ProjectsView"
    tag = "Identity"
    operations = {
        "get": operation(
            "List projects",
            {200: answer("All, or those of the name.", page_of("projects", PROJECT))},
            {403: "Without a name, and no administrator."},
            parameters=[NAME, in_query("domain_id", "The only domain is `default`")],
        ),
    }


class Project(DescribedView):
    """/identity/v3/projects/{project_id}."""

    target_class = "portal.identity.api.views.projects.ProjectView"
    tag = "Identity"
    path = [in_path("project_id", "The project's id", pattern="^[0-9a-f]{32}$")]
    operations = {
        "get": operation(
            "Show a project",
            {200: answer("The project.", fixed(project=PROJECT))},
            {404: ABSENT},
        ),
    }


class User(DescribedView):
    """/identity/v3/users/{user_id}."""

    target_class = "portal.identity.api.views.users.UserView"
    tag = "Identity"
    path = [USER_ID]
    operations = {
        "get": operation(
            "Show a user",
            {200: answer("The user.", fixed(user=USER))},
            {403: NOT_YOURS, 404: ABSENT},
        ),
    }


class Credentials(DescribedView):
    """/identity/v3/users/{user_id}/application_credentials."""

    target_class = "portal.identity.api.views.users.CredentialsView"
    tag = "Identity"
    path = [USER_ID]
    operations = {
        "get": operation(
            "List application credentials",
            {
                200: answer(
                    "The user's.", page_of("application_credentials", APPLICATION_CREDENTIAL)
                )
            },
            {403: NOT_YOURS, 404: ABSENT},
            parameters=[NAME],
        ),
        "post": operation(
            "Create an application credential",
            {201: answer("With its secret.", fixed(application_credential=APPLICATION_CREDENTIAL))},
            {403: NOT_YOURS, 404: ABSENT, 409: "The name is taken."},
            body=NEW_CREDENTIAL,
        ),
    }


class Credential(DescribedView):
    """/identity/v3/users/{user_id}/application_credentials/{credential_id}."""

    target_class = "portal.identity.api.views.users.CredentialView"
    tag = "Identity"
    path = [
        USER_ID,
        in_path("credential_id", "The credential's id", pattern="^[0-9a-f]{32}$"),
    ]
    operations = {
        "get": operation(
            "Show an application credential",
            {200: answer("It.", fixed(application_credential=APPLICATION_CREDENTIAL))},
            {403: NOT_YOURS, 404: ABSENT},
        ),
        "delete": operation(
            "Delete an application credential",
            {204: answer("It is gone, and its tokens are dead.")},
            {403: NOT_YOURS, 404: ABSENT},
        ),
    }
