"""What happened to users, projects and what opens doors, written into the outbox of images."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from images.actors import Actor
from images.events import record_act
from portal.identity.models import (
    ApplicationCredential,
    Invitation,
    Membership,
    Project,
    ProjectGroup,
    Token,
    User,
)

Facts = Mapping[str, Any]


def record_user(verb: str, user: User, actor: Actor, **change: Any) -> None:
    """Write that *user* was made, changed, shut out or let in; for administrators to read."""
    record_act(f"identity.user.{verb}", actor, subject=user.public_id, **change)


def record_project(verb: str, project: Project, actor: Actor, **change: Any) -> None:
    """Write what was done to *project*, for its own people to read."""
    record_act(f"identity.project.{verb}", actor, subject=project.pk, project=project.pk, **change)


def record_membership(verb: str, user: User, project: Project, actor: Actor, **change: Any) -> None:
    """Write what *user* became in *project*, or ceased to be."""
    record_act(
        f"identity.membership.{verb}",
        actor,
        subject=user.public_id,
        project=project.pk,
        **change,
    )


def record_invitation(verb: str, invitation: Invitation, actor: Actor, **details: Any) -> None:
    """Write who was asked into a project, or what came of it; nobody reads a mail's secret in it.

    Its people read the address of who was asked by mail, since they know the person no other way.
    """
    record_act(
        f"identity.invitation.{verb}",
        actor,
        subject=invitation.pk,
        project=invitation.project_id,
        invited=invitation.invited,
        role=str(invitation.role),
        **details,
    )


def record_group(verb: str, group: ProjectGroup, actor: Actor, **change: Any) -> None:
    """Write what was done to one of a project's groups, or who came and went."""
    record_act(
        f"identity.group.{verb}",
        actor,
        subject=group.pk,
        project=group.project_id,
        name=group.name,
        **change,
    )


def record_credential(
    verb: str, credential: ApplicationCredential, actor: Actor, **change: Any
) -> None:
    """Write what was done to *credential*; nobody reads its secret in it."""
    record_act(
        f"identity.credential.{verb}",
        actor,
        subject=credential.pk,
        project=credential.project_id,
        **change,
    )


def credential_facts(credential: ApplicationCredential) -> dict[str, Any]:
    """Return what an event tells of *credential*."""
    ends = credential.expires_at
    return {
        "name": credential.name,
        "roles": credential.roles,
        "scope": credential.scope,
        "unrestricted": credential.unrestricted,
        "expires_at": ends.isoformat() if ends else None,
    }


def record_token(verb: str, token: Token, actor: Actor, **details: Any) -> None:
    """Write that *token* was given or taken back."""
    record_act(
        f"identity.token.{verb}",
        actor,
        subject=token.audit_id,
        project=token.project_id or "",
        of_user=token.user.public_id,
        methods=token.methods,
        is_system=token.is_system,
        **details,
    )


def role_of(membership: Membership | None) -> Facts | None:
    """Return what an event tells of *membership*."""
    return {"role": str(membership.role)} if membership else None
