"""The fields of an image on the wire, described once: for checking and for schemas."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.text import Truncator
from jsonschema import Draft4Validator

from images.api.errors import BadRequest
from images.errors import ReadOnlyField
from images.extras import read_extras
from images.ids import UUID_PATTERN
from images.lifecycle.changes import READ_ONLY
from images.models.image import MAX_MINIMUM
from images.states import ContainerFormat, DiskFormat, Status, Visibility

TEXT = {"type": ["null", "string"], "maxLength": 255}
TIME = {"type": "string", "readOnly": True}
MINIMUM = {"type": "integer", "minimum": 0, "maximum": MAX_MINIMUM}


def _one_of(choices: list[str], *, nullable: bool = False) -> dict[str, Any]:
    extra: list[str | None] = [None] if nullable else []
    kinds: str | list[str] = ["null", "string"] if nullable else "string"
    return {"type": kinds, "enum": [*extra, *choices]}


BASE: dict[str, dict[str, Any]] = {
    "id": {
        "type": "string",
        "pattern": UUID_PATTERN,
        "maxLength": 36,
        "description": "Identifier of the image",
    },
    "name": TEXT | {"description": "Descriptive name"},
    "status": _one_of([*Status.values, "killed", "pending_delete"])
    | {"readOnly": True, "description": "Where the image stands"},
    "visibility": _one_of(Visibility.values) | {"description": "Who may see the image"},
    "protected": {"type": "boolean", "description": "Refuse to delete the image"},
    "os_hidden": {"type": "boolean", "description": "Leave the image out of plain lists"},
    "checksum": {
        "type": ["null", "string"],
        "maxLength": 32,
        "readOnly": True,
        "description": "md5 of the data",
    },
    "os_hash_algo": {
        "type": ["null", "string"],
        "maxLength": 64,
        "readOnly": True,
        "description": "Algorithm of os_hash_value",
    },
    "os_hash_value": {
        "type": ["null", "string"],
        "maxLength": 128,
        "readOnly": True,
        "description": "Hash of the data, hexadecimal",
    },
    "owner": TEXT | {"description": "Project that owns the image"},
    "size": {"type": ["null", "integer"], "readOnly": True, "description": "Bytes of data"},
    "virtual_size": {
        "type": ["null", "integer"],
        "readOnly": True,
        "description": "Bytes of the disk that the data describe",
    },
    "container_format": _one_of(ContainerFormat.values, nullable=True)
    | {"description": "What the disk is wrapped in"},
    "disk_format": _one_of(DiskFormat.values, nullable=True)
    | {"description": "How the data are laid out"},
    "created_at": TIME | {"description": "When the record was made"},
    "updated_at": TIME | {"description": "When the record last changed"},
    "tags": {
        "type": "array",
        "items": {"type": "string", "maxLength": 255},
        "description": "Words on the image",
    },
    "direct_url": {"type": "string", "readOnly": True, "description": "Where the data lie"},
    "locations": {
        "type": "array",
        "items": {
            "type": "object",
            "required": ["url", "metadata"],
            "properties": {
                "url": {"type": "string", "maxLength": 255},
                "metadata": {"type": "object"},
                "validation_data": {
                    "type": "object",
                    "writeOnly": True,
                    "additionalProperties": False,
                    "required": ["os_hash_algo", "os_hash_value"],
                    "properties": {
                        "checksum": {"type": "string", "minLength": 32, "maxLength": 32},
                        "os_hash_algo": {"type": "string", "maxLength": 64},
                        "os_hash_value": {"type": "string", "maxLength": 128},
                    },
                },
            },
        },
        "description": "Places of the data",
    },
    "stores": {"type": "string", "readOnly": True, "description": "Stores that hold the data"},
    "min_ram": MINIMUM | {"description": "RAM needed to boot, MB"},
    "min_disk": MINIMUM | {"description": "Disk needed to boot, GB"},
    "self": {"type": "string", "readOnly": True, "description": "Address of the image"},
    "file": {"type": "string", "readOnly": True, "description": "Address of the data"},
    "schema": {"type": "string", "readOnly": True, "description": "Address of the schema"},
}
SOMETIMES_SHOWN = frozenset({"direct_url", "locations", "stores"})
"""Fields that an image has only when there is something to say, or when an operator wants it."""

_DECLARED = read_extras(settings.IMAGE_SCHEMA_FILE)
EXTRAS = _DECLARED.properties
REQUIRED = _DECLARED.required
"""Keys without which no image is made, if the operator's file demands any."""

if _clash := EXTRAS.keys() & BASE.keys():
    raise ImproperlyConfigured(f"{settings.IMAGE_SCHEMA_FILE} declares {_clash}, which are fields.")

_VALIDATORS = {name: Draft4Validator(field) for name, field in (BASE | EXTRAS).items()}


def check_field(name: str, value: object) -> None:
    """Raise `BadRequest` unless *value* may be the value of the field or property *name*."""
    if name not in _VALIDATORS:
        if not isinstance(value, str):
            raise BadRequest(f"Property '{name}' must be a string.")
        return
    for trouble in _VALIDATORS[name].iter_errors(value):
        raise BadRequest(f"Invalid value of '{name}': {Truncator(trouble.message).chars(200)}")


def check_removal(name: str) -> None:
    """Raise `BadRequest` if no image may be without *name*."""
    if name in REQUIRED:
        raise BadRequest(f"'{name}' is required and may not be removed.")


def new_image_fields(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields for `create_image` of a body of `POST /v2/images`.

    Raises `BadRequest`; `ReadOnlyField` for a field that only the service sets.
    """
    read_only = [name for name in body if name in READ_ONLY and name != "id"]
    for name, value in body.items():
        if name not in read_only:
            check_field(name, value)
    for name in REQUIRED:
        if name not in body:
            raise BadRequest(f"'{name}' is required.")
    if read_only:
        raise ReadOnlyField(f"Attribute '{read_only[0]}' is read-only.")
    fields = {name: value for name, value in body.items() if name in BASE}
    if "id" in fields:
        fields["id"] = UUID(fields["id"])
    return fields | {"properties": {name: body[name] for name in body if name not in BASE}}
