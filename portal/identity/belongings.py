"""What a project or a user owns, and deletion of those that own nothing."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import Count, Sum

from images.actors import MANAGER, Actor
from images.events import record_member
from images.lifecycle.transactions import retried
from images.models import Image, Member
from portal.identity.errors import StillNeeded
from portal.identity.events import record_project, record_user
from portal.identity.models import Membership, Project, User
from portal.identity.people import keep_an_administrator
from portal.identity.permissions import demand_operator
from quotas.models import DailyUse, Limit, Part, Usage


@dataclass(frozen=True, slots=True)
class Belongings:
    """How many images a project owns, those in the trash with them, and their bytes."""

    images: int
    size: int
    in_trash: int = 0


def belongings_of(project: Project) -> Belongings:
    """Return what *project* owns."""
    total = {"images": Count("pk"), "size": Sum("size", default=0)}
    living = Image.objects.filter(owner=project.pk).aggregate(**total)
    trashed = Image.remembered.filter(trashed__owner=project.pk).aggregate(**total)
    return Belongings(
        images=living["images"] + trashed["images"],
        size=living["size"] + trashed["size"],
        in_trash=trashed["images"],
    )


def managed_alone(user: User) -> list[Project]:
    """Return the projects that nobody but *user* manages."""
    managers = Membership.objects.filter(role=MANAGER)
    others = (
        managers.filter(user__is_active=True, user__robot_of=None)
        .exclude(user=user)
        .values("project")
    )
    mine = Project.objects.filter(pk__in=managers.filter(user=user).values("project"))
    return list(mine.exclude(pk__in=others))


@retried
@transaction.atomic
def delete_project(project: Project, *, actor: Actor) -> None:
    """Delete *project*, with its groups, roles, tokens, limits and points.

    Raises `StillNeeded`, with the numbers, for one that owns images: it can be suspended.
    """
    demand_operator(actor)
    # The lock of the ledger: no image comes while what there is is counted.
    Usage.objects.select_for_update().filter(pk=project.pk).first()
    owned = belongings_of(project)
    if owned.images:
        trash = f" ({owned.in_trash} in the trash)" if owned.in_trash else ""
        own = f"{owned.images} images{trash} of {owned.size} bytes"
        raise StillNeeded(f"{project} owns {own}; suspend it instead.")
    groups = [project.group_id, *project.groups.values_list("group", flat=True)]
    record_project("delete", project, actor, before={"name": project.name})
    for share in Member.objects.filter(project=project.pk).select_related("image"):
        record_member("image.member.delete", share, actor, deleted=True)
        share.delete()
    for rows in (Limit, Part, DailyUse):
        rows.objects.filter(project=project.pk).delete()
    Usage.objects.filter(project=project.pk, used=0, reserved=0, images=0).delete()
    Project.objects.filter(pk=project.pk).delete()
    Group.objects.filter(pk__in=groups).delete()


@retried
@transaction.atomic
def delete_user(user: User, *, actor: Actor) -> None:
    """Delete *user*, whose tokens and sessions are dead at once.

    Raises `StillNeeded` for the only manager of a project: suspend, or make another manager.
    """
    demand_operator(actor)
    keep_an_administrator(besides=user)
    if alone := managed_alone(user):
        names = ", ".join(map(str, alone))
        raise StillNeeded(f"{user} is the only manager of {names}; suspend the user instead.")
    record_user("delete", user, actor, before={"name": str(user), "email": user.email})
    user.delete()
