"""What is remembered of the Keystone's users is checked from time to time, by asking it."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone

from images.actors import MANAGER, MEMBER, READER, SERVICE
from portal.identity.errors import SourceDown
from portal.identity.keystone import directory, shadows
from portal.identity.keystone.memory import ShortMemory
from portal.identity.models import Membership, Project, User
from portal.identity.sources import Source

TRY_AGAIN = 10  # seconds from the begin of one try to the next in one process
STRONGEST_FIRST = (MANAGER, MEMBER, READER, SERVICE)

logger = logging.getLogger(__name__)
_tries = ShortMemory()


def refresh_if_stale(user: User) -> bool:
    """Check *user* at the Keystone if that is due, and tell whether it was.

    While the Keystone does not answer, what was known counts on: `is_trusted` says how long.
    """
    due = timedelta(seconds=settings.KEYSTONE["RECHECK_SECONDS"])
    if user.checked_at is not None and timezone.now() - user.checked_at < due:
        return False
    if not _tries.claim(user.pk, seconds=TRY_AGAIN):
        return False
    try:
        refresh(user)
    except SourceDown:
        logger.warning("What is known of the user %s is not fresh.", user.public_id)
        return False
    return True


def is_let_in(user: User) -> bool:
    """Check *user* if that is due, and tell whether it may act here."""
    refresh_if_stale(user)
    return is_trusted(user)


def is_trusted(user: User) -> bool:
    """Tell whether what is known of *user* is good for a session: in, and checked not long ago."""
    longest = 3 * timedelta(seconds=settings.KEYSTONE["RECHECK_SECONDS"])
    known_at = user.checked_at
    is_recent = known_at is not None and timezone.now() - known_at < longest
    return user.is_active and user.enabled_there and is_recent


def refresh(user: User) -> None:
    """Bring the row of *user*, its memberships and its groups up to what the Keystone says now.

    Raises `SourceDown`, and then nothing has changed.
    """
    person = directory.find_person(user.public_id)
    with transaction.atomic():
        user.checked_at = timezone.now()
        user.enabled_there = person is not None and person.is_enabled
        if person is None or not person.is_enabled:
            user.memberships.filter(project__source=Source.KEYSTONE).delete()
        else:
            user.known_as = person.user.name[: shadows.USER_NAME_LENGTH]
            user.is_superuser = user.is_staff = person.is_admin and not user.is_auditor
            _keep_memberships(user, person)
            _keep_groups(user, person)
        user.save(update_fields=list(CHECKED))


CHECKED = (
    *("checked_at", "enabled_there", "known_as", "is_superuser", "is_staff"),
    "default_project",
)


def _keep_memberships(user: User, person: directory.Person) -> None:
    """Make *user* what it is in each of the Keystone's projects, and nothing in others of those."""
    roles = {project: _role(names) for project, names in person.roles.items()}
    held = {project: role for project, role in roles.items() if role}
    for project in held:
        shadows.keep_project(project)
    Membership.objects.bulk_create(
        [Membership(user=user, project_id=place.id, role=role) for place, role in held.items()],
        update_conflicts=True,
        unique_fields=["user", "project"],
        update_fields=["role"],
    )
    ids = [project.id for project in held]
    lost = user.memberships.filter(project__source=Source.KEYSTONE).exclude(project__in=ids)
    lost.delete()
    if user.default_project_id not in ids:
        user.default_project = Project.objects.filter(pk__in=ids).order_by("name").first()


def _role(names: frozenset[str]) -> str | None:
    """Return the strongest role of ours among *names*; the pages know one a project."""
    return next((role for role in STRONGEST_FIRST if role in names), None)


def _keep_groups(user: User, person: directory.Person) -> None:
    """Put *user* into the shadows of the groups that the Keystone says, and out of all others."""
    for group in person.groups:
        shadows.keep_group(group)
    ids = [group.id for group in person.groups]
    user.groups.remove(
        *user.groups.filter(keystone_group__isnull=False).exclude(keystone_group__in=ids)
    )
    user.groups.add(*Group.objects.filter(keystone_group__in=ids))
