"""Set limits of one project."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q

from portal.identity.models import Project
from quotas.limits import set_limit
from quotas.models import Resource

if TYPE_CHECKING:
    from django.core.management.base import CommandParser


class Command(BaseCommand):
    """`manage.py set_limit PROJECT image_size_total=BYTES image_count_total=N`."""

    help = "Set limits of a project (its name or id); bytes for sizes, -1 for no limit."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the project and its limits."""
        parser.add_argument("project", help="name or id")
        parser.add_argument("limits", nargs="+", metavar="RESOURCE=VALUE")

    def handle(self, *, project: str, limits: list[str], **options: object) -> None:  # noqa: ARG002 -- Django's shape
        """Check all, then set all."""
        wanted = dict(_read(limit) for limit in limits)
        found = Project.objects.filter(Q(name=project) | Q(pk=project)).first()
        if found is None:
            raise CommandError(f"There is no project {project!r}; create_project makes one.")
        for resource, value in wanted.items():
            set_limit(found.pk, resource, value)
            self.stdout.write(f"{project}: {resource}={value}")


def _read(text: str) -> tuple[Resource, int]:
    name, _, value = text.partition("=")
    if name not in Resource.values:
        raise CommandError(f"A limit is one of {', '.join(Resource.values)}, not {name!r}.")
    try:
        number = int(value)
    except ValueError:
        number = -2
    if number < -1:
        raise CommandError(f"{name} must be a whole number, -1 for no limit, not {value!r}.")
    return Resource(name), number
