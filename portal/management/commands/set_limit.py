"""`manage.py set_limit PROJECT image_size_total=BYTES image_count_total=N`."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from portal.identity.actors import OPERATOR
from portal.identity.management.refusals import command_errors
from portal.identity.people import find_project
from quotas.limits import UNLIMITED, set_limit
from quotas.models import Resource

GREATEST = 2**63 - 1


class Command(BaseCommand):
    help = "Set limits of a project: bytes for sizes, -1 for no limit."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("project", help="its name or id")
        parser.add_argument("limits", nargs="+", metavar="RESOURCE=VALUE")

    def handle(self, *args: object, **options: Any) -> None:
        wanted = dict(_read(limit) for limit in options["limits"])
        with command_errors(), transaction.atomic():
            project = find_project(options["project"])
            for resource, value in wanted.items():
                set_limit(project.pk, resource, value, actor=OPERATOR)
                self.stdout.write(f"{project}: {resource}={value}")


def _read(text: str) -> tuple[Resource, int]:
    name, _, value = text.partition("=")
    if name not in Resource.values:
        raise CommandError(f"A limit is one of {', '.join(Resource.values)}, not {name!r}.")
    try:
        number = int(value)
    except ValueError:
        number = UNLIMITED - 1
    if not UNLIMITED <= number <= GREATEST:
        raise CommandError(f"{name} must be a whole number, -1 for no limit, not {value!r}.")
    return Resource(name), number
