"""`manage.py link_sign_on USER PROVIDER SUBJECT`."""

from __future__ import annotations

from django.core.management.base import BaseCommand, CommandParser

from portal.identity import people
from portal.identity.actors import OPERATOR
from portal.identity.management.refusals import command_errors
from portal.identity.sign_on import link


class Command(BaseCommand):
    help = "Let the person SUBJECT (the claim sub) of PROVIDER sign in as USER from now on."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user", help="name or id")
        parser.add_argument("provider", help="id of the provider, such as sso")
        parser.add_argument("subject", help="the provider's sub of this person")

    def handle(
        self, *args: object, user: str, provider: str, subject: str, **options: object
    ) -> None:
        with command_errors():
            link(people.find_user(user), provider=provider, subject=subject, actor=OPERATOR)
