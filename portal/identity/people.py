"""The acts on users, projects and roles; each is one transaction."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet

from images.actors import MANAGER, Actor
from portal.identity import abroad
from portal.identity.errors import BadValue, LastManager, NotPermitted, Unknown
from portal.identity.events import record_membership, record_project, record_user, role_of
from portal.identity.models import Membership, Project, Session, User
from portal.identity.naming import named
from portal.identity.permissions import (
    demand_manager,
    demand_operator,
    demand_ours,
    is_operator,
)
from portal.identity.roles import Role
from portal.identity.sources import Source
from portal.identity.tokens import revoke_tokens

Named = TypeVar("Named", User, Project)


def find_user(name: str) -> User:
    """Return the user of that name or id, or raise `Unknown`."""
    there = Q(known_as=name, source=Source.KEYSTONE)
    found = User.objects.filter(Q(username=name) | Q(public_id=name) | there)
    return _the_one(found, abroad.find_user, name)


def find_project(name: str) -> Project:
    """Return the project of that name or id, or raise `Unknown`."""
    found = Project.objects.filter(Q(name=name) | Q(pk=name))
    return _the_one(found, abroad.find_project, name)


def _the_one(
    found: QuerySet[Named], find_abroad: Callable[[str], Named | None], name: str
) -> Named:
    """Return the one thing *found*, or else the Keystone's of that *name*."""
    things = list(found[:2])
    kind = found.model._meta.model_name
    if len(things) > 1:
        raise Unknown(f"There is more than one {kind} {name!r}; say its id.")
    thing = things[0] if things else find_abroad(name)
    if thing is None:
        raise Unknown(f"There is no {kind} {name!r}.")
    return thing


@transaction.atomic
def create_project(name: str, *, description: str = "", actor: Actor) -> Project:
    """Make a project, and the group that carries the object permissions given to it."""
    demand_operator(actor)
    project = Project(name=name, description=description)
    project.group = Group(name=f"project {project.pk}")
    with named(project, name, exclude={"group"}):
        project.group.save()
        project.save(force_insert=True)
    record_project("create", project, actor, after={"name": name, "description": description})
    return project


@transaction.atomic
def create_user(
    username: str, *, password: str | None = None, email: str = "", actor: Actor
) -> User:
    """Make a user; without *password* the only way in is a sign-in link."""
    demand_operator(actor)
    return register_user(username, password=password, email=email, actor=actor)


def register_user(
    username: str, *, password: str | None = None, email: str = "", actor: Actor
) -> User:
    """Do the same for somebody who was let in otherwise: by an invitation."""
    user = User(username=User.normalize_username(username), email=email)
    with named(user, username, exclude={"password"}):
        _demand_strong(password, user)
        user.set_password(password)
        user.save(force_insert=True)
    record_user("create", user, actor, after={"name": user.username, "email": email})
    return user


@transaction.atomic
def set_password(user: User, password: str, *, actor: Actor) -> None:
    """Give *user* another password: every session and token of the old one is dead."""
    if actor.user_key != user.pk:
        demand_operator(actor)
    demand_ours(user)
    _demand_strong(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])
    Session.objects.filter(user=user).delete()
    record_user("set_password", user, actor)


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
    if user.default_project_id is None:
        user.default_project = project
        user.save(update_fields=["default_project"])
    verb, now = "create" if is_new else "update", role_of(membership)
    record_membership(verb, user, project, actor, before=was, after=now)
    return membership


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
    if user.default_project_id == project.pk:
        user.default_project = None
        user.save(update_fields=["default_project"])
    if membership:
        record_membership("delete", user, project, actor, before=was)


@transaction.atomic
def make_administrator(user: User, *, actor: Actor) -> None:
    """Make *user* an administrator of the cloud: `admin` in every project."""
    demand_operator(actor)
    if user.is_robot:
        raise NotPermitted(f"{user} is a service account, which holds no office.")
    demand_ours(user)
    user.is_superuser = user.is_staff = True
    user.is_auditor = False
    user.save(update_fields=["is_superuser", "is_staff", "is_auditor"])
    record_user("promote", user, actor, after={"office": "administrator"})


@transaction.atomic
def unmake_administrator(user: User, *, actor: Actor) -> None:
    """Take the cloud from *user*; the last administrator keeps it."""
    demand_operator(actor)
    demand_ours(user)
    keep_an_administrator(besides=user)
    user.is_superuser = user.is_staff = False
    user.save(update_fields=["is_superuser", "is_staff"])
    record_user("demote", user, actor, before={"office": "administrator"})


@transaction.atomic
def make_auditor(user: User, *, actor: Actor) -> None:
    """Let *user* see everything in every project and change nothing; roles do not count then."""
    demand_operator(actor)
    if user.is_administrator:
        raise NotPermitted(f"{user} is an administrator of this cloud, and cannot be its auditor.")
    user.is_auditor = True
    user.save(update_fields=["is_auditor"])
    record_user("promote", user, actor, after={"office": "auditor"})


@transaction.atomic
def unmake_auditor(user: User, *, actor: Actor) -> None:
    """Leave *user* the roles in projects alone."""
    demand_operator(actor)
    user.is_auditor = False
    user.save(update_fields=["is_auditor"])
    record_user("demote", user, actor, before={"office": "auditor"})


@transaction.atomic
def suspend_user(user: User, *, actor: Actor) -> None:
    """Shut *user* out at once, everywhere; the last administrator cannot be."""
    demand_operator(actor)
    keep_an_administrator(besides=user)
    user.is_active = False
    user.save(update_fields=["is_active"])
    revoke_tokens(user)
    record_user("suspend", user, actor)


@transaction.atomic
def restore_user(user: User, *, actor: Actor) -> None:
    """Let *user* log in again; tokens from before stay dead."""
    demand_operator(actor)
    user.is_active = True
    user.save(update_fields=["is_active"])
    record_user("restore", user, actor)


@transaction.atomic
def suspend_project(project: Project, *, actor: Actor) -> None:
    """Let nobody act in *project*; its images stay."""
    demand_operator(actor)
    project.enabled = False
    project.save(update_fields=["enabled"])
    record_project("suspend", project, actor)


@transaction.atomic
def restore_project(project: Project, *, actor: Actor) -> None:
    """Let the members of *project* act in it again."""
    demand_operator(actor)
    project.enabled = True
    project.save(update_fields=["enabled"])
    record_project("restore", project, actor)


def _demand_strong(password: str | None, user: User) -> None:
    """Raise `BadValue` for a password that the validators refuse; none at all is no password."""
    try:
        if password is not None:
            validate_password(password, user)
    except ValidationError as weakness:
        raise BadValue(" ".join(weakness.messages)) from weakness


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


def keep_an_administrator(*, besides: User) -> None:
    """Raise `NotPermitted` if nobody else could administer; locked, so that two cannot both go."""
    administrators = User.objects.select_for_update().filter(is_superuser=True, is_active=True)
    left = {administrator.pk for administrator in administrators.order_by("pk")}
    if left == {besides.pk}:
        raise NotPermitted(f"{besides} is the last administrator of this cloud.")
