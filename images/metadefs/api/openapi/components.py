"""The documents of the catalogue, as they are checked, and their lists."""

from __future__ import annotations

from typing import Any

from images.api.openapi.components import TEXT, Schema, component, fixed, listed
from images.api.openapi.operation import answer
from images.api.openapi.parameters import choice, in_path, in_query
from images.metadefs.api.lists import PART_KEYS
from images.metadefs.definitions import DEFINITIONS, SINGLE
from images.metadefs.documents import TAGS

POINTER = "#/definitions/"
ABSENT = "There is none of that name, or it is not yours to see."
TAKEN = "The name is taken."
PROTECTED = "Not permitted, or the namespace is protected."
GONE = answer("Gone.")
READ_ONLY = "Not permitted, or a field that only the service sets."


def _component_of(definition: str) -> str:
    return f"{definition[0].upper()}{definition[1:]}Definition"


def _pointed(part: Any) -> Any:
    """Return *part* with its pointers into the document's components."""
    if isinstance(part, list):
        return [_pointed(item) for item in part]
    if not isinstance(part, dict):
        return part
    if "$ref" in part:
        name = _component_of(part["$ref"].removeprefix(POINTER))
        return {"$ref": f"#/components/schemas/{name}"}
    return {key: _pointed(item) for key, item in part.items()}


def told(kind: str) -> Schema:
    """Return the component of the documents of *kind*."""
    document = SINGLE[kind]
    shape = {key: document[key] for key in ("required", "properties", "additionalProperties")}
    title = "Metadef" + "".join(word.title() for word in kind.split("_"))
    return component(title, _pointed({"type": "object"} | shape))


for _name, _definition in DEFINITIONS.items():
    component(_component_of(_name), _pointed(_definition))

NAMESPACE = told("namespace")
NAMESPACES = component(
    "MetadefNamespaces",
    fixed(namespaces=listed(NAMESPACE), first=TEXT, schema=TEXT),
)

OBJECT = told("object")
OBJECTS = component("MetadefObjects", fixed(objects=listed(OBJECT), schema=TEXT))
PROPERTY = told("property")
NAMELESS = _pointed(SINGLE["property"]["properties"])
PROPERTIES = component(
    "MetadefProperties",
    fixed(
        properties={
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "properties": {key: NAMELESS[key] for key in NAMELESS if key != "name"},
                "required": ["title", "type"],
                "additionalProperties": False,
            },
        }
    ),
)
TAG = told("tag")
TAGS_SENT = component("MetadefTags", TAGS)
ASSOCIATION = told("resource_type")
ASSOCIATIONS = component(
    "MetadefResourceTypes", fixed(resource_type_associations=listed(ASSOCIATION))
)
RESOURCE_TYPES = component(
    "ResourceTypes",
    fixed(resource_types=listed(fixed(name=TEXT, created_at=TEXT, updated_at=TEXT))),
)
IN_NAMESPACE = in_path("namespace", "The name of the namespace", maxLength=80)
NAME = in_path("name", "Its name", maxLength=80)
ANY_LIMIT = in_query("limit", "Rows of one page; else all", type="integer", minimum=1)
MARKER = in_query("marker", "The name after which the page begins")
SORT_KEY = choice("sort_key", "The key", sorted(PART_KEYS))
DIRECTION = choice("sort_dir", "The direction", ["asc", "desc"])
