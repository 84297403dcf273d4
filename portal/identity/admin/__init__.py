"""The third door: rows to look at, and the verbs on them."""

from __future__ import annotations

from portal.identity.admin.application_credential import ApplicationCredentialAdmin
from portal.identity.admin.group import GroupAdmin
from portal.identity.admin.membership import MembershipAdmin
from portal.identity.admin.project import ProjectAdmin
from portal.identity.admin.user import UserAdmin

__all__ = [
    "ApplicationCredentialAdmin",
    "GroupAdmin",
    "MembershipAdmin",
    "ProjectAdmin",
    "UserAdmin",
]
