"""What a Keystone may know of names that nobody here has, where there is one to ask."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from typing import Any, cast

from django.conf import settings
from django.contrib.auth.models import Group

from portal.identity.keys import is_id
from portal.identity.models import Project, User
from portal.keystone import LOCAL


def learn_projects(ids: Iterable[str]) -> dict[str, str]:
    """Return the names of those of *ids* that the Keystone knows; nothing where there is none."""
    wanted = [one for one in ids if is_id(one)]
    return cast("dict[str, str]", _names().learn_projects(wanted)) if wanted and _names() else {}


def find_project(name: str) -> Project | None:
    """Return the one project that the Keystone calls *name*, or None. Raises `SourceDown`."""
    return cast("Project | None", _names() and _names().find_project(name))


def find_user(name: str) -> User | None:
    """Return the one user whom the Keystone calls *name*, or None. Raises `SourceDown`."""
    return cast("User | None", _names() and _names().find_user(name))


def find_group(name: str) -> Group | None:
    """Return the group for grants to the Keystone's group *name*, or None. Raises `SourceDown`."""
    return cast("Group | None", _names() and _names().find_group(name))


def _names() -> Any:
    """Return the module that asks; it needs libraries that are there only where it is wanted."""
    if settings.IDENTITY == LOCAL:
        return None
    return import_module("portal.identity.keystone.names")
