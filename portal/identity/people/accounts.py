"""The acts that make users and projects, and what a user chooses: password, language, keys."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from images.actors import Actor
from images.lifecycle.transactions import retried
from portal.identity.errors import BadField, BadValue
from portal.identity.events import record_project, record_user
from portal.identity.models import Project, Session, User
from portal.identity.naming import named
from portal.identity.permissions import demand_operator, demand_ours
from portal.identity.rows import hold


@retried
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


@retried
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


@retried
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


@retried
@transaction.atomic
def keep_language(user: User, language: str, *, actor: Actor) -> None:
    """Write to *user* in *language* from now on; everybody chooses the own."""
    if actor.user_key != user.pk:
        demand_operator(actor)
    if language not in dict(settings.LANGUAGES):
        raise BadValue(f"The languages are {', '.join(dict(settings.LANGUAGES))}.")
    hold(user)
    was = user.language
    if was == language:
        return
    user.language = language
    user.save(update_fields=["language"])
    record_user("update", user, actor, before={"language": was}, after={"language": language})


@retried
@transaction.atomic
def keep_shortcuts(user: User, *, wanted: bool, actor: Actor) -> None:
    """Let single keys do something on the pages of *user*, or nothing; everybody chooses."""
    if actor.user_key != user.pk:
        demand_operator(actor)
    hold(user)
    was = user.has_shortcuts
    if was == wanted:
        return
    user.has_shortcuts = wanted
    user.save(update_fields=["has_shortcuts"])
    change = {"before": {"shortcuts": was}, "after": {"shortcuts": wanted}}
    record_user("update", user, actor, **change)


def _demand_strong(password: str | None, user: User) -> None:
    """Raise `BadField` for a password that the validators refuse; none at all is no password."""
    try:
        if password is not None:
            validate_password(password, user)
    except ValidationError as weakness:
        raise BadField(weakness) from weakness
