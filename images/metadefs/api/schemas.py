"""The schema documents of the catalogue, from which clients build their models."""

from __future__ import annotations

from images.metadefs.definitions import DEFINITIONS, SINGLE, Schema

LINKS = [
    {"href": "{first}", "rel": "first"},
    {"href": "{next}", "rel": "next"},
    {"href": "{schema}", "rel": "describedby"},
]
PAGE = {name: {"type": "string"} for name in ("first", "next", "schema")}
PLURALS = {
    "namespaces": "namespace",
    "objects": "object",
    "properties": "property",
    "tags": "tag",
    "resource_types": "resource_type",
}


def _collection(plural: str) -> Schema:
    """Return the document of a list; what its items refer to stands at its top."""
    item = {key: part for key, part in SINGLE[PLURALS[plural]].items() if key != "definitions"}
    name = f"{item['name']}s" if plural == "resource_types" else plural
    held = {"type": "array", "items": item}
    if plural == "properties":  # by name, so that none stands inside
        required = [key for key in item["required"] if key != "name"]
        held = {"type": "object", "additionalProperties": item | {"required": required}}
    document = {"name": name, "properties": {name: held} | PAGE, "links": LINKS}
    return document | (
        {"definitions": DEFINITIONS} if "definitions" in SINGLE[PLURALS[plural]] else {}
    )


DOCUMENTS: dict[str, Schema] = SINGLE | {plural: _collection(plural) for plural in PLURALS}
