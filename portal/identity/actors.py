"""From what somebody logged in with to the Actor who asks; roles and groups are one query or none.

None where they were asked for together with what was shown (`gathered_standing`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

from images.actors import ADMIN, AUDITOR, NOBODY, Actor, session_mark, with_implied
from portal.identity.models import ApplicationCredential, Token, User
from portal.identity.standing import STANDING, chosen_standing, standing_rows
from portal.identity.throttling import client_address

CHOSEN_PROJECT = "project"  # the session's key for the project that its user switched to

MAX_ADDRESS = 64  # characters; a zone of IPv6 may be of any length

OPERATOR = Actor(user="manage.py", roles=with_implied(ADMIN))
"""Who has a shell on the server may do what an administrator may."""


@dataclass(frozen=True, slots=True)
class _Standing:
    """What a user is in one project, and the groups whose object permissions count there."""

    roles: frozenset[str]
    groups: frozenset[int]


def project_actor(
    user: User,
    *,
    project: str,
    narrowed_to: Iterable[str] | None = None,
    rows: Iterable[Sequence[Any]] | None = None,
) -> Actor | None:
    """Return *user* acting in *project*, or None if that is not the user's to act in.

    Roles beyond *narrowed_to* (and what those imply) are left out, but for an auditor's: it would
    stop being one who changes nothing. *rows* are those of
    `gathered_standing`, which are asked for if they are not given.
    """
    if rows is None:
        rows = standing_rows(user, project).values_list(*STANDING)
    standing = _standing(user, rows)
    roles = standing.roles
    if narrowed_to is not None:
        roles &= with_implied(*narrowed_to, AUDITOR)
    if not roles:
        return None
    return Actor(
        user=user.public_id,
        user_key=user.pk,
        project=project,
        roles=roles,
        groups=standing.groups,
    )


def system_actor(user: User) -> Actor | None:
    """Return *user* as the administrator of the cloud outside of every project, or None."""
    if not user.is_administrator:
        return None
    roles = with_implied(ADMIN)
    return Actor(user=user.public_id, user_key=user.pk, roles=roles)


def unscoped_actor(user: User) -> Actor:
    """Return *user*, logged in and nothing more: it may ask where it could act."""
    return Actor(user=user.public_id, user_key=user.pk)


def token_actor(token: Token) -> Actor | None:
    """Return the actor of a live *token*, or None if its scope is no longer its user's."""
    if token.is_system:
        return system_actor(token.user)
    if token.project_id is None:
        return unscoped_actor(token.user)
    rows = getattr(token, "standing", None)
    if credential := token.application_credential:
        return _narrowed(credential, token.user, rows)
    return project_actor(token.user, project=token.project_id, rows=rows)


def credential_actor(credential: ApplicationCredential) -> Actor | None:
    """Return the actor of a live *credential*, or None if its user lost the project."""
    return _narrowed(credential, credential.user, getattr(credential, "standing", None))


def _narrowed(
    credential: ApplicationCredential, user: User, rows: Iterable[Sequence[Any]] | None
) -> Actor | None:
    """Return *user*, no more than its *credential* allows."""
    roles, project = credential.roles, credential.project_id
    actor = project_actor(user, project=project, narrowed_to=roles, rows=rows)
    is_restricted = not credential.unrestricted
    return actor and replace(actor, scope=credential.scope, is_restricted=is_restricted)


def shadow_actor(
    user: User, *, project: str | None, roles: frozenset[str], rows: Iterable[Sequence[Any]]
) -> Actor | None:
    """Return a Keystone's *user* with the *roles* that a token gives it in *project*.

    None if the project is suspended here. What the user is here beside that are its groups, or an
    auditor.
    """
    rows = list(rows)
    if project is not None and not any(project_of_group for _, project_of_group, _ in rows):
        return None
    if user.is_auditor:
        roles = with_implied(AUDITOR)
    return Actor(
        user=user.public_id,
        user_key=user.pk,
        project=project,
        roles=roles,
        groups=frozenset() if AUDITOR in roles else _standing(user, rows).groups,
    )


def session_actor(request: HttpRequest) -> Actor:
    """Return who looks at a page, in the project that the session chose, or else its user's own."""
    user = request.user
    if isinstance(user, AnonymousUser) or user.is_robot:
        return NOBODY
    standings = getattr(user, "standings", None)
    tried = (
        project_actor(user, project=one, rows=chosen_standing(standings, one))
        for one in _session_projects(request, user)
    )
    # An administrator needs no project to operate.
    actor = next(filter(None, tried), None) or system_actor(user) or unscoped_actor(user)
    return asking(actor, request, token=session_mark(request.session.session_key))


def asking(actor: Actor, request: HttpRequest, *, token: str = "", **more: Any) -> Actor:
    """Return *actor* as events tell of it: which request asked, from where, and by which *token*.

    *more* are other fields of the actor.
    """
    return replace(
        actor,
        request_id=request_id_of(request),
        address=(client_address(request) or "")[:MAX_ADDRESS],
        token=token,
        **more,
    )


def token_mark(token: Token) -> str:
    """Return the name by which events tell *token*, and with it what it was got with."""
    if credential := token.application_credential_id:
        return f"credential:{credential}/{token.audit_id}"
    return f"token:{token.audit_id}"


def request_id_of(request: HttpRequest) -> str:
    """Return the id that the middleware gave to *request*, if it came that way."""
    return str(getattr(request, "request_id", ""))


def _session_projects(request: HttpRequest, user: User) -> Iterable[str]:
    """Yield the projects to try, the wanted one first; the last is asked for only if needed."""
    if chosen := request.session.get(CHOSEN_PROJECT):
        yield chosen
    if user.default_project_id:
        yield user.default_project_id
    enabled = user.memberships.filter(project__enabled=True)
    yield from enabled.values_list("project_id", flat=True)[:1]


def _standing(user: User, rows: Iterable[Sequence[Any]]) -> _Standing:
    held: set[str] = set()
    groups: set[int] = set()
    is_there = False
    for group, project_of_group, role in rows:
        groups.add(group)
        if project_of_group:
            is_there = True
            held.update({role} if role else ())
    if is_there and user.is_auditor:
        return _Standing(roles=with_implied(AUDITOR), groups=frozenset())
    if is_there and user.is_administrator:
        held.add(ADMIN)
    return _Standing(roles=with_implied(*held), groups=frozenset(groups))
