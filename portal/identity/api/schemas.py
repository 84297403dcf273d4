"""The shapes of what clients send to the Identity API, as JSON schemas."""

from __future__ import annotations

from typing import Any

from jsonschema import Draft202012Validator, ValidationError

from images.actors import SCOPES
from portal.identity.errors import BadValue

Shape = dict[str, Any]


class Schema:
    """One shape; its complaints never repeat what was sent, which may be a secret."""

    def __init__(self, **properties: Shape) -> None:
        self.shape = _object(list(properties), **properties)
        self._validator = Draft202012Validator(self.shape)

    def checked(self, value: Any) -> dict[str, Any]:
        """Return *value* if it has the shape, else raise `BadValue` with the field and the rule."""
        trouble = next(self._validator.iter_errors(value), None)
        if trouble is not None:
            raise BadValue(_sentence(trouble))
        found: dict[str, Any] = value
        return found


def _sentence(trouble: ValidationError) -> str:
    field = ".".join(str(step) for step in trouble.absolute_path) or "body"
    if trouble.validator == "required":
        return f"In the {field}, {trouble.message}."
    return f"The {field} does not fit the rule {trouble.validator}: {trouble.validator_value}."


def _object(required: list[str], **properties: Shape) -> Shape:
    return {"type": "object", "properties": properties, "required": required}


def _list(items: Shape) -> Shape:
    return {"type": "array", "maxItems": 64, "items": items}


def _or_null(shape: Shape) -> Shape:
    return {"anyOf": [shape, {"type": "null"}]}


_TEXT: Shape = {"type": "string", "minLength": 1, "maxLength": 255}
_NAME: Shape = _TEXT | {"pattern": r"\S"}
_LONG: Shape = {"type": "string", "maxLength": 4096}
_DOMAIN = _object([], id=_TEXT, name=_TEXT)
_KNOWN: Shape = {"anyOf": [{"required": ["id"]}, {"required": ["name"]}]}
_PROJECT = _object([], id=_TEXT, name=_TEXT, domain=_DOMAIN) | _KNOWN
_USER = _object([], id=_TEXT, name=_TEXT, domain=_DOMAIN) | _KNOWN
_LOGGING_IN = _object(["password"], id=_TEXT, name=_TEXT, domain=_DOMAIN, password=_LONG) | _KNOWN
_CODE = _object(["passcode"], id=_TEXT, name=_TEXT, domain=_DOMAIN, passcode=_TEXT) | _KNOWN
_SCOPE: Shape = {
    "type": ["object", "string"],
    "pattern": "^unscoped$",
    "properties": {"project": _PROJECT, "system": _object(["all"], all={"const": True})},
    "minProperties": 1,
    "maxProperties": 1,
}
_IDENTITY = _object(
    ["methods"],
    methods=_list(_TEXT) | {"minItems": 1},
    password=_object(["user"], user=_LOGGING_IN),
    totp=_object(["user"], user=_CODE),
    token=_object(["id"], id=_LONG),
    application_credential=_object(["secret"], id=_TEXT, name=_TEXT, user=_USER, secret=_LONG),
)

_RULE = _object(["service", "method", "path"], service=_TEXT, method=_TEXT, path=_TEXT)

LOGIN = Schema(auth=_object(["identity"], identity=_IDENTITY, scope=_SCOPE))

CREDENTIAL = Schema(
    application_credential=_object(
        ["name"],
        name=_NAME,
        description=_or_null(_LONG),
        expires_at=_or_null(_TEXT),
        roles=_or_null(_list(_object([], id=_TEXT, name=_TEXT) | _KNOWN)),
        project_id=_or_null(_TEXT),
        secret={"type": "null"},  # a secret that somebody thought of is not random
        unrestricted={"type": ["boolean", "null"]},
        access_rules=_or_null(_list(_RULE)),
        scope={"enum": [*SCOPES, None]},
    )
)
