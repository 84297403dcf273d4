"""Custom properties: reserved names, what a value may be, and who may read and change which.

The operator's rules are an ordered file: each section is a regular expression that is sought in
the property's name, and says who may create, read, update and delete it. The first that matches
decides; what none matches is nobody's. Without a file everybody may do everything.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from configparser import ConfigParser
from configparser import Error as SyntaxTrouble
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from time import thread_time

from django.conf import settings

from images.actors import ADMIN, MEMBER, READER, SERVICE, Actor
from images.errors import BadRules, BadValue, Forbidden, OverLimit, ReadOnlyField

RESERVED = frozenset({"location", "deleted", "deleted_at"})
RESERVED_PREFIX = "os_glance"
MAX_NAME = 255
MAX_VALUE = 65_535  # characters

ACTS = frozenset({"create", "read", "update", "delete"})
EVERYBODY, NOBODY = "@", "!"
POLICIES = {
    "default": frozenset({EVERYBODY}),
    "get_images": frozenset({READER}),
    "communitize_image": frozenset({MEMBER}),
    "fetch_image_location": frozenset({SERVICE, ADMIN}),
    "stores_info_detail": frozenset({SERVICE, ADMIN}),
    **dict.fromkeys(
        (
            "context_is_admin",
            "publicize_image",
            "copy_image",
            "delete_image_location",
            "tasks_api_access",
        ),
        frozenset({ADMIN}),
    ),
}
"""The Image API's policies that a role alone decides, with the roles of which each asks one."""

PATIENCE = 0.05  # seconds


def check_name(name: str) -> None:
    """Raise `ReadOnlyField` for a reserved name, `BadValue` for one that is too long or empty."""
    if name in RESERVED or name.startswith(RESERVED_PREFIX):
        raise ReadOnlyField(f"Attribute '{name}' is reserved.")
    if not 1 <= len(name) <= MAX_NAME:
        raise BadValue(f"A property's name has 1 to {MAX_NAME} characters.")


def check_value(name: str, value: object) -> str:
    """Return *value*, a text. Raises `BadValue` for another type, `OverLimit` for a flood."""
    if not isinstance(value, str):
        raise BadValue(f"Property '{name}' must be a string.")
    if len(value) > MAX_VALUE:
        raise OverLimit(f"The value of property '{name}' may have {MAX_VALUE} characters.")
    return value


def readable(properties: Mapping[str, str], actor: Actor) -> dict[str, str]:
    """Return those of *properties* that *actor* may read; the others are not there for it."""
    if not settings.PROPERTY_PROTECTION_FILE:
        return dict(properties)
    return {name: value for name, value in properties.items() if can_read(name, actor)}


def can_read(name: str, actor: Actor) -> bool:
    """May *actor* know of the property *name* of any image?"""
    return _is_allowed(name, "read", actor)


def can_change(name: str, actor: Actor, *acts: str) -> bool:
    """May *actor* do all *acts* (create, update, delete) to the property *name* of any image?"""
    return all(_is_allowed(name, act, actor) for act in acts)


def check_change(name: str, actor: Actor, *acts: str) -> None:
    """Raise `Forbidden` unless *actor* may do all *acts* (create, update, delete) to *name*."""
    if not can_change(name, actor, *acts):
        raise Forbidden(f"You are not permitted to change property '{name}'.")


def _is_allowed(name: str, act: str, actor: Actor) -> bool:
    if not settings.PROPERTY_PROTECTION_FILE or name.startswith(RESERVED_PREFIX):
        return True
    rules = read_rules(settings.PROPERTY_PROTECTION_FILE, settings.PROPERTY_PROTECTION_FORMAT)
    return rules.allow(name, act, actor.roles)


@dataclass(frozen=True, eq=False)
class Rules:
    """Expressions in their order, each with the roles that each act asks for."""

    rows: tuple[tuple[re.Pattern[str], Mapping[str, frozenset[str]]], ...]

    @lru_cache(maxsize=8192)  # noqa: B019 -- there is one for each file, as long as the process
    def allow(self, name: str, act: str, roles: frozenset[str]) -> bool:
        """May somebody with *roles* do *act*? No property has a name that is longer than 255."""
        if len(name) > MAX_NAME:
            return False
        for expression, wanted in self.rows:
            if expression.search(name):
                asked = wanted.get(act, frozenset())
                return NOBODY not in asked and (EVERYBODY in asked or not roles.isdisjoint(asked))
        return False


@cache
def read_rules(path: str, form: str) -> Rules:
    """Return the rules in the file *path*, whose values are "roles" or "policies".

    Raises `BadRules`, with one sentence for the operator.
    """
    parser = ConfigParser(interpolation=None, default_section="", delimiters=("=",))
    try:
        parser.read_string(Path(path).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, SyntaxTrouble) as trouble:
        reason = " ".join(str(trouble).split())
        raise BadRules(f"The property protection file {path} cannot be read: {reason}.") from None
    if not parser.sections():
        raise BadRules(f"The property protection file {path} holds no rule.")
    return Rules(tuple(_read_row(name, dict(parser[name]), form) for name in parser.sections()))


def _read_row(
    expression: str, values: Mapping[str, str], form: str
) -> tuple[re.Pattern[str], Mapping[str, frozenset[str]]]:
    if unknown := values.keys() - ACTS:
        raise BadRules(f"Property protection [{expression}] has an unknown act: {min(unknown)}.")
    try:
        compiled = re.compile(expression)
    except re.error as trouble:
        raise BadRules(f"Property protection [{expression}] is no expression: {trouble}.") from None
    _demand_quick(compiled)
    read = _read_policy if form == "policies" else _read_roles
    return compiled, {act: read(expression, value) for act, value in values.items()}


def _read_roles(expression: str, value: str) -> frozenset[str]:
    roles = frozenset(role.strip() for role in value.split(",")) - {""}
    if {EVERYBODY, NOBODY} <= roles:
        raise BadRules(f"Property protection [{expression}] cannot be for both @ and !.")
    return roles


def _read_policy(expression: str, value: str) -> frozenset[str]:
    name = value.strip()
    if name in {EVERYBODY, NOBODY, ""}:
        return frozenset({name})
    if name not in POLICIES:
        known = ", ".join(sorted(POLICIES))
        raise BadRules(
            f"Property protection [{expression}] names {name!r}; one policy of {known} is wanted."
        )
    return POLICIES[name]


def _demand_quick(expression: re.Pattern[str]) -> None:
    """Raise `BadRules` for an expression that a name made for it keeps busy."""
    letters = sorted(set(expression.pattern) | set("a0_"))
    pieces = [*letters, *map("".join, pairwise(expression.pattern))]
    for length in (*range(8, 64, 2), 128, MAX_NAME):
        for piece in pieces:
            text = (piece * length)[: length - 1] + "\0"
            began = thread_time()
            expression.search(text)
            if thread_time() - began > PATIENCE:
                raise BadRules(
                    f"Property protection [{expression.pattern}] takes too long on long names; "
                    "do not repeat what repeats."
                )
