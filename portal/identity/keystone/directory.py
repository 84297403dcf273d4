"""What the Keystone tells the service itself: who somebody is, and who has a name."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from images.actors import ADMIN
from portal.identity.keystone.connection import ask
from portal.identity.keystone.memory import ShortMemory
from portal.identity.keystone.words import Known, known, our_roles

_domains = ShortMemory()


@dataclass(frozen=True, slots=True)
class Person:
    """A user as the Keystone has it: *roles* by project, where it may act now."""

    user: Known
    is_enabled: bool
    is_admin: bool
    roles: dict[Known, frozenset[str]]
    groups: list[Known]


def find_person(user_id: str) -> Person | None:
    """Return the user of that id, None if there is none. Raises `SourceDown`."""
    found = ask(f"/users/{user_id}")
    if found is None:
        return None
    user = found["user"]
    groups = ask(f"/users/{user_id}/groups") or {"groups": []}
    roles, is_admin = _roles(user_id)
    return Person(
        user=known(user, domain=_domain(user)["name"]),
        is_enabled=user["enabled"] and _domain(user)["enabled"],
        is_admin=is_admin,
        roles=roles,
        groups=[known(group, domain=_domain(group)["name"]) for group in groups["groups"]],
    )


def find_project(project_id: str) -> Known | None:
    """Return the project of that id, None if there is none. Raises `SourceDown`."""
    found = ask(f"/projects/{project_id}")
    if found is None:
        return None
    return known(found["project"], domain=_domain(found["project"])["name"])


def projects_called(name: str) -> list[Known]:
    """Return the projects that are called exactly *name* here: with their domain, if unusual."""
    return _called("projects", name)


def users_called(name: str) -> list[Known]:
    """Return the users that are called exactly *name* here."""
    return _called("users", name)


def groups_called(name: str) -> list[Known]:
    """Return the groups that are called exactly *name* here."""
    return _called("groups", name)


def _called(kind: str, name: str) -> list[Known]:
    before, _, domain = name.rpartition("@")
    asked = {name, before} if before and domain else {name}
    answers = (ask(f"/{kind}", name=one) or {kind: []} for one in asked)
    things = [thing for answer in answers for thing in answer[kind] if thing.get("enabled", True)]
    found = {known(thing, domain=_domain(thing)["name"]) for thing in things}
    return [one for one in found if one.name == name]


def _roles(user_id: str) -> tuple[dict[Known, frozenset[str]], bool]:
    """Return the user's roles by project that is enabled, and whether it administers anything.

    Implied and inherited roles and those of groups are among them.
    """
    held = ask("/role_assignments", **{"user.id": user_id, "effective": "", "include_names": ""})
    names: dict[str, set[str]] = defaultdict(set)
    for one in (held or {"role_assignments": []})["role_assignments"]:
        scope = one["scope"].get("project", {}).get("id", "")
        names[scope].add(one["role"]["name"])
    open_ones = (ask(f"/users/{user_id}/projects") or {"projects": []})["projects"]
    roles = {
        known(project, domain=_domain(project)["name"]): our_roles(names[project["id"]])
        for project in open_ones
        if project["enabled"] and _domain(project)["enabled"]
    }
    return roles, any(ADMIN in our_roles(held) for held in names.values())


def _domain(thing: dict[str, Any]) -> dict[str, Any]:
    """Return the domain of *thing*; it is remembered as long as what is checked of users."""
    key = thing["domain_id"]
    found: dict[str, Any] | None = _domains.get(key)
    if found is None:
        answer = ask(f"/domains/{key}") or {"domain": {"name": key, "enabled": False}}
        found = answer["domain"]
        _domains.set(key, found, time=settings.KEYSTONE["RECHECK_SECONDS"])
    return found
