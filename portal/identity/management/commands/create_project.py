"""`manage.py create_project NAME`."""

from __future__ import annotations

from django.core.management.base import BaseCommand, CommandParser

from portal.identity.actors import OPERATOR
from portal.identity.management.refusals import command_errors
from portal.identity.people import create_project


class Command(BaseCommand):
    help = "Make a project: what owns images and has limits."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name")
        parser.add_argument("--description", default="")

    def handle(self, *args: object, name: str, description: str, **options: object) -> None:
        with command_errors():
            project = create_project(name, description=description, actor=OPERATOR)
        self.stdout.write(f"Project {project} has the id {project.pk}.")
