"""What a form showed of an image, so that two who edit it at once undo nothing of each other.

The form carries a digest of each value. What its sender changed is told by them, not by what the
image holds when the form comes back; and what somebody else changed meanwhile is told, too.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from django.utils.translation import gettext as _

from images.lifecycle.changes import Op

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from images.lifecycle.changes import Change

NOTHING = "–"


@dataclass(frozen=True, slots=True)
class Seen:
    """Digests of an image's fields, and of its properties in the order of their rows."""

    fields: Mapping[str, str]
    properties: Mapping[str, str]

    @classmethod
    def of(cls, fields: Mapping[str, Any], properties: Mapping[str, str]) -> Self:
        """Return what is seen of values as they are now."""
        return cls(_digests(fields), _digests(properties))

    @classmethod
    def read(cls, text: str) -> Self | None:
        """Return what a form carried; None if that is not readable, or nothing."""
        try:
            fields, properties = json.loads(text)
            return cls(dict(fields), dict(properties))
        except (ValueError, TypeError, RecursionError):
            return None

    def __str__(self) -> str:
        """Return what a form carries."""
        return json.dumps([self.fields, [*self.properties.items()]], separators=(",", ":"))

    def is_changed(self, name: str, value: Any) -> bool:
        """Is *value* another than the one that was shown of the field or property *name*?"""
        shown = self.properties if name in self.properties else self.fields
        return shown.get(name) != digest(value)


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field or property that both changed; None stands for one that is gone."""

    name: str
    label: str
    mine: str
    theirs: str


def conflicts(
    seen: Seen, changes: Iterable[Change], now: Mapping[str, Any], labels: Mapping[str, str]
) -> list[Conflict]:
    """Return those of *changes* whose field has *now* neither the value *seen* nor the new one."""
    found = []
    for change in changes:
        mine = None if change.op is Op.REMOVE else change.value
        theirs = now.get(change.name)
        was = seen.properties.get(change.name) or seen.fields.get(change.name)
        if (digest(theirs) if change.name in now else None) == was or _same(mine, theirs):
            continue
        label = labels.get(change.name, change.name)
        found.append(Conflict(change.name, label, written(mine), written(theirs)))
    return found


def digest(value: Any) -> str:
    """Return what tells *value* from others."""
    text = json.dumps(_plain(value), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def written(value: Any) -> str:
    """Return *value* as a person reads it."""
    plain = _plain(value)
    if plain is None or plain in ("", []):
        return NOTHING
    if isinstance(plain, bool):
        return _("yes") if plain else _("no")
    return ", ".join(plain) if isinstance(plain, list) else str(plain)


def _digests(values: Mapping[str, Any]) -> dict[str, str]:
    return {name: digest(value) for name, value in values.items()}


def _same(one: Any, other: Any) -> bool:
    return bool(_plain(one) == _plain(other))


def _plain(value: Any) -> Any:
    """Return *value* as JSON has it; no text and an empty one are the same."""
    if isinstance(value, set | frozenset | list):
        return sorted(value)
    return None if value == "" else value
