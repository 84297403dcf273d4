"""`manage.py rules`, and `manage.py rules USER ACTION IMAGE [--project PROJECT]`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from images.actors import Actor
from images.errors import NotVisible
from images.models import Image
from images.models.finding import find_image
from images.permissions import (
    ACTIONS,
    ACTIONS_WITHOUT_IMAGE,
    SIGHT,
    can_see,
    is_allowed,
    read_rules,
)
from portal.identity.actors import project_actor, unscoped_actor
from portal.identity.management.refusals import command_errors
from portal.identity.models import User
from portal.identity.people import find_project, find_user


class Command(BaseCommand):
    help = "Show who may do what; with a user, an action and an image: whether, and why."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user", nargs="?", help="the user's name or id")
        parser.add_argument("action", nargs="?", help="one of those that the table shows")
        parser.add_argument("image", nargs="?", help="the image's id")
        parser.add_argument("--project", help="where the user acts; else the user's own project")

    def handle(self, *args: object, **options: Any) -> None:
        asked = [options[name] for name in ("user", "action", "image")]
        if not any(asked):
            lines = table()
        elif all(asked):
            lines = self._answer(*asked, project=options["project"])
        else:
            raise CommandError("Give a user, an action and an image, or none of them.")
        for line in lines:
            self.stdout.write(line)

    def _answer(self, name: str, action: str, pk: str, *, project: str | None) -> Iterator[str]:
        if action not in ACTIONS:
            raise CommandError(f"An action is one of {', '.join(ACTIONS)}, not {action!r}.")
        with command_errors():
            user = find_user(name)
            place = find_project(project).pk if project else user.default_project_id
        try:
            image = find_image(pk)
        except NotVisible as absent:
            raise CommandError(str(absent)) from absent
        return answer(acting(user, place), action, image)


def table() -> Iterator[str]:
    """Yield a line for each action: its rule, and whether it is the operator's own."""
    images, others = read_rules(settings.RULES_FILE)
    defaults = (*ACTIONS.values(), *ACTIONS_WITHOUT_IMAGE.values())
    in_force = (*images.items(), *others.items())
    for (action, rule), default in zip(in_force, defaults, strict=True):
        is_own = str(rule) != str(default)
        yield f"{action:20}{rule}{'   (rules file)' if is_own else ''}"


def acting(user: User, project: str | None) -> Actor:
    """Return *user* in *project*, or without any if that is not the user's to act in."""
    actor = project_actor(user, project=project) if project and user.is_active else None
    return actor or unscoped_actor(user)


def answer(actor: Actor, action: str, image: Image) -> Iterator[str]:
    """Yield whether *actor* may do *action* to *image*, then each condition that was asked."""
    allowed = can_see(actor, image) and is_allowed(actor, action, image)
    images, _ = read_rules(settings.RULES_FILE)
    where = f"in project {actor.project}" if actor.project else "in no project"
    yield f"{'yes' if allowed else 'no'}: {action} {image} ({image.pk}), {where}"
    yield f"roles: {', '.join(sorted(actor.roles)) or 'none'}"
    yield "sees it:"
    yield from (f"  {line}" for line in SIGHT.explained(actor, image))
    yield f"{action}:"
    yield from (f"  {line}" for line in images[action].explained(actor, image))
