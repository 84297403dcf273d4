"""What is remembered of users, projects and what they log in with."""

from __future__ import annotations

from portal.identity.models.application_credential import ApplicationCredential
from portal.identity.models.invitation import Invitation
from portal.identity.models.keystone_group import KeystoneGroup
from portal.identity.models.membership import Membership
from portal.identity.models.project import Project
from portal.identity.models.project_group import ProjectGroup
from portal.identity.models.saved_filter import SavedFilter
from portal.identity.models.session import Session
from portal.identity.models.sign_in_link import SignInLink
from portal.identity.models.token import Token
from portal.identity.models.user import User

__all__ = [
    "ApplicationCredential",
    "Invitation",
    "KeystoneGroup",
    "Membership",
    "Project",
    "ProjectGroup",
    "SavedFilter",
    "Session",
    "SignInLink",
    "Token",
    "User",
]
