"""Which images a list holds: the Image API's filter grammar."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

from django.db.models import Q
from django.db.models.lookups import (
    Exact,
    GreaterThan,
    GreaterThanOrEqual,
    In,
    LessThan,
    LessThanOrEqual,
)
from django.http import QueryDict
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_naive

from images.actors import Actor
from images.api.body import check_text
from images.api.errors import BadRequest
from images.api.numbers import MOST, read_number
from images.ids import is_id
from images.models import Image
from images.models.listed import ALL, Listed, listed_for
from images.models.queryset import ImageQuerySet
from images.models.sorting import NULLS, sorted_by
from images.properties import can_read
from images.states import MemberStatus, Visibility

MAX_VALUES = 128
"""Values that one list may ask for, so that its cost is bounded."""

COMPARISONS = {"gt": "gt", "gte": "gte", "lt": "lt", "lte": "lte", "eq": "exact", "neq": "exact"}
BOUNDS = {"min": "gte", "max": "lte"}
SCOPES = frozenset({"visibility", "member_status", "os_hidden"})
PAGING = frozenset({"limit", "marker", "sort", "sort_key", "sort_dir"})
NOT_FILTERS = SCOPES | PAGING | {"tag", "deleted", "is_public"}  # the last two mean nothing
LISTED = re.compile(r'\s*+(?:"((?:[^"\\]|\\.)*+)"\s*+|([^",]*+))(?:,|\Z)', re.DOTALL)
ESCAPED = re.compile(r"\\(.)", re.DOTALL)
PREFIX = re.compile(r"([A-Za-z]+):")


def filtered(query: QueryDict, actor: Actor) -> Listed:
    """Return the images that a list for *actor* with *query* holds.

    Of a key that is repeated the last value counts, but all of `tag`. Raises `BadRequest` for a
    value that can never be right.
    """
    asked = dict(query.lists())
    check_text(asked)
    if sum(map(len, asked.values())) > MAX_VALUES:
        raise BadRequest(f"A list takes {MAX_VALUES} parameters at most.")
    hidden = _flag("os_hidden", query.get("os_hidden", "false"))
    found = Image.objects.filter(hidden).tagged(*query.getlist("tag"))
    properties = {}
    for key in (key for key in asked if key not in NOT_FILTERS):
        condition = _field(key, asked[key][-1])
        if condition is None:
            properties[key] = asked[key][-1]
        else:
            found = found.filter(condition)
    if not all(can_read(name, actor) for name in properties):
        found = found.none()
    return _scoped(found.with_properties(properties), query, actor)


def unread(query: QueryDict, actor: Actor) -> frozenset[str]:
    """Return the properties that *query* asks for and *actor* may not read."""
    asked = query.keys() - NOT_FILTERS - RULES.keys()
    return frozenset(key for key in asked if not can_read(key, actor))


def _scoped(images: ImageQuerySet, query: QueryDict, actor: Actor) -> Listed:
    visibility = query.get("visibility", "")
    answer = query.get("member_status", MemberStatus.ACCEPTED)
    if "visibility" in query and visibility not in {*Visibility.values, ALL}:
        raise BadRequest("visibility is one of public, community, shared, private, all.")
    if answer not in {*MemberStatus.values, "all"}:
        raise BadRequest("member_status is one of accepted, pending, rejected, all.")
    return listed_for(images, actor, member_status=answer, visibility=visibility)


def _field(key: str, value: str) -> Q | None:
    """Return the condition on a field of the image; None if *key* is none of its fields."""
    if rule := RULES.get(key):
        return rule(key, value)
    field, _, bound = key.rpartition("_")
    if bound in BOUNDS and field in NUMBERS:
        return _condition(field, BOUNDS[bound], _number(key, value))
    if key == "changes-since":
        raise BadRequest("changes-since is not supported; use updated_at=gte:TIME.")
    return None


def _exact(key: str, value: str) -> Q:
    return Q(**{key: value})


def _one_of(key: str, value: str) -> Q:
    return _condition(key, "in", _values(key, value))


def _ids(key: str, value: str) -> Q:
    return Q(pk__in=[text for text in _values(key, value) if is_id(text)])


def _values(key: str, value: str) -> list[str]:
    operator, text = _operator(key, value, {"in", "eq"})
    return _split(key, text) if operator == "in" else [text]


def _split(key: str, text: str) -> list[str]:
    """Split a list at commas; a value in double quotes may hold commas and escaped quotes."""
    values, at = [], 0
    while at < len(text):
        match = LISTED.match(text, at)
        if match is None:
            raise BadRequest(f"The list of values of '{key}' is badly quoted.")
        quoted, plain = match.groups()
        values.append(plain.strip() if quoted is None else ESCAPED.sub(r"\1", quoted))
        at = match.end()
    if len(values) > MAX_VALUES:
        raise BadRequest(f"'{key}' takes {MAX_VALUES} values at most.")
    return values


def _operator(key: str, value: str, known: set[str]) -> tuple[str, str]:
    match = PREFIX.match(value)
    if match is None:
        return "eq", value
    if match[1] not in known:
        raise BadRequest(f"Unknown operator '{match[1]}' of '{key}'; quote a value with a colon.")
    return match[1], value[match.end() :]


def _compared(key: str, value: str, *, read: Callable[[str, str], object]) -> Q:
    operator, text = _operator(key, value, set(COMPARISONS))
    condition = _condition(key, COMPARISONS[operator], read(key, text))
    return ~condition if operator == "neq" else condition


def _condition(key: str, lookup: str, value: object) -> Q:
    """Return a condition in the terms of the index that keeps the order of *key*, if one does."""
    if key not in NULLS:
        return Q(**{f"{key}__{lookup}": value})
    compare: Any = LOOKUPS[lookup]
    return Q(compare(sorted_by(key), value), **{f"{key}__isnull": False})


def _number(key: str, text: str) -> int:
    return read_number(key, text, least=-MOST)


def _time(key: str, text: str) -> datetime:
    """Read a time; the plus sign of an offset comes as a blank if it was not encoded."""
    try:
        time = parse_datetime(text) or parse_datetime(text.replace(" ", "+"))
        if time is not None:
            return time.replace(tzinfo=UTC) if is_naive(time) else time.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise BadRequest(f"'{key}' must be a time such as 2026-01-31T12:00:00Z.")


def _flag(key: str, value: str) -> Q:
    if value.lower() not in {"true", "false"}:
        raise BadRequest(f"'{key}' is true or false.")
    return Q(**{key: value.lower() == "true"})


LOOKUPS = {
    lookup.lookup_name: lookup
    for lookup in (Exact, GreaterThan, GreaterThanOrEqual, In, LessThan, LessThanOrEqual)
}
NUMBERS = frozenset({"size", "min_disk", "min_ram", "virtual_size"})
RULES: dict[str, Callable[[str, str], Q]] = {
    **dict.fromkeys(("name", "status", "container_format", "disk_format"), _one_of),
    **dict.fromkeys(("owner", "checksum", "os_hash_value", "os_hash_algo"), _exact),
    **dict.fromkeys(NUMBERS, partial(_compared, read=_number)),
    **dict.fromkeys(("created_at", "updated_at"), partial(_compared, read=_time)),
    "id": _ids,
    "protected": _flag,
}
