"""Who was granted what on one image, for OpenAPI."""

from __future__ import annotations

from images.api.openapi.components import TEXT, component, fixed, listed
from images.api.openapi.operation import ABSENT, TOO_MANY, DescribedView, answer, operation
from images.api.openapi.parameters import IMAGE_ID, JSON, in_path
from images.states import GranteeKind, Right

TIME = {"type": ["string", "null"], "format": "date-time"}
RIGHTS = listed({"enum": Right.values}) | {"description": "Each implies `view`"}
GRANT = component(
    "Grant",
    fixed(
        grantee=fixed(type={"enum": GranteeKind.values}, id=TEXT, name=TEXT),
        rights=RIGHTS,
        expires_at=TIME,
        has_ended={"type": "boolean"},
        granted_at=TEXT | {"format": "date-time"},
        granted_by=TEXT | {"description": "A user's id"},
        self=TEXT,
    ),
)
CHANGES = {"rights": RIGHTS | {"minItems": 1}, "expires_at": TIME}
NEW = {
    "type": "object",
    "properties": {
        **{kind: TEXT | {"description": f"A {kind}'s name or id"} for kind in GranteeKind.values},
        **CHANGES,
    },
    "required": ["rights"],
    "oneOf": [{"required": [kind]} for kind in GranteeKind.values],
    "additionalProperties": False,
    "examples": [{"user": "alice", "rights": ["download"], "expires_at": "2030-12-31T00:00:00Z"}],
}
CHANGED = {"type": "object", "properties": CHANGES, "additionalProperties": False}
NOT_HELD = "Not permitted to share, or to grant a right that one has not, or not for so long."
NO_GRANT = "There is no such image or grant, or it is not yours to see."


class GrantList(DescribedView):
    """/api/images/{image_id}/grants."""

    target_class = "portal.api.grants.GrantListView"
    tag = "Grants"
    path = [IMAGE_ID]
    operations = {
        "get": operation(
            "List grants",
            {200: answer("All for who may share, else one's own.", fixed(grants=listed(GRANT)))},
            {404: ABSENT},
        ),
        "post": operation(
            "Grant rights",
            {201: answer("What is granted now, whatever was before.", GRANT)},
            {403: NOT_HELD, 404: "There is no such image or grantee.", 413: TOO_MANY},
            body={JSON: NEW},
        ),
    }


class Grant(DescribedView):
    """/api/images/{image_id}/grants/{kind}/{name}."""

    target_class = "portal.api.grants.GrantView"
    tag = "Grants"
    path = [
        IMAGE_ID,
        in_path("kind", "Who", enum=GranteeKind.values),
        in_path("name", "The grantee's name or id"),
    ]
    operations = {
        "get": operation("Show a grant", {200: answer("The grant.", GRANT)}, {404: NO_GRANT}),
        "patch": operation(
            "Change a grant",
            {200: answer("The grant as it is now.", GRANT)},
            {403: NOT_HELD, 404: NO_GRANT, 413: TOO_MANY},
            body={JSON: CHANGED},
        ),
        "delete": operation(
            "Take a grant",
            {204: answer("Nothing is granted any more.")},
            {403: "Somebody else granted it, and one does not own the image.", 404: NO_GRANT},
        ),
    }
