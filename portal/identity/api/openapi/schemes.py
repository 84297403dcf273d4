"""How a request says who sends it, in OpenAPI's words."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema

from images.api.openapi.components import Schema
from portal.configuration.keystone import BOTH, KEYSTONE, LOCAL
from portal.identity.authentication import TokenAuthentication


def token_source() -> str:
    """Return who gives the tokens that open this service."""
    ours = "A token of `POST /identity/v3/auth/tokens`"
    if settings.IDENTITY == LOCAL:
        return ours
    theirs = f"of the Keystone at {settings.KEYSTONE['PUBLIC_URL']}"
    return f"A token {theirs}" if settings.IDENTITY == KEYSTONE else f"{ours}, or {theirs}"


class TokenScheme(OpenApiAuthenticationExtension):
    """A token in either of its two headers, ours or a Keystone's."""

    target_class = "portal.identity.authentication.TokenAuthentication"
    match_subclasses = True  # the Keystone's class, whose libraries need not be there
    name = ["token", "bearer"]

    def __init__(self, target: Any) -> None:
        """Describe tokens once where both kinds are taken."""
        super().__init__(target)  # type: ignore[no-untyped-call] # the library has no types
        if settings.IDENTITY == BOTH and type(target) is not TokenAuthentication:
            self.name = []

    def get_security_requirement(self, auto_schema: AutoSchema) -> list[dict[str, list[Any]]]:
        """Either will do."""
        return [{name: []} for name in self.name]

    def get_security_definition(self, auto_schema: AutoSchema) -> list[Schema]:
        """Describe both."""
        why = token_source()
        return [
            {"type": "apiKey", "in": "header", "name": "X-Auth-Token", "description": why},
            {"type": "http", "scheme": "bearer", "description": why},
        ]


class CredentialScheme(OpenApiAuthenticationExtension):
    """An application credential."""

    target_class = "portal.identity.authentication.CredentialAuthentication"
    name = "credential"

    def get_security_definition(self, auto_schema: AutoSchema) -> Schema:
        """Describe HTTP Basic."""
        why = "The id and the secret of an application credential"
        return {"type": "http", "scheme": "basic", "description": why}


class SessionScheme(OpenApiAuthenticationExtension):
    """The session of the pages."""

    target_class = "portal.identity.authentication.SessionAuthentication"
    name = "session"
    priority = 1  # before the library's own, which fits its parent

    def get_security_definition(self, auto_schema: AutoSchema) -> Schema:
        """Describe the cookie."""
        why = "The session of the pages; unsafe methods need the header `X-CSRFToken` too"
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": settings.SESSION_COOKIE_NAME,
            "description": why,
        }
