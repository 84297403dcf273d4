"""Pages of the catalogue's lists: sorted by one key and id, continued after a name."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, TypeVar

from django.conf import settings
from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.http import QueryDict

from images.api.body import check_text
from images.api.errors import BadRequest
from images.api.numbers import read_number
from images.metadefs.models.stamped import Stamped

PART_KEYS = frozenset({"name", "created_at", "updated_at", "id"})

Row = TypeVar("Row", bound=Stamped)


@dataclass(frozen=True, slots=True)
class Paging:
    """Which page is asked for; without a *limit* it is the whole list."""

    limit: int | None
    marker: str | None
    key: str
    ascending: bool


def read_paging(
    query: QueryDict, keys: Collection[str], *, default: int | None = None, least: int = 0
) -> Paging:
    """Return what *query* asks for; larger limits are cut.

    Raises `BadRequest` for a limit that is no number from *least* on, a sort key that is none of
    *keys*, another direction than asc and desc.
    """
    check_text(dict(query.lists()))
    text, limit = query.get("limit"), default
    if text is not None:
        limit = min(read_number("limit", text, least=least), settings.LIST_LIMIT_MAX)
    key, direction = query.get("sort_key", "created_at"), query.get("sort_dir", "desc")
    if key not in keys or direction not in {"asc", "desc"}:
        raise BadRequest(f"Cannot sort by '{key}' '{direction}'.")
    return Paging(limit, query.get("marker"), key, direction == "asc")


def page(rows: QuerySet[Row], paging: Paging, after: Row | None) -> list[Row]:
    """Return the rows of the page, those *after* one of them; ties are told apart by id."""
    keyed = rows.annotate(sort_key=_comparable(rows, paging.key))
    rest = keyed if after is None else keyed.filter(_beyond(paging, after))
    sign = "" if paging.ascending else "-"
    return list(rest.order_by(f"{sign}sort_key", f"{sign}id")[: paging.limit])


def _comparable(rows: QuerySet[Row], key: str) -> Any:
    """Return the column *key*; an absent text counts as an empty one."""
    field = rows.model._meta.get_field(key)
    return Coalesce(F(key), Value("")) if getattr(field, "null", False) else F(key)


def _beyond(paging: Paging, after: Stamped) -> Q:
    value = getattr(after, paging.key)
    value = "" if value is None else value
    comparison = "gt" if paging.ascending else "lt"
    tie = Q(sort_key=value) & Q(**{f"id__{comparison}": after.pk})
    return Q(**{f"sort_key__{comparison}": value}) | tie


def list_address(path: str, query: QueryDict, *, marker: str | None = None) -> str:
    """Return the address of a page: *path* with every parameter, and with another *marker*."""
    asked = query.copy()
    asked.pop("marker", None)
    if marker is not None:
        asked["marker"] = marker
    return path + (f"?{asked.urlencode()}" if asked else "")
