"""What an administrator corrects by hand in the rows of users and projects."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import Model

from images.actors import Actor
from images.lifecycle.transactions import retried
from portal.identity.events import record_project, record_user
from portal.identity.models import Project, User
from portal.identity.permissions import demand_operator

Fields = Mapping[str, Any]


@retried
@transaction.atomic
def correct_project(project: Project, fields: Fields, *, actor: Actor) -> None:
    """Give *project* other *fields*, which its form has checked."""
    demand_operator(actor)
    if change := _corrected(project, fields):
        record_project("update", project, actor, **change)


@retried
@transaction.atomic
def correct_user(user: User, fields: Fields, *, actor: Actor) -> None:
    """Give *user* other *fields*, which its form has checked."""
    demand_operator(actor)
    if change := _corrected(user, fields):
        record_user("update", user, actor, **change)


@retried
@transaction.atomic
def put_into_groups(user: User, groups: Iterable[Group], *, actor: Actor) -> None:
    """Make *groups* those of *user*, with the grants that they carry."""
    demand_operator(actor)
    before = sorted(group.name for group in user.groups.all())
    user.groups.set(groups)
    after = sorted(group.name for group in user.groups.all())
    if before != after:
        record_user("update", user, actor, before={"groups": before}, after={"groups": after})


def _corrected(thing: Model, fields: Fields) -> dict[str, dict[str, Any]]:
    """Save *fields* of *thing*; return what they were and are, nothing if they are the same."""
    was = type(thing)._default_manager.select_for_update().get(pk=thing.pk)
    before = {name: was.serializable_value(name) for name in fields}
    for name, value in fields.items():
        setattr(thing, name, value)
    after = {name: thing.serializable_value(name) for name in fields}
    changed = [name for name in fields if before[name] != after[name]]
    if not changed:
        return {}
    thing.save(update_fields=changed)
    return {
        "before": {name: before[name] for name in changed},
        "after": {name: after[name] for name in changed},
    }
