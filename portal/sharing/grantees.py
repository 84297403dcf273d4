"""To whom an image is granted, by name: exact names and ids alone, so that nobody lists people."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import Group
from django.db.models import Q, QuerySet

from images.actors import Actor
from images.errors import NotVisible
from images.lifecycle.grants import grants_for
from images.models import Image
from images.models.grant import Grant, Grantee
from images.states import GranteeKind
from portal.identity import abroad
from portal.identity.models import Project, User
from portal.identity.sources import Source


def of_user(user: User) -> Grantee:
    """Return *user* as one to whom rights are granted."""
    return Grantee(GranteeKind.USER, user.pk, user.public_id, str(user))


def of_project(project: Project) -> Grantee:
    """Return everybody who acts in *project*."""
    return Grantee(GranteeKind.PROJECT, project.group_id, project.pk, project.name)


def of_group(group: Group) -> Grantee:
    """Return the members of *group*, in whichever project they act."""
    there = getattr(group, "keystone_group", None)
    return Grantee(GranteeKind.GROUP, group.pk, str(group.pk), str(there or group.name))


def find_grantee(kind: str, name: str) -> Grantee:
    """Return the grantee of that name or id, a suspended one too, or raise `NotVisible`."""
    found: Any = None
    if kind == GranteeKind.USER:
        called = Q(username__iexact=name) | Q(known_as=name, source=Source.KEYSTONE)
        found = _first(User.objects.all(), name, key="public_id", by=called)
        found = found or abroad.find_user(name)
        return of_user(found) if found else _unknown(kind, name)
    if kind == GranteeKind.PROJECT:
        found = _first(Project.objects.all(), name, key="pk", by=Q(name__iexact=name))
        found = found or abroad.find_project(name)
        return of_project(found) if found else _unknown(kind, name)
    groups = Group.objects.filter(project=None)  # a project's is known by the project's name
    if kind == GranteeKind.GROUP:
        called = Q(name=name) | Q(keystone_group__name=name) | Q(keystone_group=name)
        found = _first(groups, name, key="pk" if name.isdecimal() else "name", by=called)
        found = found or abroad.find_group(name)
    return of_group(found) if found else _unknown(kind, name)


def grantees_of(grants: Iterable[Grant]) -> dict[Grant, Grantee]:
    """Return to whom each of *grants* was given, in two queries at most."""
    grants = list(grants)
    users = {one.key for one in grants if one.is_to_user}
    groups = {one.key for one in grants if not one.is_to_user}
    people = {user.pk: of_user(user) for user in User.objects.filter(pk__in=users)}
    others = {
        group.pk: of_project(group.project) if hasattr(group, "project") else of_group(group)
        for group in Group.objects.filter(pk__in=groups).select_related("project", "keystone_group")
    }
    named = ((one, (people if one.is_to_user else others).get(one.key)) for one in grants)
    return {one: to for one, to in named if to}


def grant_named(image: Image, *, actor: Actor, kind: str, name: str) -> tuple[Grant, Grantee]:
    """Return the grant on *image* to who is called *name*, or has that id, with its grantee.

    Only what *actor* may see is looked at, so that nobody learns whom there is. Raises
    `NotVisible`.
    """
    named = grantees_of(grants_for(image, actor=actor)).items()
    alike = [(grant, to) for grant, to in named if to.kind == kind and name in {to.id, to.name}]
    alike.sort(key=lambda found: found[1].id != name)
    if not alike:
        raise NotVisible(f"Nothing was granted to a {kind} {name!r} on image {image.pk}.")
    return alike[0]


def givers_of(grants: Iterable[Grant]) -> dict[str, str]:
    """Return the names of who gave *grants*, by their public ids, in one query."""
    ids = {one.granted_by for one in grants}
    return {user.public_id: str(user) for user in User.objects.filter(public_id__in=ids)}


def _first(rows: QuerySet[Any], name: str, *, key: str, by: Q) -> Any:
    """Return the row whose id is *name*, else the one that is called so (*by*).

    A name that two have, as a Keystone's may, is none's: it takes the id (`NotVisible`).
    """
    if found := rows.filter(**{key: name}).first():
        return found
    called = list(rows.filter(by)[:2])
    if len(called) > 1:
        raise NotVisible(f"More than one is called {name!r}; say the id.")
    return called[0] if called else None


def _unknown(kind: str, name: str) -> Grantee:
    raise NotVisible(f"There is no {kind} of the name or id {name!r}.")
