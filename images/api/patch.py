"""The two dialects of JSON patch that the Image API speaks, read into changes."""

from __future__ import annotations

import re
from typing import Any

from django.conf import settings

from images.api.errors import BadRequest, WrongMediaType
from images.api.fields import check_field, check_removal
from images.api.locations import read_location_change
from images.errors import OverLimit
from images.lifecycle.changes import Change, Op
from images.lifecycle.location_changes import LocationChange

V21 = "application/openstack-images-v2.1-json-patch"
V20 = "application/openstack-images-v2.0-json-patch"
OPS = {
    V21: {"add": Op.SET, "replace": Op.REPLACE, "remove": Op.REMOVE},
    V20: {"add": Op.INSERT, "replace": Op.REPLACE, "remove": Op.REMOVE},
}
MAX_OPERATIONS = 1000
BAD_ESCAPE = re.compile(r"~(?![01])")


def dialect(content_type: str) -> str:
    """Return the dialect of a request's content type, or raise `WrongMediaType`."""
    media_type = content_type.split(";", maxsplit=1)[0].strip().lower()
    if media_type not in OPS:
        accepted = f"{V21}, {V20}"
        raise WrongMediaType(f"The content type must be one of {accepted}.", accepted)
    return media_type


def read_changes(body: object, media_type: str) -> list[Change | LocationChange]:
    """Return the changes that a patch *body* asks for, in order.

    Raises `BadRequest` for a broken shape, `OverLimit`, and what `Change` raises.
    """
    if not isinstance(body, list):
        raise BadRequest("A patch is a JSON array of operations.")
    if len(body) > MAX_OPERATIONS:
        raise OverLimit(f"A patch may have {MAX_OPERATIONS} operations.")
    return [_read_change(operation, media_type) for operation in body]


def _read_change(operation: object, media_type: str) -> Change | LocationChange:
    if not isinstance(operation, dict):
        raise BadRequest("Each operation of a patch is a JSON object.")
    verb, path = _verb_and_path(operation, media_type)
    op = OPS[media_type][verb]
    name, *rest = _segments(path)
    if name == "locations" and settings.SHOW_MULTIPLE_LOCATIONS:
        return read_location_change(op, rest, operation)
    if op is not Op.REMOVE and "value" not in operation:
        raise BadRequest(f"The operation on '{name}' needs a value.")
    change = Change(op, name, operation.get("value"))
    if op is Op.REMOVE:
        check_removal(name)
    else:
        check_field(name, change.value)
    return change


def _verb_and_path(operation: dict[str, Any], media_type: str) -> tuple[str, str]:
    verbs = OPS[media_type]
    if media_type == V21:
        verb, path = operation.get("op"), operation.get("path")
    else:
        named = [verb for verb in verbs if verb in operation]
        if len(named) != 1:
            raise BadRequest("An operation has exactly one of add, replace, remove.")
        verb, path = named[0], operation[named[0]]
    if not isinstance(verb, str) or verb not in verbs:
        raise BadRequest("An operation is one of add, replace, remove.")
    if not isinstance(path, str):
        raise BadRequest("The path of an operation is a string.")
    return verb, path


def _segments(path: str) -> list[str]:
    """Return the segments of a JSON pointer (RFC 6901): one, but below `locations`."""
    if not path.startswith("/") or path.endswith("/") or "//" in path or BAD_ESCAPE.search(path):
        raise BadRequest(f"Invalid path '{path}'.")
    segments = [_unescape(segment) for segment in path[1:].split("/")]
    if len(segments) != 1 and segments[0] != "locations":
        raise BadRequest(f"'{path}' has more than one level.")
    return segments


def _unescape(segment: str) -> str:
    return segment.strip().replace("~1", "/").replace("~0", "~")
