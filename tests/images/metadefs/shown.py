"""What the tests of the catalogue say again and again of an answer."""

from __future__ import annotations

import re
from typing import Any

NS = "/metadefs/namespaces"
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
TITLE = {"title": "T", "type": "string"}
EVERYTHING: dict[str, Any] = {
    "name": "p",
    "title": "T",
    "description": "D",
    "type": "array",
    "operators": ["<in>"],
    "default": "a",
    "readonly": True,
    "confidential": False,
    "minimum": 1,
    "maximum": 2.5,
    "enum": ["a", "b"],
    "pattern": "^a$",
    "minLength": 0,
    "maxLength": 3,
    "items": {"type": "string", "enum": ["x"]},
    "uniqueItems": True,
    "minItems": 0,
    "maxItems": 9,
    "additionalItems": False,
}
"""A property with every field that it may have."""


def without_times(shown: dict[str, Any]) -> dict[str, Any]:
    """Return *shown* without its two times, which must be written as the wire does."""
    assert all(TIME.fullmatch(shown[name]) for name in ("created_at", "updated_at"))
    return {name: shown[name] for name in shown if name not in {"created_at", "updated_at"}}
