"""Ids as the Image API writes them: a UUID in its usual form, in either case."""

from __future__ import annotations

import re
import uuid

UUID_PATTERN = "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$"
_WRITTEN = re.compile(UUID_PATTERN)


def is_id(text: str) -> bool:
    """Tell whether *text* is an id."""
    return _WRITTEN.fullmatch(text) is not None


def read_id(text: str) -> uuid.UUID:
    """Return the id that *text* is.

    Raises `ValueError` for any other text, of which Python would take many: braces, no dashes.
    """
    if not is_id(text):
        raise ValueError("The text is no id.")
    return uuid.UUID(text)
