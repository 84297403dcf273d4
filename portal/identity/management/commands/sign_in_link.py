"""`manage.py sign_in_link [USER]`."""

from __future__ import annotations

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from portal.identity import people
from portal.identity.actors import OPERATOR
from portal.identity.links import create_link
from portal.identity.management.refusals import command_errors
from portal.identity.models import Project, User
from portal.identity.roles import Role

FIRST = "admin"  # the name of the first administrator, and of the project that comes with it


class Command(BaseCommand):
    help = (
        "Print a link that signs USER in once, within an hour. Without USER, the first"
        " administrator (made if there is none) gets it; once one has signed in, only the"
        " portal's address is printed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user", nargs="?", help="name or id")

    @transaction.atomic
    def handle(self, *args: object, user: str | None, **options: object) -> None:
        with command_errors():
            person = people.find_user(user) if user else _first_administrator()
        if person is None:
            self.stdout.write(f"{settings.PUBLIC_URL}/")
        elif not person.is_active:
            raise CommandError(f"{person} is suspended.")
        else:
            self.stdout.write(create_link(person))


def _first_administrator() -> User | None:
    """Return who is to sign in first; None once an administrator has."""
    administrators = User.objects.filter(is_superuser=True, is_active=True).order_by("pk")
    if administrators.exclude(last_login=None).exists():
        return None
    return administrators.first() or _new_administrator()


def _new_administrator() -> User:
    """Make the first administrator, without a password, a manager of a project of its own."""
    user = User.objects.filter(username=FIRST).first()
    user = user or people.create_user(FIRST, actor=OPERATOR)
    project = Project.objects.filter(name=FIRST).first()
    project = project or people.create_project(FIRST, actor=OPERATOR)
    people.give_role(user, project=project, role=Role.MANAGER, actor=OPERATOR)
    people.make_administrator(user, actor=OPERATOR)
    return user
