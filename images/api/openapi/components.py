"""The bodies that several operations share, each known by a name; made of what the API checks."""

from __future__ import annotations

from typing import Any

from images.api.fields import BASE, EXTRAS, REQUIRED, SOMETIMES_SHOWN
from images.api.patch import MAX_OPERATIONS, OPS, V20, V21
from images.api.schemas import DOCUMENTS
from images.lifecycle.changes import READ_ONLY

Schema = dict[str, Any]

COMPONENTS: dict[str, Schema] = {}
TEXT: Schema = {"type": "string"}
DOCUMENT_PARTS = ("required", "additionalProperties")


def component(name: str, schema: Schema) -> Schema:
    """Keep *schema* under *name* in the document, and return what stands for it elsewhere."""
    if name in COMPONENTS:
        raise ValueError(f"There are two components of the name {name}.")
    COMPONENTS[name] = schema
    return {"$ref": f"#/components/schemas/{name}"}


def fixed(**properties: Schema) -> Schema:
    """Return the schema of an object that always has all of *properties*."""
    return {"type": "object", "properties": properties, "required": list(properties)}


def listed(items: Schema) -> Schema:
    """Return the schema of a list of *items*."""
    return {"type": "array", "items": items}


def document(name: str, **properties: Schema) -> Schema:
    """Return what /v2/schemas/*name* says, with *properties* in place of its own."""
    told = DOCUMENTS[name]
    shape = {"type": "object", "properties": told["properties"] | properties}
    return shape | {part: told[part] for part in DOCUMENT_PARTS if part in told}


ERROR = component("Error", fixed(message=TEXT, code=TEXT, title=TEXT))

IMAGE = component(
    "Image",
    document("image") | {"required": [name for name in BASE if name not in SOMETIMES_SHOWN]},
)
IMAGES = component(
    "Images", document("images", images=listed(IMAGE)) | {"required": ["images", "first", "schema"]}
)
NEW_IMAGE = component(
    "NewImage",
    {
        "type": "object",
        "properties": {name: BASE[name] for name in BASE if name not in READ_ONLY - {"id"}}
        | EXTRAS,
        "additionalProperties": TEXT,
        "description": "Any other key is a custom property, a text.",
        "examples": [{"name": "debian-13", "disk_format": "raw", "container_format": "bare"}],
    }
    | ({"required": [*REQUIRED]} if REQUIRED else {}),
)

MEMBER_DOCUMENT = document("member")
MEMBER = component("Member", MEMBER_DOCUMENT | {"required": list(MEMBER_DOCUMENT["properties"])})
MEMBERS = component(
    "Members", document("members", members=listed(MEMBER)) | {"required": ["members", "schema"]}
)


def _patch_v21() -> Schema:
    path: Schema = {"type": "string", "pattern": "^/", "description": "A JSON pointer"}
    operation = {
        "type": "object",
        "properties": {"op": {"enum": list(OPS[V21])}, "path": path, "value": {}},
        "required": ["op", "path"],
        "examples": [{"op": "replace", "path": "/name", "value": "debian-13.1"}],
    }
    return listed(operation) | {"maxItems": MAX_OPERATIONS}


def _patch_v20() -> Schema:
    path: Schema = {"type": "string", "pattern": "^/", "description": "A JSON pointer"}
    operation = {
        "type": "object",
        "oneOf": [
            {"properties": {verb: path, "value": {}}, "required": [verb]} for verb in OPS[V20]
        ],
        "examples": [{"replace": "/name", "value": "debian-13.1"}],
    }
    return listed(operation) | {"maxItems": MAX_OPERATIONS}


PATCHES = {V21: component("Patch", _patch_v21()), V20: component("OldPatch", _patch_v20())}
