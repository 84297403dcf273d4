"""Download links of an image, for OpenAPI."""

from __future__ import annotations

from images.api.openapi.components import TEXT, Schema, component, fixed, listed
from images.api.openapi.operation import (
    ABSENT,
    NOT_PERMITTED,
    DescribedView,
    answer,
    operation,
)
from images.api.openapi.parameters import IMAGE_ID, JSON, in_path
from images.lifecycle.links import MOST_LINKS, MOST_NOTE, MOST_USES, RESUMABLE

TIME = TEXT | {"format": "date-time"}
PARTS: dict[str, Schema] = {
    "id": TEXT | {"format": "uuid"},
    "image_id": TEXT | {"format": "uuid"},
    "note": TEXT | {"description": "For whom it is; who uses it does not see this"},
    "prefix": TEXT | {"description": "How the secret begins"},
    "user_id": TEXT | {"description": "Who made it"},
    "project_id": TEXT | {"description": "And in which project"},
    "created_at": TIME,
    "expires_at": TIME,
    "revoked_at": {"anyOf": [TIME, {"type": "null"}]},
    "last_used_at": {"anyOf": [TIME, {"type": "null"}]},
    "max_uses": {"type": ["integer", "null"], "description": "null: any number"},
    "uses": {
        "type": "integer",
        "description": "Downloads that began; one that goes on from the same address within "
        f"{RESUMABLE.total_seconds() / 3600:.0f} hours is counted once",
    },
}
URL = TEXT | {"format": "uri", "description": "What to give away: it is told this once"}
LINK = component("Link", fixed(**PARTS))
NEW: Schema = {
    "type": "object",
    "properties": {
        "note": TEXT | {"maxLength": MOST_NOTE},
        "expires_at": {"anyOf": [TIME, {"type": "null"}]},
        "max_uses": {"type": ["integer", "null"], "minimum": 1, "maximum": MOST_USES},
    },
    "additionalProperties": False,
    "examples": [{"note": "Ada's laptop", "max_uses": 3}],
}


class LinkList(DescribedView):
    """/api/images/{image_id}/links."""

    target_class = "portal.api.links.LinkListView"
    tag = "Links"
    path = [IMAGE_ID]
    operations = {
        "get": operation(
            "List links",
            {200: answer("The newest first, without secrets.", fixed(links=listed(LINK)))},
            {403: NOT_PERMITTED, 404: ABSENT},
        ),
        "post": operation(
            "Make a link",
            {201: answer("The link, with its address.", fixed(**PARTS, url=URL))},
            {
                403: "Whoever makes one may share and download the image.",
                404: ABSENT,
                409: "The image has no data that are served.",
                413: f"An image has {MOST_LINKS} links at most that are not over.",
            },
            body={JSON: NEW},
        ),
    }


class Link(DescribedView):
    """/api/images/{image_id}/links/{link_id}."""

    target_class = "portal.api.links.LinkView"
    tag = "Links"
    path = [IMAGE_ID, in_path("link_id", "The link's id", format="uuid")]
    operations = {
        "get": operation(
            "Show a link",
            {200: answer("The link, without its secret.", LINK)},
            {403: NOT_PERMITTED, 404: "There is no such image or link."},
        ),
        "delete": operation(
            "Revoke a link",
            {204: answer("It opens nothing any more.")},
            {403: NOT_PERMITTED, 404: "There is no such image or link."},
        ),
    }
