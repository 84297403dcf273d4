"""`manage.py clear_expired`."""

from __future__ import annotations

from django.core.management.base import BaseCommand

from portal.identity.expiry import clear_expired


class Command(BaseCommand):
    help = "Delete tokens, sign-in links and sessions that have expired."

    def handle(self, *args: object, **options: object) -> None:
        clear_expired()
