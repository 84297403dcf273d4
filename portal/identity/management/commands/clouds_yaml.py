"""`manage.py clouds_yaml USER PROJECT`."""

from __future__ import annotations

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.identity.actors import project_actor
from portal.identity.clouds import create_clouds_yaml
from portal.identity.management.refusals import command_errors
from portal.identity.people import find_project, find_user


class Command(BaseCommand):
    help = "Print a clouds.yaml with a new application credential of the user in the project."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user", help="name or id")
        parser.add_argument("project", help="name or id")

    def handle(self, *args: object, user: str, project: str, **options: object) -> None:
        with command_errors():
            person, place = find_user(user), find_project(project)
            actor = project_actor(person, project=place.pk)
            if actor is None or not person.is_active:
                raise CommandError(f"{person} may not act in {place}.")
            self.stdout.write(create_clouds_yaml(actor=actor), ending="")
