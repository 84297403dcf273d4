"""The schema documents that clients build their models from."""

from __future__ import annotations

from typing import Any

from images.api.fields import BASE, EXTRAS, REQUIRED
from images.ids import UUID_PATTERN
from images.states import MemberStatus

TIME = {"type": "string", "description": "Time, YYYY-MM-DDTHH:MM:SSZ"}

IMAGE: dict[str, Any] = {
    "name": "image",
    "properties": BASE | EXTRAS,
    "additionalProperties": {"type": "string"},
    "links": [
        {"href": "{self}", "rel": "self"},
        {"href": "{file}", "rel": "enclosure"},
        {"href": "{schema}", "rel": "describedby"},
    ],
} | ({"required": [*REQUIRED]} if REQUIRED else {})

MEMBER: dict[str, Any] = {
    "name": "member",
    "properties": {
        "member_id": {"type": "string", "description": "Project with which the image is shared"},
        "image_id": {"type": "string", "description": "Identifier of the image"},
        "status": {"type": "string", "enum": MemberStatus.values, "description": "Its answer"},
        "created_at": TIME,
        "updated_at": TIME,
        "schema": {"type": "string", "readOnly": True},
    },
}

BLOB = {"type": ["null", "object"]}
TASK: dict[str, Any] = {
    "name": "task",
    "properties": {
        "id": {"type": "string", "pattern": UUID_PATTERN, "description": "Identifier of the task"},
        "type": {
            "type": "string",
            "enum": ["import", "api_image_import", "location_import"],
            "description": "What is done",
        },
        "status": {
            "type": "string",
            "enum": ["pending", "processing", "success", "failure"],
            "description": "How far it is",
        },
        "input": BLOB | {"description": "What it was given"},
        "result": BLOB | {"description": "What came of it"},
        "owner": {"type": "string", "description": "Project that owns the task"},
        "message": {"type": "string", "description": "Why it failed"},
        "image_id": {"type": "string", "description": "Image that it is about"},
        "request_id": {"type": "string", "description": "Request that began it"},
        "user_id": {"type": "string", "description": "User who began it"},
        "expires_at": {"type": ["null", "string"], "description": "When it will be forgotten"},
        "created_at": TIME,
        "updated_at": TIME,
        "self": {"type": "string", "readOnly": True},
        "schema": {"type": "string", "readOnly": True},
    },
}
LISTED_TASK: dict[str, Any] = TASK | {
    "properties": {
        name: field
        for name, field in TASK["properties"].items()
        if name not in {"input", "result", "message"}
    }
}


def _collection(name: str, item: dict[str, Any], *, paged: bool) -> dict[str, Any]:
    properties: dict[str, Any] = {name: {"type": "array", "items": item}}
    properties |= {"schema": {"type": "string"}}
    links = [{"href": "{schema}", "rel": "describedby"}]
    if paged:
        properties |= {"first": {"type": "string"}, "next": {"type": "string"}}
        links = [{"href": f"{{{word}}}", "rel": word} for word in ("first", "next")] + links
    return {"name": name, "properties": properties, "links": links}


DOCUMENTS: dict[str, dict[str, Any]] = {
    "image": IMAGE,
    "images": _collection("images", IMAGE, paged=True),
    "member": MEMBER,
    "members": _collection("members", MEMBER, paged=False),
    "task": TASK,
    "tasks": _collection("tasks", LISTED_TASK, paged=True),
}
