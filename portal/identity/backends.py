"""Whom Django's sessions belong to."""

from __future__ import annotations

from functools import cache

from django.contrib.auth.backends import ModelBackend
from django.db.models import BigIntegerField

from images.prepared import Prepared, Slot
from portal.identity.models import User
from portal.identity.standing import gathered_standings


class PeopleBackend(ModelBackend):
    """Users by name and password; who has a session comes with its standing in its projects.

    Each request of a session asks for its user first, and then needs no other query for the Actor.
    """

    def get_user(self, user_id: int) -> User | None:
        for user in _by_key().ask(key=user_id):
            return user if self.user_can_authenticate(user) else None
        return None


@cache
def _by_key() -> Prepared[User]:
    one = User.objects.filter(pk=Slot("key", BigIntegerField()))
    return Prepared(one.annotate(standings=gathered_standings()).order_by())
