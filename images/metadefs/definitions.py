"""What the catalogue's documents may hold: described once, for checking and for clients."""

from __future__ import annotations

from typing import Any

from images.metadefs.models.namespace import MAX_DESCRIPTION
from images.metadefs.models.stamped import MAX_NAME
from images.metadefs.states import Visibility

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
FLAG: Schema = {"type": "boolean"}
COUNT: Schema = {"$ref": "#/definitions/positiveInteger"}
TEXTS: Schema = {"$ref": "#/definitions/stringArray"}
TYPES = ["array", "boolean", "integer", "number", "object", "string"]
NAME: Schema = {"type": "string", "minLength": 1, "maxLength": MAX_NAME}
SHORT: Schema = {"type": "string", "maxLength": MAX_NAME}
# Clients make their models of these documents, and read answers with them: what only the
# service sets stands there too.
READ_ONLY = ("created_at", "updated_at", "self", "schema")
TIMES: dict[str, Schema] = {
    "created_at": TEXT
    | {"readOnly": True, "format": "date-time", "description": "When it was made"},
    "updated_at": TEXT
    | {"readOnly": True, "format": "date-time", "description": "When it last changed"},
}
LINKS: dict[str, Schema] = {
    "self": TEXT | {"readOnly": True, "description": "Its address"},
    "schema": TEXT | {"readOnly": True, "description": "Address of this schema"},
}


def _described(schema: Schema, description: str) -> Schema:
    return schema | {"description": description}


PROPERTY: dict[str, Schema] = {
    "name": _described(NAME, "Key of the property"),
    "title": _described(TEXT, "What people call the property"),
    "description": _described(TEXT, "What the property means"),
    "type": {"type": "string", "enum": TYPES, "description": "Type of its values"},
    "operators": {"type": "array", "items": TEXT, "description": "Comparisons that make sense"},
    "default": {
        "type": ["string", "number", "boolean"],
        "description": "Value where none is given; kept as a text",
    },
    "readonly": _described(FLAG, "Nobody changes the value"),
    "confidential": _described(FLAG, "The value is a secret"),
    "minimum": {"type": "number", "description": "Least number"},
    "maximum": {"type": "number", "description": "Greatest number"},
    "enum": {
        "type": "array",
        "items": {"type": ["string", "number", "boolean"]},
        "description": "All values that there are",
    },
    "pattern": _described(TEXT, "Regular expression that a text fits"),
    "minLength": _described(COUNT, "Least characters of a text"),
    "maxLength": _described(COUNT, "Most characters of a text"),
    "items": {
        "type": "object",
        "required": ["type"],
        "properties": {
            "type": {"type": "string", "enum": TYPES},
            "enum": {"type": "array", "items": {"type": ["string", "number", "boolean"]}},
        },
        "additionalProperties": False,
        "description": "What an array holds",
    },
    "uniqueItems": _described(FLAG, "An array holds nothing twice"),
    "minItems": _described(COUNT, "Least items of an array"),
    "maxItems": _described(COUNT, "Most items of an array"),
    "additionalItems": _described(FLAG, "An array may hold more than is described"),
}
DEFINITIONS: dict[str, Schema] = {
    "positiveInteger": {"type": "integer", "minimum": 0},
    "stringArray": {"type": "array", "items": TEXT, "uniqueItems": True},
    "property": {
        "type": "object",
        "additionalProperties": {
            "type": "object",
            "required": ["title", "type"],
            "properties": PROPERTY,
            "additionalProperties": False,
        },
    },
}
PROPERTIES: Schema = {"$ref": "#/definitions/property"}
OBJECT: dict[str, Schema] = {
    "name": _described(NAME, "Name of the object"),
    "description": _described(TEXT, "What the object is for"),
    "required": TEXTS,
    "properties": PROPERTIES,
    **TIMES,
    **LINKS,
}
TAG: dict[str, Schema] = {"name": _described(NAME, "The word"), **TIMES}
ASSOCIATION: dict[str, Schema] = {
    "name": _described(NAME, "Name of the resource type"),
    "prefix": _described(SHORT, "What the properties' names begin with on such a resource"),
    "properties_target": _described(SHORT, "Which of the resource's properties are meant"),
    **TIMES,
}
NAMESPACE: dict[str, Schema] = {
    "namespace": NAME | {"pattern": "^[^/]+$", "description": "Name of the namespace, once"},
    "display_name": _described(SHORT, "What people call the namespace"),
    "description": TEXT | {"maxLength": MAX_DESCRIPTION, "description": "What it is for"},
    "visibility": {"enum": Visibility.values, "type": "string", "description": "Who may read it"},
    "protected": _described(FLAG, "Refuse to delete it and what lies in it"),
    "owner": TEXT | {"maxLength": 255, "description": "Project that owns it"},
    **TIMES,
    **LINKS,
    "resource_type_associations": {
        "type": "array",
        "items": {
            "type": "object",
            "required": ["name"],
            "properties": ASSOCIATION,
            "additionalProperties": False,
        },
    },
    "properties": PROPERTIES,
    "objects": {
        "type": "array",
        "items": {
            "type": "object",
            "required": ["name"],
            "properties": OBJECT,
            "additionalProperties": False,
        },
    },
    "tags": {
        "type": "array",
        "items": {
            "type": "object",
            "required": ["name"],
            "properties": TAG,
            "additionalProperties": False,
        },
    },
}


def _document(name: str, properties: dict[str, Schema], *required: str) -> Schema:
    document = {
        "name": name,
        "required": list(required),
        "properties": properties,
        "additionalProperties": False,
    }
    return document | ({"definitions": DEFINITIONS} if _refers(properties) else {})


def _refers(properties: dict[str, Schema]) -> bool:
    return any("$ref" in schema for schema in properties.values())


SINGLE: dict[str, Schema] = {
    "namespace": _document("namespace", NAMESPACE, "namespace"),
    "object": _document("object", OBJECT, "name"),
    "property": _document("property", PROPERTY, "name", "title", "type"),
    "tag": _document("tag", TAG, "name"),
    "resource_type": _document("resource_type_association", ASSOCIATION, "name"),
}
