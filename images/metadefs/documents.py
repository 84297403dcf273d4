"""Documents read: what somebody sent or wrote in a file, checked and made ready to be kept."""

from __future__ import annotations

import json
from typing import Any

from django.utils.text import Truncator
from jsonschema import Draft4Validator
from jsonschema.exceptions import ValidationError

from images.errors import BadValue, ReadOnlyField
from images.metadefs.definitions import NAME, PROPERTY, READ_ONLY, SINGLE, Schema
from images.metadefs.models.stamped import MAX_NAME

Document = dict[str, Any]

TAGS: Schema = {
    "type": "object",
    "required": ["tags"],
    "properties": {
        "tags": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["name"],
                "properties": {"name": NAME},
                "additionalProperties": False,
            },
        }
    },
    "additionalProperties": False,
}
_VALIDATORS = {name: Draft4Validator(schema) for name, schema in (SINGLE | {"tags": TAGS}).items()}


def read_namespace(value: object) -> Document:
    """Return the namespace that *value* describes, its parts as they are kept.

    Raises, as every reader here, `ReadOnlyField` for what only the service sets and `BadValue`
    for anything else that is wrong.
    """
    given = _checked("namespace", value)
    return given | {
        "properties": _definitions(given),
        "objects": [_object(part) for part in given.get("objects", [])],
        "tags": [part["name"] for part in given.get("tags", [])],
        "resource_type_associations": [
            _without(part, *READ_ONLY) for part in given.get("resource_type_associations", [])
        ],
    }


def read_object(value: object) -> Document:
    """Return the object that *value* describes."""
    return _object(_checked("object", value))


def read_property(value: object) -> Document:
    """Return name and definition of the property that *value* describes."""
    given = _checked("property", value)
    return {"name": given["name"], "definition": _definition(given)}


def read_association(value: object) -> Document:
    """Return the resource type association that *value* describes."""
    return _checked("resource_type", value)


def read_tag(value: object) -> str:
    """Return the name of the tag that *value* describes."""
    return str(_checked("tag", value)["name"])


def read_tags(value: object) -> list[str]:
    """Return the names of the tags that *value* lists."""
    return [part["name"] for part in _checked("tags", value)["tags"]]


def check_name(name: str) -> str:
    """Return *name*, which came as part of an address."""
    if not 1 <= len(name) <= MAX_NAME:
        raise BadValue(f"A name has 1 to {MAX_NAME} characters.")
    return name


def _checked(kind: str, value: object) -> Document:
    if not isinstance(value, dict):
        raise BadValue("The document must be a JSON object.")
    for name in READ_ONLY:
        if name in value:
            raise ReadOnlyField(f"Attribute '{name}' is read-only.")
    for trouble in _VALIDATORS[kind].iter_errors(value):
        raise BadValue(_sentence(trouble))
    _check_numbers(value)
    return value


def _check_numbers(value: Document) -> None:
    """Raise `BadValue` for a number such as 1e400, which no JSON can say again."""
    try:
        json.dumps(value, allow_nan=False)
    except ValueError:
        raise BadValue("A number is too large.") from None


def _sentence(trouble: ValidationError) -> str:
    place = ".".join(str(step) for step in trouble.absolute_path)
    told = Truncator(trouble.message).chars(200)
    return f"Invalid value of '{place}': {told}" if place else told


def _object(given: Document) -> Document:
    return {
        "name": given["name"],
        "description": given.get("description"),
        "required": given.get("required", []),
        "properties": _definitions(given),
    }


def _definitions(given: Document) -> dict[str, Document]:
    parts = given.get("properties", {})
    return {check_name(name): _definition(part) for name, part in parts.items()}


def _definition(given: Document) -> Document:
    """Return a property as it is kept: without its name, its default a text."""
    kept = {key: given[key] for key in PROPERTY if key in given and key != "name"}
    return kept | ({"default": str(kept["default"])} if "default" in kept else {})


def _without(given: Document, *names: str) -> Document:
    return {key: value for key, value in given.items() if key not in names}
