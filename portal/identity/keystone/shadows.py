"""Shadows: rows for users, projects and groups of the Keystone, made when they are first seen.

Each is one UPDATE of the name, and an INSERT where there was nothing to update that gives way to
another's: two requests that see somebody first at the same time do no harm.
"""

from __future__ import annotations

from functools import cache

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.db.models import OuterRef
from django.utils import timezone

from images.prepared import Prepared, Slot
from portal.identity.keystone.memory import ShortMemory
from portal.identity.keystone.tokens import KeystoneToken
from portal.identity.keystone.words import Known
from portal.identity.models import KeystoneGroup, Project, User
from portal.identity.sources import Source
from portal.identity.standing import gathered_standing_in

PREFIX = "keystone:"  # no user of ours can have a name with a colon
SEEN_SECONDS = 3600  # after so long a row is written again, whatever happened to it

USER_NAME_LENGTH, PROJECT_NAME_LENGTH, GROUP_NAME_LENGTH = 320, 129, 255

_seen = ShortMemory()


def find_shadow(token: KeystoneToken) -> User | None:
    """Return the user of *token* with its standing there; one query, if it was seen before.

    None if it, or who had its id before, may not act here.
    """
    facts = (token.user, token.project)
    if _seen.get(facts) and (found := _ask(token)):
        return found
    keep_user(token.user)
    if token.project:
        keep_project(token.project)
    _seen.set(facts, value=True, time=SEEN_SECONDS)
    return _ask(token)


def _ask(token: KeystoneToken) -> User | None:
    project = token.project.id if token.project else ""
    found = _live_shadows().ask(user=token.user.id, project=project)
    return found[0] if found else None


@cache
def _live_shadows() -> Prepared[User]:
    """Return the question that almost every request asks first."""
    live = User.objects.filter(source=Source.KEYSTONE, is_active=True, public_id=Slot("user"))
    standing = gathered_standing_in(Slot("project"), user=OuterRef(OuterRef("pk")))
    return Prepared(live.annotate(standing=standing).order_by())


def keep_user(person: Known) -> None:
    """See to it that *person* has a row with its present name."""
    name = person.name[:USER_NAME_LENGTH]
    if not User.objects.filter(public_id=person.id, source=Source.KEYSTONE).update(known_as=name):
        shadow = User(
            public_id=person.id,
            username=f"{PREFIX}{person.id}",
            known_as=name,
            source=Source.KEYSTONE,
            password=make_password(None),
        )
        User.objects.bulk_create([shadow], ignore_conflicts=True)


def keep_project(place: Known) -> None:
    """See to it that *place* has a row with its present name, and a group that grants go to."""
    fresh = {"name": place.name[:PROJECT_NAME_LENGTH], "checked_at": timezone.now()}
    if not Project.objects.filter(pk=place.id, source=Source.KEYSTONE).update(**fresh):
        group, _ = Group.objects.get_or_create(name=f"project {place.id}")
        shadow = Project(pk=place.id, source=Source.KEYSTONE, group=group, **fresh)
        Project.objects.bulk_create([shadow], ignore_conflicts=True)


def keep_group(people: Known) -> None:
    """See to it that the group *people* has a row with its present name, and one for grants."""
    name = people.name[:GROUP_NAME_LENGTH]
    if not KeystoneGroup.objects.filter(pk=people.id).update(name=name):
        group, _ = Group.objects.get_or_create(name=f"{PREFIX}{people.id}")
        shadow = KeystoneGroup(pk=people.id, name=name, group=group)
        KeystoneGroup.objects.bulk_create([shadow], ignore_conflicts=True)
