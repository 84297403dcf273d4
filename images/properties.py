"""Custom properties: which names are reserved, and what a value may be."""

from __future__ import annotations

from images.errors import BadValue, OverLimit, ReadOnlyField

RESERVED = frozenset({"location", "deleted", "deleted_at"})
RESERVED_PREFIX = "os_glance"
MAX_NAME = 255
MAX_VALUE = 65_535  # characters


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
