"""What may be done with the records of images and their tags, for OpenAPI."""

from __future__ import annotations

from images.api.openapi.components import IMAGE, IMAGES, NEW_IMAGE, PATCHES
from images.api.openapi.operation import (
    ABSENT,
    NOT_PERMITTED,
    TOO_MANY,
    DescribedView,
    answer,
    operation,
)
from images.api.openapi.parameters import FILTERS, IMAGE_ID, JSON, PAGING, answered, in_path


class Images(DescribedView):
    """/v2/images and one image."""

    target_class = "images.api.views.images.ImageViewSet"
    tag = "Images"
    operations = {
        "list": operation(
            "List images",
            {200: answer("One page of images.", IMAGES)},
            {403: "Without a role that may list."},
            parameters=[*FILTERS, *PAGING],
        ),
        "create": operation(
            "Create an image",
            {201: answer("The record; its data come later.", IMAGE)},
            {
                403: "Not permitted, or a field that only the service sets.",
                409: "The id is taken, also by an image that was deleted.",
                413: TOO_MANY,
            },
            body={JSON: NEW_IMAGE},
            parameters=[
                answered("Location", "The image's address", 201),
                answered("OpenStack-image-store-ids", "The stores, comma-separated", 201),
            ],
        ),
        "retrieve": operation(
            "Show an image",
            {200: answer("The image.", IMAGE)},
            {404: ABSENT},
            parameters=[IMAGE_ID],
        ),
        "partial_update": operation(
            "Change an image",
            {200: answer("The whole image as it is now.", IMAGE)},
            {
                403: "Not permitted, or a field that only the service sets.",
                404: ABSENT,
                409: "A key that is there already, or is not there.",
                413: TOO_MANY,
                415: "Not a media type of patches; `Accept-Patch` names both.",
            },
            body=PATCHES,
            parameters=[IMAGE_ID, answered("Accept-Patch", "The media types of patches", 415)],
        ),
        "destroy": operation(
            "Delete an image",
            {
                204: answer(
                    "The image is gone, and its data; or in the trash, if the operator says so."
                )
            },
            {
                403: "Not permitted, or the image is protected.",
                404: ABSENT,
                409: "A clone or a snapshot needs its data.",
            },
            parameters=[IMAGE_ID],
        ),
        "deactivate": operation(
            "Deactivate an image",
            {204: answer("Its data are shut, except for administrators.")},
            {403: "Not permitted, or the image is not active.", 404: ABSENT},
            parameters=[IMAGE_ID],
        ),
        "reactivate": operation(
            "Reactivate an image",
            {204: answer("Its data are served again.")},
            {403: "Not permitted, or the image has no data.", 404: ABSENT},
            parameters=[IMAGE_ID],
        ),
    }


class Tags(DescribedView):
    """/v2/images/{image_id}/tags/{tag}."""

    target_class = "images.api.views.tags.TagView"
    tag = "Tags"
    path = [IMAGE_ID, in_path("tag", "The tag", maxLength=255)]
    operations = {
        "put": operation(
            "Add a tag",
            {204: answer("The image has the tag.")},
            {403: NOT_PERMITTED, 404: ABSENT, 413: TOO_MANY},
        ),
        "delete": operation(
            "Remove a tag",
            {204: answer("The image has the tag no more.")},
            {403: NOT_PERMITTED, 404: "There is no such image or tag."},
        ),
    }
