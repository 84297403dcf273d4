"""Locations as clients write them: in a patch, and in a body of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from images.api.errors import BadRequest
from images.api.fields import check_field
from images.lifecycle.changes import Op
from images.lifecycle.location_changes import (
    AddLocation,
    Asked,
    LocationChange,
    RemoveLocation,
    ReplaceLocations,
)
from images.lifecycle.locations import Proof
from images.models.location import MAX_URL

MAX_DIGITS = 9
HASHES = {"os_hash_algo", "os_hash_value"}


def read_location_change(
    op: Op, rest: Sequence[str], operation: Mapping[str, Any]
) -> LocationChange:
    """Return the change of `locations` that a patch's *operation* asks for.

    *rest* is what follows in its path: one segment to add or remove, none to replace. Raises
    `BadRequest`.
    """
    if op is Op.REPLACE:
        if rest:
            raise BadRequest("Locations are replaced as a whole.")
        return ReplaceLocations(tuple(_read(_value(operation))))
    if len(rest) != 1:
        raise BadRequest("One location is added or removed at /locations/N or /locations/-.")
    position = _position(rest[0])
    if op is Op.REMOVE:
        return RemoveLocation(position)
    [asked] = _read([_value(operation)])
    return AddLocation(asked, position)


def _value(operation: Mapping[str, Any]) -> Any:
    if "value" not in operation:
        raise BadRequest("The operation on 'locations' needs a value.")
    return operation["value"]


def _position(text: str) -> int | None:
    if text == "-":
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS):
        raise BadRequest(f"'{text[:80]}' is no position of a location.")
    return int(text)


def _read(value: Any) -> list[Asked]:
    check_field("locations", value)
    return [
        Asked(
            one["url"],
            {key: note for key, note in one["metadata"].items() if key != "store"},
            _proof_texts(one.get("validation_data")),
        )
        for one in value
    ]


def _proof_texts(told: Mapping[str, str] | None) -> dict[str, str] | None:
    if told is None:
        return None
    texts = {"algorithm": told["os_hash_algo"], "value": told["os_hash_value"]}
    return texts | {"checksum": told.get("checksum", "")}


def read_location(body: Mapping[str, Any]) -> tuple[str, Proof | None]:
    """Return the URL of `POST …/locations`, and what its data are said to hash to.

    Raises `BadRequest`, `BadValue`.
    """
    url = body.get("url")
    if not isinstance(url, str) or not 1 <= len(url) <= MAX_URL:
        raise BadRequest(f"The body must have 'url', a text of 1 to {MAX_URL} characters.")
    if "validation_data" not in body:
        return url, None
    told = body["validation_data"]
    if not isinstance(told, dict) or (told and told.keys() != HASHES):
        raise BadRequest("validation_data holds os_hash_algo and os_hash_value, and nothing else.")
    if not all(isinstance(text, str) for text in told.values()):
        raise BadRequest("os_hash_algo and os_hash_value are texts.")
    return url, Proof.of(told["os_hash_algo"], told["os_hash_value"]) if told else None
