"""Declared extras: custom properties with a schema, from a file that the operator may replace."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from jsonschema import Draft4Validator, ValidationError
from jsonschema.exceptions import SchemaError

from images.errors import ImageError
from images.properties import check_name

SHAPE = Draft4Validator(
    {
        "type": "object",
        "properties": {
            "properties": {"type": "object", "additionalProperties": {"type": "object"}},
            "required": {"type": "array", "items": {"type": "string"}},
        },
        "additionalProperties": False,
    }
)


@dataclass(frozen=True, slots=True)
class Extras:
    """The schema of each declared property, and the keys that a new image must have."""

    properties: dict[str, dict[str, Any]]
    required: tuple[str, ...]


def read_extras(path: str) -> Extras:
    """Return what the file at *path* declares, or raise `ImproperlyConfigured`.

    It holds one JSON object: a schema for each name, or these under `properties` and a list of
    names under `required` (both forms of Glance's `schema-image.json`).
    """
    try:
        content = json.loads(Path(path).read_bytes())
        return _declared(content if "properties" in content else {"properties": content})
    except (OSError, ValueError, TypeError, ValidationError, SchemaError, ImageError) as trouble:
        reason = getattr(trouble, "message", None) or str(trouble)
        raise ImproperlyConfigured(
            f"VITRINE_IMAGE_SCHEMA_FILE must name a file of property schemas, not {path}: {reason}"
        ) from None


def _declared(content: dict[str, Any]) -> Extras:
    SHAPE.validate(content)
    for name, schema in content["properties"].items():
        check_name(name)
        Draft4Validator.check_schema(schema)
    properties = {
        name: schema | {"is_base": False} for name, schema in content["properties"].items()
    }
    return Extras(properties, tuple(content.get("required", ())))
