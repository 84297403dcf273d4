"""Names that pages show and people type, looked up at the Keystone for what is not known here."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.contrib.auth.models import Group

from portal.identity.errors import SourceDown
from portal.identity.keystone import directory, shadows
from portal.identity.keystone.memory import ShortMemory
from portal.identity.models import Project, User

MOST_AT_ONCE = 20  # questions for one page; what is left shows its id, and is asked for next time
SILENCE = 10  # seconds without a question after one that was not answered

_asked = ShortMemory()


def learn_projects(ids: Iterable[str]) -> dict[str, str]:
    """Return the names of those of *ids* that the Keystone knows; they are known here from now on.

    What it does not know, or cannot tell now, is left out: the page shows the id.
    """
    found: dict[str, str] = {}
    if _asked.get("silence"):
        return found
    wait = settings.KEYSTONE["RECHECK_SECONDS"]
    new = [one for one in sorted(ids) if _asked.claim(one, seconds=wait)]
    try:
        for project_id in new[:MOST_AT_ONCE]:
            if project := directory.find_project(project_id):
                shadows.keep_project(project)
                found[project.id] = project.name
    except SourceDown:
        _asked.set("silence", value=True, time=SILENCE)
    return found


def find_project(name: str) -> Project | None:
    """Return the one project that the Keystone calls *name*, known here from now on, or None."""
    found = directory.projects_called(name)
    if len(found) != 1:
        return None
    shadows.keep_project(found[0])
    return Project.objects.filter(pk=found[0].id, enabled=True).first()


def find_user(name: str) -> User | None:
    """Return the one user whom the Keystone calls *name*, known here from now on, or None."""
    found = directory.users_called(name)
    if len(found) != 1:
        return None
    shadows.keep_user(found[0])
    return User.objects.filter(public_id=found[0].id).first()


def find_group(name: str) -> Group | None:
    """Return the group for grants to the one group that the Keystone calls *name*, or None."""
    found = directory.groups_called(name)
    if len(found) != 1:
        return None
    shadows.keep_group(found[0])
    return Group.objects.filter(keystone_group=found[0].id).first()
