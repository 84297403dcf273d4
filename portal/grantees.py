"""To whom an image is granted, by name: exact names and ids alone, so that nobody lists people."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import Group
from django.db.models import QuerySet

from images.actors import Actor
from images.errors import NotVisible
from images.lifecycle.grants import grants_for
from images.models import Image
from images.models.grant import Grant, Grantee
from images.states import GranteeKind
from portal.identity.models import Project, User


def of_user(user: User) -> Grantee:
    """Return *user* as one to whom rights are granted."""
    return Grantee(GranteeKind.USER, user.pk, user.public_id, user.username)


def of_project(project: Project) -> Grantee:
    """Return everybody who acts in *project*."""
    return Grantee(GranteeKind.PROJECT, project.group_id, project.pk, project.name)


def of_group(group: Group) -> Grantee:
    """Return the members of *group*, in whichever project they act."""
    return Grantee(GranteeKind.GROUP, group.pk, str(group.pk), group.name)


def find_grantee(kind: str, name: str) -> Grantee:
    """Return the grantee of that name or id, a suspended one too, or raise `NotVisible`."""
    found: Any = None
    if kind == GranteeKind.USER:
        found = _first(User.objects.all(), name, key="public_id", by="username__iexact")
        return of_user(found) if found else _unknown(kind, name)
    if kind == GranteeKind.PROJECT:
        found = _first(Project.objects.all(), name, key="pk", by="name__iexact")
        return of_project(found) if found else _unknown(kind, name)
    groups = Group.objects.filter(project=None)  # a project's is known by the project's name
    if kind == GranteeKind.GROUP:
        found = _first(groups, name, key="pk" if name.isdecimal() else "name", by="name")
    return of_group(found) if found else _unknown(kind, name)


def grantees_of(grants: Iterable[Grant]) -> dict[Grant, Grantee]:
    """Return to whom each of *grants* was given, in two queries at most."""
    grants = list(grants)
    users = {one.key for one in grants if one.is_to_user}
    groups = {one.key for one in grants if not one.is_to_user}
    people = {user.pk: of_user(user) for user in User.objects.filter(pk__in=users)}
    others = {
        group.pk: of_project(group.project) if hasattr(group, "project") else of_group(group)
        for group in Group.objects.filter(pk__in=groups).select_related("project")
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
    return dict(User.objects.filter(public_id__in=ids).values_list("public_id", "username"))


def _first(rows: QuerySet[Any], name: str, *, key: str, by: str) -> Any:
    """Return the row whose id is *name*, else the one that is called so."""
    return rows.filter(**{key: name}).first() or rows.filter(**{by: name}).first()


def _unknown(kind: str, name: str) -> Grantee:
    raise NotVisible(f"There is no {kind} of the name or id {name!r}.")
