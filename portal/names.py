"""Names: what pages show of an id, and which project a name means."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.utils.translation import gettext

from images.models import Image
from portal.identity.abroad import find_project as find_abroad
from portal.identity.abroad import learn_projects
from portal.identity.models import Project, User

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stores.base import Store

PROJECT_ID = re.compile("[0-9a-f]{32}")


def project_names(ids: Iterable[str | None]) -> dict[str, str]:
    """Return the names of those of *ids* that are projects, in one query.

    Where there is a Keystone, it is asked for those that were never seen here.
    """
    wanted = {one for one in ids if one}
    if not wanted:
        return {}
    names = dict(Project.objects.filter(pk__in=wanted).values_list("pk", "name"))
    return names | learn_projects(wanted - names.keys())


def find_project(name: str) -> Project | None:
    """Return the project of exactly that *name*; no list of projects is for everybody to see.

    A name that two projects have, as a Keystone's may, means none of them.
    """
    found = Project.objects.filter(name__iexact=name, enabled=True)[:2]
    if not found:
        return find_abroad(name)
    return found[0] if len(found) == 1 else None


def project_id(text: str) -> str:
    """Return the id of the project that *text* names; what names none may be an id itself."""
    if PROJECT_ID.fullmatch(text):
        return text
    project = find_project(text)
    return project.pk if project else text


def user_names(ids: Iterable[str]) -> dict[str, str]:
    """Return the names of those of *ids* that are users, in one query."""
    wanted = {one for one in ids if one}
    found = User.objects.filter(public_id__in=wanted).values_list("public_id", "username")
    return dict(found) if wanted else {}


def image_names(held: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the names of images by their ids, in one query.

    *held* are ids, each with the project that had the image then: one that went to another since
    has a name there that nobody here may know.
    """
    wanted = set(held)
    found = Image.remembered.filter(pk__in={pk for pk, _ in wanted})  # of none, nothing is asked
    rows = found.values_list("pk", "owner", "name")
    return {str(pk): name for pk, owner, name in rows if name and (str(pk), owner) in wanted}


def store_name(store: Store) -> str:
    """Return what people call *store*: its description, in their language if it is our own."""
    return gettext(store.description) or store.name
