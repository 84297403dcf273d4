"""Rows that an act changes, as they are in the database and not as somebody remembers them."""

from __future__ import annotations

from django.db.models import Model


def hold(row: Model) -> None:
    """Read *row* again, and keep it as it is until the transaction ends.

    What an act finds is then the same each time that it is tried, also after a try that changed the
    object but not the database.
    """
    row.refresh_from_db(from_queryset=row._meta.model._default_manager.select_for_update())
