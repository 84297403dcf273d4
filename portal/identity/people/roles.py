"""The acts that give and take roles in projects."""

from __future__ import annotations

from django.contrib.auth.models import Group
from django.db import transaction

from images.actors import MANAGER, Actor
from images.lifecycle.transactions import retried
from portal.identity.errors import BadValue, LastManager, NotPermitted
from portal.identity.events import record_membership, role_of
from portal.identity.models import Membership, Project, User
from portal.identity.permissions import demand_manager, demand_operator, demand_ours, is_operator
from portal.identity.roles import Role
from portal.identity.tokens import revoke_tokens


@retried
@transaction.atomic
def give_role(
    user: User, *, project: Project, role: str, actor: Actor, is_confirmed: bool = False
) -> Membership:
    """Make *user* the *role* in *project*, whatever it was there before.

    Raises `LastManager` if the project's last one would go, unless an administrator does it or it
    *is_confirmed*.
    """
    demand_manager(actor, project)
    demand_ours(project)
    if role not in Role.values:
        raise BadValue(f"A role is one of {', '.join(Role.values)}.")
    if user.robot_of_id not in {None, project.pk}:
        raise NotPermitted(f"{user} is a service account of another project.")
    if user.robot_of_id and role == MANAGER:
        raise BadValue("A service account manages nobody.")
    if role == Role.SERVICE:  # which counts beyond the project
        demand_operator(actor)
    if role != MANAGER and not is_confirmed:
        _keep_a_manager(project, besides=user, actor=actor)
    return put_into(project, user, role=role, actor=actor)


def put_into(project: Project, user: User, *, role: str, actor: Actor) -> Membership:
    """Do the same for whom nobody need ask any more: who accepts an invitation."""
    was = role_of(Membership.objects.filter(user=user, project=project).first())
    membership, is_new = Membership.objects.update_or_create(
        user=user, project=project, defaults={"role": role}
    )
    if User.objects.filter(pk=user.pk, default_project=None).update(default_project=project):
        user.default_project = project
    verb, now = "create" if is_new else "update", role_of(membership)
    record_membership(verb, user, project, actor, before=was, after=now)
    return membership


@retried
@transaction.atomic
def remove_role(user: User, *, project: Project, actor: Actor, is_confirmed: bool = False) -> None:
    """Put *user* out of *project*: tokens and application credentials for it are dead at once.

    Everybody may go of their own accord. Raises `LastManager` as `give_role` does.
    """
    if actor.user_key != user.pk:
        demand_manager(actor, project)
    demand_ours(project)
    if not is_confirmed:
        _keep_a_manager(project, besides=user, actor=actor)
    membership = Membership.objects.filter(user=user, project=project).first()
    was = role_of(membership)
    if membership:
        membership.delete()
    user.application_credentials.filter(project=project).delete()
    user.groups.remove(*Group.objects.filter(project_group__project=project))
    revoke_tokens(user, project=project)
    if User.objects.filter(pk=user.pk, default_project=project).update(default_project=None):
        user.default_project = None
    if membership:
        record_membership("delete", user, project, actor, before=was)


def _keep_a_manager(project: Project, *, besides: User, actor: Actor) -> None:
    """Raise `LastManager` if nobody else manages; locked, so that two cannot both go."""
    if is_operator(actor):
        return
    managers = project.memberships.select_for_update().filter(
        role=MANAGER, user__is_active=True, user__robot_of=None
    )
    left = {manager.user_id for manager in managers.order_by("pk")}
    if left == {besides.pk}:
        raise LastManager(f"{besides} is the last manager of {project}.")
