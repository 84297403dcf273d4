"""One page of a list that is read from a marker on: its rows, and where its neighbours begin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from django.db.models import Model, QuerySet

Row = TypeVar("Row", bound="Model")

PAGE = 50
"""Rows that a page shows."""


class Page(Generic[Row]):
    """The first `PAGE` of *found*, which begin behind the marker, if there is one.

    They are read against the list's order if *backwards*. One row more than a page shows tells
    whether there are others.
    """

    def __init__(
        self, found: QuerySet[Row] | None, *, has_marker: bool, backwards: bool = False
    ) -> None:
        rows = [] if found is None else list(found[: PAGE + 1])
        is_more, rows = len(rows) > PAGE, rows[:PAGE]
        self.rows = rows[::-1] if backwards else rows
        self.has_previous = is_more if backwards else has_marker
        self.has_next = has_marker if backwards else is_more

    @property
    def first(self) -> str:
        """The id before which the previous page lies."""
        return str(self.rows[0].pk)

    @property
    def last(self) -> str:
        """The id after which the next page lies."""
        return str(self.rows[-1].pk)
