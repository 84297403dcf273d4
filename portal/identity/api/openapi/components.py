"""The bodies of the Identity API; what it checks is told by its own schemas."""

from __future__ import annotations

from images.actors import SCOPES
from images.api.openapi.components import TEXT, Schema, component, fixed, listed
from portal.identity.api.schemas import CREDENTIAL, LOGIN

NULL_OR_TEXT: Schema = {"type": ["string", "null"]}
ERROR = component(
    "IdentityError", fixed(error=fixed(code={"type": "integer"}, message=TEXT, title=TEXT))
)
ROLE = fixed(id=TEXT, name=TEXT)
LINKS = fixed(self=TEXT)
VERSION = component(
    "IdentityVersion", fixed(id=TEXT, status=TEXT, updated=TEXT, links=listed({"type": "object"}))
)
ENDPOINT = fixed(id=TEXT, interface=TEXT, region=TEXT, region_id=TEXT, url=TEXT)
SERVICE = component("Service", fixed(id=TEXT, type=TEXT, name=TEXT, endpoints=listed(ENDPOINT)))
USER = component(
    "User",
    fixed(
        id=TEXT,
        name=TEXT,
        domain_id=TEXT,
        enabled={"type": "boolean"},
        email=NULL_OR_TEXT,
        default_project_id=NULL_OR_TEXT,
        password_expires_at=NULL_OR_TEXT,
        options={"type": "object"},
        links=LINKS,
    ),
)
PROJECT = component(
    "Project",
    fixed(
        id=TEXT,
        name=TEXT,
        domain_id=TEXT,
        parent_id=TEXT,
        enabled={"type": "boolean"},
        is_domain={"type": "boolean"},
        description=TEXT,
        tags=listed(TEXT),
        options={"type": "object"},
        links=LINKS,
    ),
)
_credential = fixed(
    id=TEXT,
    name=TEXT,
    description=TEXT,
    user_id=TEXT,
    project_id=TEXT,
    roles=listed(ROLE),
    expires_at=NULL_OR_TEXT,
    unrestricted={"type": "boolean"},
    access_rules=listed({"type": "object"}),
    scope={"enum": [*SCOPES]},
    links=LINKS,
)
_credential["properties"]["secret"] = TEXT | {"description": "Shown once, when it is made"}
APPLICATION_CREDENTIAL = component("ApplicationCredential", _credential)
_token = fixed(
    methods=listed(TEXT),
    user={"type": "object"},
    audit_ids=listed(TEXT),
    issued_at=TEXT,
    expires_at=TEXT,
)
_token["properties"] |= {
    "project": {"type": "object"},
    "is_domain": {"type": "boolean"},
    "system": {"type": "object"},
    "application_credential": {"type": "object"},
    "roles": listed(ROLE),
    "catalog": listed(SERVICE),
}
TOKEN = component("Token", fixed(token=_token))
NEW_TOKEN = component("NewToken", LOGIN.shape)
NEW_CREDENTIAL = component("NewApplicationCredential", CREDENTIAL.shape)


def page_of(name: str, items: Schema) -> Schema:
    """Return the schema of a list as the Identity API answers it."""
    return fixed(**{name: listed(items), "links": {"type": "object"}})
