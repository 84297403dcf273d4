"""`manage.py create_user NAME --project PROJECT --role ROLE --password-stdin`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from portal.identity import people
from portal.identity.actors import OPERATOR
from portal.identity.management.refusals import command_errors
from portal.identity.models import User
from portal.identity.roles import Role


class Command(BaseCommand):
    help = "Make a user with a role in a project; one who is there gets the role, or another."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name")
        parser.add_argument("--project", help="its name or id")
        parser.add_argument("--role", choices=Role.values, default=Role.MEMBER.value)
        parser.add_argument("--email", default="")
        parser.add_argument(
            "--password-stdin",
            action="store_true",
            help="read the password from the first line of standard input",
        )
        parser.add_argument(
            "--system-admin",
            action="store_true",
            help="make the user an administrator of the whole cloud",
        )
        parser.add_argument(
            "--system-auditor",
            action="store_true",
            help="let the user see everything in every project, and change nothing",
        )

    def handle(self, *args: object, **options: Any) -> None:
        password = self._password() if options["password_stdin"] else None
        with command_errors(), transaction.atomic():
            done = list(self._acts(password=password, **options))
        for line in done:  # told when all of it lasts
            self.stdout.write(line)

    def _acts(self, *, name: str, password: str | None, **options: Any) -> Iterator[str]:
        """Do what is asked, and yield a line for each act."""
        user = User.objects.filter(username=User.normalize_username(name)).first()
        if user is None:
            user = people.create_user(
                name, password=password, email=options["email"], actor=OPERATOR
            )
            yield f"User {user} has the id {user.public_id}."
        elif password and not user.check_password(password):
            people.set_password(user, password, actor=OPERATOR)
            yield f"User {user} has a new password."
        if options["project"]:
            place = people.find_project(options["project"])
            people.give_role(user, project=place, role=options["role"], actor=OPERATOR)
            yield f"{user} is a {options['role']} of {place}."
        if options["system_admin"]:
            people.make_administrator(user, actor=OPERATOR)
            yield f"{user} is an administrator of this cloud."
        if options["system_auditor"]:
            people.make_auditor(user, actor=OPERATOR)
            yield f"{user} is an auditor of this cloud."

    def _password(self) -> str:
        password = sys.stdin.readline().rstrip("\r\n")
        if not password:
            raise CommandError("There is no password on standard input.")
        return password
