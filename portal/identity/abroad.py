"""What a Keystone may know of names that nobody here has, where there is one to ask."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from typing import Any, cast

from django.conf import settings
from django.contrib.auth.models import Group

from portal.configuration.keystone import LOCAL
from portal.identity.keys import is_id
from portal.identity.models import Project, User


def is_let_in(user: User) -> bool:
    """Tell whether *user* may act at all: a Keystone's, if that still lets it in.

    It is asked now and then (`VITRINE_KEYSTONE_RECHECK_SECONDS`). While it does not answer, what
    was known counts on for a while; where there is none any more, nobody of it is let in.
    """
    if not user.is_shadow:
        return user.is_active
    return settings.IDENTITY != LOCAL and bool(_module("refresh").is_let_in(user))


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
    """Return the module that looks up names, None where there is no Keystone."""
    return None if settings.IDENTITY == LOCAL else _module("names")


def _module(name: str) -> Any:
    """Return a module that asks; it needs libraries that are there only where it is wanted."""
    return import_module(f"portal.identity.keystone.{name}")
