"""The acts on the filters that people keep: each has the own, in each project.

They are nobody else's matter, so that no event tells of them.
"""

from __future__ import annotations

from django.db import transaction

from images.actors import Actor
from images.lifecycle.transactions import retried
from portal.identity.errors import BadValue, NotPermitted, Unknown
from portal.identity.models import SavedFilter, User
from portal.identity.models.saved_filter import SavedFilterQuerySet
from portal.identity.naming import named

MOST = 50
"""Filters that somebody keeps in one project."""


def saved_filters(actor: Actor) -> SavedFilterQuerySet:
    """Return the filters that *actor* keeps in the project in which it acts."""
    return SavedFilter.objects.of(actor.user_key, actor.project)


@retried
@transaction.atomic
def save_filter(name: str, query: str, *, actor: Actor) -> SavedFilter:
    """Keep *query* under *name*. Raises `BadValue`, `NameTaken`."""
    if actor.user_key is None or actor.project is None:
        raise NotPermitted
    list(User.objects.select_for_update().filter(pk=actor.user_key))  # of two at once one waits
    if saved_filters(actor).count() >= MOST:
        raise BadValue(f"There are {MOST} filters already; remove one first.")
    kept = SavedFilter(user_id=actor.user_key, project_id=actor.project, name=name, query=query)
    with named(kept, name):
        kept.save(force_insert=True)
    return kept


@retried
@transaction.atomic
def rename_filter(kept: SavedFilter, name: str, *, actor: Actor) -> None:
    """Call it *name* from now on. Raises `BadValue`, `NameTaken`."""
    _demand_own(kept, actor)
    kept.name = name
    with named(kept, name):
        kept.save(update_fields=["name"])


def remove_filter(kept: SavedFilter, *, actor: Actor) -> None:
    """Keep it no longer."""
    _demand_own(kept, actor)
    kept.delete()


def _demand_own(kept: SavedFilter, actor: Actor) -> None:
    if (kept.user_id, kept.project_id) != (actor.user_key, actor.project):
        raise Unknown("There is no such filter.")
