"""The acts on a project's groups: its managers say which of its people are in which."""

from __future__ import annotations

from django.contrib.auth.models import Group
from django.db import transaction

from images.actors import Actor
from images.lifecycle.transactions import retried
from portal.identity.errors import Unknown
from portal.identity.events import record_group
from portal.identity.models import Membership, Project, ProjectGroup, User
from portal.identity.naming import named
from portal.identity.permissions import demand_manager
from portal.identity.rows import hold


@retried
@transaction.atomic
def create_group(name: str, *, project: Project, actor: Actor) -> ProjectGroup:
    """Make an empty group in *project*."""
    demand_manager(actor, project)
    group = ProjectGroup(project=project, name=name)
    group.group = Group(name=f"group {group.pk}")
    with named(group, group.name, exclude={"group"}):
        group.group.save()
        group.save(force_insert=True)
    record_group("create", group, actor)
    return group


@retried
@transaction.atomic
def rename_group(group: ProjectGroup, name: str, *, actor: Actor) -> None:
    """Give *group* another name; what was granted to it stays."""
    demand_manager(actor, group.project)
    hold(group)
    before, group.name = group.name, name
    with named(group, group.name, exclude={"group"}):
        group.save(update_fields=["name"])
    record_group("update", group, actor, before={"name": before}, after={"name": name})


@retried
@transaction.atomic
def delete_group(group: ProjectGroup, *, actor: Actor) -> None:
    """Delete *group*, and with it all that was granted to it."""
    demand_manager(actor, group.project)
    record_group("delete", group, actor)
    ProjectGroup.objects.filter(pk=group.pk).delete()
    Group.objects.filter(pk=group.group_id).delete()


@retried
@transaction.atomic
def add_to_group(user: User, *, group: ProjectGroup, actor: Actor) -> None:
    """Put *user*, who must be of the project, into *group*."""
    demand_manager(actor, group.project)
    # Locked, so that who leaves the project at the same time leaves the group, too.
    there = Membership.objects.select_for_update().filter(user=user, project=group.project)
    if not there.exists():
        raise Unknown(f"{user} is not in the project {group.project}.")
    if not user.groups.filter(pk=group.group_id).exists():
        user.groups.add(group.group)
        record_group("add", group, actor, of_user=user.public_id)


@retried
@transaction.atomic
def remove_from_group(user: User, *, group: ProjectGroup, actor: Actor) -> None:
    """Take *user* out of *group*: what was granted to it is the user's no more, at once."""
    demand_manager(actor, group.project)
    if user.groups.filter(pk=group.group_id).exists():
        user.groups.remove(group.group)
        record_group("remove", group, actor, of_user=user.public_id)
