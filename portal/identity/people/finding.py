"""Users and projects by what people call them, here or at a Keystone, and who manages one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.db.models import Q, QuerySet

from images.actors import MANAGER
from portal.identity import abroad
from portal.identity.errors import Unknown
from portal.identity.models import Project, User
from portal.identity.sources import Source

Named = TypeVar("Named", User, Project)


def find_user(name: str) -> User:
    """Return the user of that name or id, or raise `Unknown`."""
    there = Q(known_as=name, source=Source.KEYSTONE)
    found = User.objects.filter(Q(username=name) | Q(public_id=name) | there)
    return _the_one(found, abroad.find_user, name)


def find_project(name: str) -> Project:
    """Return the project of that name or id, or raise `Unknown`."""
    found = Project.objects.filter(Q(name=name) | Q(pk=name))
    return _the_one(found, abroad.find_project, name)


def managers_of(project: str) -> QuerySet[User]:
    """Return the people who manage *project* and can be written to."""
    managers = User.objects.filter(memberships__project=project, memberships__role=MANAGER)
    return managers.filter(is_active=True, robot_of=None).exclude(email="")


def _the_one(
    found: QuerySet[Named], find_abroad: Callable[[str], Named | None], name: str
) -> Named:
    """Return the one thing *found*, or else the Keystone's of that *name*."""
    things = list(found[:2])
    kind = found.model._meta.model_name
    if len(things) > 1:
        raise Unknown(f"There is more than one {kind} {name!r}; say its id.")
    thing = things[0] if things else find_abroad(name)
    if thing is None:
        raise Unknown(f"There is no {kind} {name!r}.")
    return thing
