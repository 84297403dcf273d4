"""Which images a list holds: the Image API's filter grammar."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_naive, make_aware

from images.api.body import check_text
from images.api.errors import BadRequest
from images.states import MemberStatus, Visibility

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from django.http import QueryDict

    from images.actors import Actor
    from images.models.image import ImageQuerySet

MAX_VALUES = 128
MAX_NUMBER = 2**63 - 1
COMPARISONS = {"gt": "__gt", "gte": "__gte", "lt": "__lt", "lte": "__lte", "eq": "", "neq": ""}
NOT_FILTERS = frozenset({"limit", "marker", "sort", "sort_key", "sort_dir"})
SCOPES = frozenset({"visibility", "member_status", "os_hidden"})
QUOTED = re.compile(r'\s*(?:"((?:[^"\\]|\\.)*)"|([^",]*))\s*(?:,|$)')
PREFIX = re.compile(r"^([A-Za-z]+):")


def filtered(images: ImageQuerySet, query: QueryDict, actor: Actor) -> ImageQuerySet:
    """Return those of *images* (all rows) that a list for *actor* with *query* holds.

    Raises `BadRequest` for a value that can never be right.
    """
    for key, values in query.lists():
        check_text([key, *values])
        if len(values) > MAX_VALUES:
            raise BadRequest(f"'{key}' is given too often.")
    found = _scoped(images, query, actor).tagged(*query.getlist("tag"))
    for key in query:
        if key not in NOT_FILTERS and key not in SCOPES and key != "tag":
            found = _narrowed(found, key, query[key])
    return found


def _scoped(images: ImageQuerySet, query: QueryDict, actor: Actor) -> ImageQuerySet:
    visibility = query.get("visibility")
    answer = query.get("member_status", MemberStatus.ACCEPTED)
    if visibility is not None and visibility not in {*Visibility.values, "all"}:
        raise BadRequest("visibility is one of public, community, shared, private, all.")
    if answer not in {*MemberStatus.values, "all"}:
        raise BadRequest("member_status is one of accepted, pending, rejected, all.")
    listed = images.listed_for(
        actor, member_status=answer, others_community=visibility in {"community", "all"}
    )
    listed = listed.filter(os_hidden=_boolean("os_hidden", query.get("os_hidden", "false")))
    return listed if visibility in {None, "all"} else listed.filter(visibility=visibility)


def _narrowed(images: ImageQuerySet, key: str, value: str) -> ImageQuerySet:
    if rule := RULES.get(key):
        return images.filter(rule(key, value))
    field, _, bound = key.rpartition("_")
    if bound in {"min", "max"} and field in NUMBERS:
        return images.filter(**{f"{field}__{'gte' if bound == 'min' else 'lte'}": _number(key, value)})
    if key == "changes-since":
        raise BadRequest("changes-since is not supported; use updated_at=gte:TIME.")
    return images.with_property(key, value)


def _exact(key: str, value: str) -> Q:
    return Q(**{key: value})


def _one_or_list(key: str, value: str, *, check: Callable[[str], bool] | None = None) -> Q:
    operator, text = _operator(key, value, {"in", "eq"})
    values = _split(key, text) if operator == "in" else [text]
    return Q(**{f"{key}__in": [item for item in values if check is None or check(item)]})


def _split(key: str, text: str) -> list[str]:
    """Split a list at commas; a value in double quotes may hold commas and escaped quotes."""
    values, at = [], 0
    while at < len(text):
        match = QUOTED.match(text, at)
        if match is None or match.end() == at:
            raise BadRequest(f"The list of values of '{key}' is badly quoted.")
        quoted, plain = match.groups()
        values.append(plain.strip() if quoted is None else re.sub(r"\\(.)", r"\1", quoted))
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
    condition = Q(**{key + COMPARISONS[operator]: read(key, text)})
    return ~condition if operator == "neq" else condition


def _number(key: str, text: str) -> int:
    if not (text.isascii() and text.isdigit()) or int(text[:20]) > MAX_NUMBER:
        raise BadRequest(f"'{key}' must be a whole number.")
    return int(text)


def _time(key: str, text: str) -> datetime:
    try:
        time = parse_datetime(text.replace(" ", "+")) or parse_datetime(text)
    except ValueError:
        time = None
    if time is None:
        raise BadRequest(f"'{key}' must be a time such as 2026-01-31T12:00:00Z.")
    return make_aware(time) if is_naive(time) else time


def _boolean(key: str, text: str) -> bool:
    if text.lower() not in {"true", "false"}:
        raise BadRequest(f"'{key}' is true or false.")
    return text.lower() == "true"


def _flag(key: str, value: str) -> Q:
    return Q(**{key: _boolean(key, value)})


def _is_uuid(text: str) -> bool:
    return re.fullmatch(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", text) is not None


NUMBERS = frozenset({"size", "min_disk", "min_ram", "virtual_size"})
RULES: dict[str, Callable[[str, str], Q]] = {
    **dict.fromkeys(("name", "status", "container_format", "disk_format"), _one_or_list),
    **dict.fromkeys(("owner", "checksum", "os_hash_value", "os_hash_algo"), _exact),
    **dict.fromkeys(NUMBERS, partial(_compared, read=_number)),
    **dict.fromkeys(("created_at", "updated_at"), partial(_compared, read=_time)),
    "id": partial(_one_or_list, check=_is_uuid),
    "protected": _flag,
}
