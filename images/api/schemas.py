"""The schema documents that clients build their models from."""

from __future__ import annotations

from typing import Any

from images.api.fields import BASE, EXTRAS
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
}

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


def _collection(name: str, item: dict[str, Any], *, paged: bool) -> dict[str, Any]:
    properties: dict[str, Any] = {name: {"type": "array", "items": item}}
    properties |= {"schema": {"type": "string"}}
    if not paged:
        return {"name": name, "properties": properties}
    properties |= {"first": {"type": "string"}, "next": {"type": "string"}}
    links = [
        {"href": "{first}", "rel": "first"},
        {"href": "{next}", "rel": "next"},
        {"href": "{schema}", "rel": "describedby"},
    ]
    return {"name": name, "properties": properties, "links": links}


DOCUMENTS: dict[str, dict[str, Any]] = {
    "image": IMAGE,
    "images": _collection("images", IMAGE, paged=True),
    "member": MEMBER,
    "members": _collection("members", MEMBER, paged=False),
}
