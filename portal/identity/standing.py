"""What a user is in a project: rows of groups and roles, asked for alone or with another row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib.auth.models import Group
from django.db.models import OuterRef, Q, QuerySet, Subquery

from images.models.gathered import gathered
from portal.identity.models import Membership, Project, User

STANDING = ("pk", "project__pk", "role")
"""A group's key, the project whose own it is, and the user's role there."""

Rows = Iterable[Sequence[Any]]


def standing_rows(user: Any, project: Any) -> QuerySet[Group]:
    """Return the project's own group with the user's role in it, and the user's other groups.

    Of groups that belong to a project those of this one count.
    """
    counts = Q(group__project_group=None) | Q(group__project_group__project=project)
    return _with_role(user, _own_groups(pk=project), _groups_of(user).filter(counts))


def gathered_standing() -> Subquery:
    """Return the standing of the user of an outer row in the project of that row."""
    return gathered_standing_in(OuterRef(OuterRef("project")), user=OuterRef(OuterRef("user")))


def gathered_standing_in(project: Any, *, user: Any) -> Subquery:
    """Return the standing of the *user* of an outer row in *project*."""
    return gathered(standing_rows(user, project), *STANDING)


def gathered_standings() -> Subquery:
    """Return the standing of the outer row, a user, in each of its projects (`chosen_standing`)."""
    user = OuterRef(OuterRef("pk"))
    own = _own_groups(memberships__user=user)
    rows = _with_role(user, own, _groups_of(user))
    return gathered(rows, *STANDING, "project_group__project")


def chosen_standing(rows: Rows | None, project: str) -> Rows | None:
    """Return those of the *rows* of `gathered_standings` that count in *project*.

    None if they tell nothing of it: administrators may be where they are no members.
    """
    rows = list(rows or ())
    if not any(own == project for _, own, *_ in rows):
        return None
    return [
        (group, own, role)
        for group, own, role, part_of in rows
        if own == project or (own is None and part_of in {None, project})
    ]


def _groups_of(user: Any) -> QuerySet[Any, Any]:
    """Return the groups that the user is in, but for projects' own."""
    return User.groups.through.objects.filter(user=user, group__project=None)


def _own_groups(**which: Any) -> QuerySet[Any, Any]:
    """Return the own groups of enabled projects."""
    return Project.objects.filter(**which, enabled=True).order_by()


def _with_role(user: Any, *groups: QuerySet[Any, Any]) -> QuerySet[Group]:
    """Return all *groups* with the user's role in those of projects.

    They are found first, each by its index, and looked up then: one condition for both would have
    every group of the cloud read.
    """
    own, mine = (rows.values("group") for rows in groups)
    role = Membership.objects.filter(user=user, project=OuterRef("project")).order_by()
    return Group.objects.filter(pk__in=own.union(mine, all=True)).annotate(
        role=Subquery(role.values("role"))
    )
