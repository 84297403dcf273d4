"""What may be done with the trash, for OpenAPI."""

from __future__ import annotations

from images.api.openapi.components import IMAGE, TEXT, component, fixed, listed
from images.api.openapi.operation import NOT_PERMITTED, DescribedView, answer, operation
from images.api.openapi.parameters import IMAGE_ID, LIMIT, in_query
from images.lifecycle.trash import KEPT
from images.states import IN_TRASH

NULLABLE = {"type": ["string", "null"]}
TIME = TEXT | {"format": "date-time"}
ABSENT = "There is no such image in the trash, or it is not yours to see."
TRASHED = component(
    "TrashedImage",
    fixed(
        id=TEXT | {"format": "uuid"},
        name=NULLABLE,
        owner=NULLABLE,
        visibility=TEXT,
        size={"type": ["integer", "null"]},
        disk_format=NULLABLE,
        container_format=NULLABLE,
        status={"enum": [IN_TRASH]},
        was={
            "enum": [status.value for status in KEPT],
            "description": "And will be again",
        },
        deleted_by=TEXT | {"description": "Who moved it there, by id"},
        deleted_at=TIME,
        kept_until=TIME | {"description": "From then on it is deleted for good"},
    ),
)
TRASH = component(
    "Trash",
    fixed(trash=listed(TRASHED), first=TEXT)
    | {"properties": {"trash": listed(TRASHED), "first": TEXT, "next": TEXT}},
)


class Trash(DescribedView):
    """/api/trash."""

    target_class = "images.api.views.trash.TrashView"
    tag = "Trash"
    operations = {
        "get": operation(
            "List the trash",
            {200: answer("One page of it, the newest first.", TRASH)},
            parameters=[
                LIMIT,
                in_query("marker", "The id of the image before the page", format="uuid"),
                in_query("owner", "Whose; only administrators and auditors see several"),
            ],
        ),
    }


class Trashed(DescribedView):
    """/api/trash/{image_id}."""

    target_class = "images.api.views.trash.TrashedView"
    tag = "Trash"
    path = [IMAGE_ID]
    operations = {
        "get": operation(
            "Show an image in the trash",
            {200: answer("What is known of it.", TRASHED)},
            {404: ABSENT},
        ),
        "delete": operation(
            "Delete an image for good",
            {204: answer("It is gone, and counts no more.")},
            {
                403: NOT_PERMITTED,
                404: ABSENT,
                409: "A clone or a snapshot needs its data.",
            },
        ),
    }


class Restore(DescribedView):
    """/api/trash/{image_id}/restore."""

    target_class = "images.api.views.trash.RestoreView"
    tag = "Trash"
    path = [IMAGE_ID]
    operations = {
        "post": operation(
            "Restore an image",
            {200: answer("The image as it was, with shares, grants, tags and links.", IMAGE)},
            {403: NOT_PERMITTED, 404: ABSENT},
        ),
    }
