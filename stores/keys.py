"""How objects are named: `<uuid>` when finished, `<uuid>.<32 hex>` while an attempt writes it."""

from __future__ import annotations

import re

from stores.errors import BadKey

_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_FINAL = re.compile(_UUID, re.ASCII)
_ATTEMPT = re.compile(_UUID + r"\.[0-9a-f]{32}", re.ASCII)


def is_final(key: str) -> bool:
    """Is *key* the name of a finished object?"""
    return _FINAL.fullmatch(key) is not None


def is_attempt(key: str) -> bool:
    """Is *key* the name of an attempt?"""
    return _ATTEMPT.fullmatch(key) is not None


def is_key(key: str) -> bool:
    """Is *key* a name that we give?"""
    return is_final(key) or is_attempt(key)


def checked(key: str) -> str:
    """Return *key*; raise `BadKey` for one that we would never give (`../etc`, another's image)."""
    if not is_key(key):
        raise BadKey(f"{key[:80]!r} is not the key of an object.")
    return key


def checked_attempt(key: str) -> str:
    """Return *key*; raise `BadKey` unless it names an attempt."""
    if not is_attempt(key):
        raise BadKey(f"{key[:80]!r} is not the key of an attempt.")
    return key
