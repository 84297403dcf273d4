"""`manage.py set_limit PROJECT NAME=VALUE…`, of a resource, its soft line, a store or a user."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from portal.identity.actors import OPERATOR
from portal.identity.management.refusals import command_errors
from portal.identity.models import Project
from portal.identity.people import find_project, find_user
from quotas.account import Origin
from quotas.limits import UNLIMITED, WARNED, drop_limit, line_of, set_limit
from quotas.models import Limit, Part, Resource
from quotas.parts import drop_part_limit, set_part_limit
from stores.registry import all_stores

GREATEST = 2**63 - 1
DROP = "drop"
NAMES = re.compile(rf"(?:{'|'.join(Resource.values)})(?:\.soft)?|store:.+|user:.+")
SOFT = ".soft"
WHOLE_NUMBER = re.compile(r"-?\d{1,19}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to be set, and to which value; None: to be dropped."""

    name: str
    value: int | None


class Command(BaseCommand):
    help = (
        "Set limits of a project: bytes for sizes, -1 for no limit, `drop` for what holds without."
        " NAME.soft is where its managers are warned; store: and user: limit the bytes in one"
        " store, or those that one user put there."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("project", help="its name or id")
        parser.add_argument("limits", nargs="+", metavar="NAME=VALUE")

    def handle(self, *args: object, **options: Any) -> None:
        wishes = _read_all(options["limits"])
        done = []  # told when all of it lasts
        with command_errors(), transaction.atomic():
            project = find_project(options["project"])
            for resource in Resource:
                if {resource, resource + SOFT} & wishes.keys():
                    _set(project, resource, wishes)
                    done.append(_shown(project, resource))
            for wish in wishes.values():
                if ":" in wish.name:
                    _set_part(project, wish)
                    done.append(f"{wish.name}={DROP if wish.value is None else wish.value}")
        for line in done:
            self.stdout.write(f"{project}: {line}")


def _read_all(texts: list[str]) -> dict[str, Wish]:
    """Return the wishes by name, of which each may be told once."""
    wishes: dict[str, Wish] = {}
    for wish in map(_read, texts):
        if wish.name in wishes:
            raise CommandError(f"{wish.name} is given twice.")
        wishes[wish.name] = wish
    return wishes


def _read(text: str) -> Wish:
    name, _, value = text.rpartition("=")
    if not NAMES.fullmatch(name):
        known = ", ".join([*Resource.values, "store:NAME", "user:NAME"])
        raise CommandError(f"A limit is one of {known}, not {name or text!r}.")
    return Wish(name, None if value == DROP else _number(name, value))


def _number(name: str, value: str) -> int:
    least = 0 if name.endswith(SOFT) else UNLIMITED
    number = int(value) if WHOLE_NUMBER.fullmatch(value) else least - 1
    if not least <= number <= GREATEST:
        meaning = "from 0 on" if least == 0 else "-1 for no limit"
        raise CommandError(f"{name} must be a whole number, {meaning}, or drop, not {value!r}.")
    return number


def _set(project: Project, resource: Resource, wishes: dict[str, Wish]) -> None:
    """Set limit and soft line; a new limit has the usual line unless one is named with it."""
    own = Limit.objects.filter(project=project.pk, resource=resource).first()
    present = own.value if own else None
    value = wishes[resource].value if resource in wishes else present
    soft = wishes[resource + SOFT].value if resource + SOFT in wishes else None
    if value is not None:
        if soft is not None and soft > value:
            raise CommandError(f"{resource}{SOFT} must lie between 0 and the limit, {value}.")
        set_limit(project.pk, resource, value, soft=soft, actor=OPERATOR)
    elif soft is not None:
        raise CommandError(f"{resource}{SOFT} needs a limit of the project's own: name both.")
    elif own:
        drop_limit(own, actor=OPERATOR)


def _shown(project: Project, resource: Resource) -> str:
    line = line_of(project.pk, resource)
    is_warned = resource in WARNED and line.hard != UNLIMITED
    return f"{resource}={line.hard}" + (f", warned above {line.soft}" if is_warned else "")


def _set_part(project: Project, wish: Wish) -> None:
    kind, _, name = wish.name.partition(":")
    origin = Origin(store=name) if kind == "store" else Origin(user=_user_id(project, name))
    if wish.value is not None:
        if origin.store and origin.store not in all_stores():
            raise CommandError(f"There is no store {name!r}; there are {', '.join(all_stores())}.")
        set_part_limit(project.pk, origin, wish.value, actor=OPERATOR)
        return
    for part in Part.objects.filter(project=project.pk, store=origin.store, user=origin.user):
        drop_part_limit(part, actor=OPERATOR)


def _user_id(project: Project, name: str) -> str:
    """Return the id of the user called *name*, also of one who is gone but still limited here."""
    if Part.objects.filter(project=project.pk, user=name).exists():
        return name
    return find_user(name).public_id
