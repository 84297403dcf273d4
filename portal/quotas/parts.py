"""Stores and users that limits of parts of a project name: which there are, by which name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from stores.registry import all_stores

if TYPE_CHECKING:
    from collections.abc import Collection

    from quotas.account import Origin


def fault_of_part(of: Origin, users: Collection[str]) -> str:
    """Return why nothing can lie in *of*, or nothing; *users* are the ids that there are.

    A slip in a name would limit nothing.
    """
    if of.store:
        return "" if of.store in all_stores() else no_such_store(of.store)
    if of.user:
        missing = _("There is no user with the ID %(id)s.") % {"id": of.user[:80]}
        return "" if of.user in users else missing
    return _("A part is store: with a store’s name, or user: with a user’s ID.")


def no_such_store(name: str) -> str:
    """Return that there is no store of that *name*, and which there are."""
    told = {"name": name[:80], "names": ", ".join(all_stores())}
    return _("There is no store “%(name)s”; there are: %(names)s.") % told
