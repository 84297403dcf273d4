"""`manage.py remove_second_factor USER`."""

from __future__ import annotations

from django.core.management.base import BaseCommand, CommandParser

from portal.identity import people
from portal.identity.actors import OPERATOR
from portal.identity.management.refusals import command_errors
from portal.identity.second_factor import remove_second_factor


class Command(BaseCommand):
    help = "Remove the second factor of USER, who has lost it: a password alone is enough again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user", help="name or id")

    def handle(self, *args: object, user: str, **options: object) -> None:
        with command_errors():
            remove_second_factor(people.find_user(user), actor=OPERATOR)
