"""By which keys lists are sorted, where a page begins, and the indexes that keep those orders.

What is null sorts as "" or 0, on every database alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import Any

from django.db.models import BooleanField, F, Func, Index, Q, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.db.models.lookups import (
    Exact,
    GreaterThan,
    GreaterThanOrEqual,
    LessThan,
    LessThanOrEqual,
)

from images.states import Status, Visibility

Order = list[tuple[str, str]]
"""Keys with `asc` or `desc`; the last is the id, which is unique."""

NULLS: dict[str, str | int] = {"name": "", "container_format": "", "disk_format": "", "size": 0}
PLAIN = ("status", "created_at", "updated_at", "id")
SORTED: dict[str, Combinable] = {
    **{key: Coalesce(F(key), Value(null)) for key, null in NULLS.items()},
    **{key: F(key) for key in PLAIN},
}
AFTER: dict[str, Any] = {
    "asc": (GreaterThan, GreaterThanOrEqual),
    "desc": (LessThan, LessThanOrEqual),
}

LIVING = ~Q(status=Status.DELETED)
OPEN = Q(visibility__in=[Visibility.PUBLIC, Visibility.COMMUNITY])


class Row(Func):
    """Several values as one that is compared from the left."""

    function = ""
    output_field = BooleanField()  # of the comparison; a row itself is never read


def in_order(order: Order) -> list[Any]:
    """Return the expressions to sort by."""
    return [getattr(sorted_by(key), way)() for key, way in order]


def sorted_by(key: str) -> Any:
    """Return what a list that is sorted by *key* compares, which an index keeps."""
    return SORTED[key]


def beyond(order: Order, after: Mapping[str, Any]) -> Q:
    """Return the condition "comes later in *order* than *after*", which has a value for each key.

    Keys of one direction are compared as one row: an index begins there. Where the direction
    turns, what equals the first row is compared on.
    """
    (way, keys), *rest = [
        (way, [key for key, _ in pairs]) for way, pairs in groupby(order, lambda pair: pair[1])
    ]
    row, border = Row(*map(sorted_by, keys)), Row(*(_value(after[key]) for key in keys))
    later, from_there_on = AFTER[way]
    if not rest:
        return Q(later(row, border))
    equal = Q(Exact(row, border)) & beyond(order[len(keys) :], after)
    return Q(from_there_on(row, border)) & (Q(later(row, border)) | equal)


def _value(found: Any) -> Any:
    """Return *found* as an expression, which it is already in a prepared question."""
    return found if isinstance(found, Value) else Value(found)


def border_of(image: Any, order: Order) -> dict[str, Any]:
    """Return the values of *image* under the keys of *order*."""
    found = {key: getattr(image, key) for key, _ in order}
    return {key: NULLS[key] if value is None else value for key, value in found.items()}


def list_indexes() -> list[Index]:
    """Return an index for each order of each reason for which an image is in a list.

    All that is not hidden, or all that is: of everybody, of one owner, and of those that anybody
    may see. Deleted images are in none, however many there are.
    """
    return [
        *(_index("all", key, LIVING) for key in SORTED if key != "id"),  # the primary key's
        *(_index("own", key, LIVING, "owner") for key in SORTED),
        *(_index("open", key, OPEN & LIVING, "visibility") for key in SORTED),
    ]


def _index(scope: str, key: str, condition: Q, *leading: str) -> Index:
    keys = dict.fromkeys((key, "created_at", "id") if key != "id" else ("id",))
    columns = [*map(F, (*leading, "os_hidden")), *map(sorted_by, keys)]
    return Index(*columns, condition=condition, name=f"image_{scope}_by_{key}"[:30])
