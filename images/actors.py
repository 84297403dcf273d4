"""Who asks: a frozen value that the doors build and pass down, never a request."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace

ADMIN = "admin"
AUDITOR = "auditor"
MANAGER = "manager"
MEMBER = "member"
READER = "reader"
SERVICE = "service"

READ = "read"
UPLOAD = "upload"
ALL = "all"
SCOPES = (READ, UPLOAD, ALL)
"""How much of what its user may do a token is good for; the acts of each stand in `scopes`."""

IMPLIED: dict[str, tuple[str, ...]] = {
    ADMIN: (MANAGER, MEMBER, READER),
    AUDITOR: (READER,),
    MANAGER: (MEMBER, READER),
    MEMBER: (READER,),
}


def with_implied(*roles: str) -> frozenset[str]:
    """Return *roles* and every role that they imply."""
    return frozenset(roles).union(*(IMPLIED.get(role, ()) for role in roles))


@dataclass(frozen=True, slots=True)
class Actor:
    """A user in a project with roles, as one door saw it.

    *user* and *project* are public ids (32 hexadecimal digits, or a Keystone's own); *user_key*
    is the primary key of the local user row and *groups* those of Django groups, both for object
    permissions. *roles* holds implied roles too. Without a project (a system scope, nobody)
    nothing of any project is visible: the Image API asks for a project scope everywhere.
    *is_vouched_for*: another service sent the request on, with a token of its own.

    *scope* is one of `SCOPES`: a token may be good for less than its user. *is_restricted*: a
    program asks with a credential that may not make, change or delete credentials.

    *address* is where the request came from and *token* what it showed, by a name that opens
    nothing: `token:` and its audit id, `credential:` and its id (then `/` and the audit id of a
    token that was got with it), `session:` and a mark. Events tell both.
    """

    user: str = ""
    user_key: int | None = None
    project: str | None = None
    roles: frozenset[str] = frozenset()
    groups: frozenset[int] = frozenset()
    request_id: str = field(default="", compare=False)
    is_vouched_for: bool = False
    scope: str = ALL
    is_restricted: bool = False
    address: str = field(default="", compare=False)
    token: str = field(default="", compare=False)

    @property
    def is_admin(self) -> bool:
        """Is this the cloud's administrator, acting in some project?"""
        return self.project is not None and ADMIN in self.roles

    @property
    def is_auditor(self) -> bool:
        """Is this somebody who sees everything and changes nothing, in whatever project?"""
        return self.project is not None and AUDITOR in self.roles

    @property
    def sees_all(self) -> bool:
        """Are the images of all projects shown?"""
        return self.is_admin or self.is_auditor

    @property
    def is_service(self) -> bool:
        """Is this another service of the cloud, or somebody for whom one asks?"""
        return self.has_role(SERVICE) or (self.project is not None and self.is_vouched_for)

    @property
    def is_known(self) -> bool:
        """Is somebody logged in?"""
        return bool(self.user)

    def has_role(self, role: str) -> bool:
        """Does the actor hold *role* in the project of its scope?"""
        return self.project is not None and role in self.roles

    def without_grants(self) -> Actor:
        """Return the same one, as if nothing were granted to it or its groups."""
        return replace(self, user_key=None, groups=frozenset())


NOBODY = Actor()


def session_mark(key: str | None) -> str:
    """Return the name by which events tell a session of that secret *key* from others."""
    return f"session:{hashlib.sha256(key.encode()).hexdigest()[:16]}" if key else ""
