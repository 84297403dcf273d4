"""Projects by their names: what pages show of an id, and which project a name means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.identity.models import Project

if TYPE_CHECKING:
    from collections.abc import Iterable


def project_names(ids: Iterable[str | None]) -> dict[str, str]:
    """Return the names of those of *ids* that are projects of ours, in one query."""
    wanted = {one for one in ids if one}
    return dict(Project.objects.filter(pk__in=wanted).values_list("pk", "name")) if wanted else {}


def find_project(name: str) -> Project | None:
    """Return the project of exactly that *name*; no list of projects is for everybody to see.

    A name that two projects have, as a Keystone's may, means none of them.
    """
    found = Project.objects.filter(name__iexact=name, enabled=True)[:2]
    return found[0] if len(found) == 1 else None
