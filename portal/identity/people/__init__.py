"""The acts on users, projects and roles; each is one transaction."""

from __future__ import annotations

from portal.identity.people.accounts import (
    create_project,
    create_user,
    keep_language,
    keep_shortcuts,
    register_user,
    set_password,
)
from portal.identity.people.finding import find_project, find_user
from portal.identity.people.offices import (
    keep_an_administrator,
    make_administrator,
    make_auditor,
    unmake_administrator,
    unmake_auditor,
)
from portal.identity.people.roles import give_role, put_into, remove_role
from portal.identity.people.suspension import (
    restore_project,
    restore_user,
    suspend_project,
    suspend_user,
)

__all__ = [
    "create_project",
    "create_user",
    "find_project",
    "find_user",
    "give_role",
    "keep_an_administrator",
    "keep_language",
    "keep_shortcuts",
    "make_administrator",
    "make_auditor",
    "put_into",
    "register_user",
    "remove_role",
    "restore_project",
    "restore_user",
    "set_password",
    "suspend_project",
    "suspend_user",
    "unmake_administrator",
    "unmake_auditor",
]
