"""How an image's data go in and out, for OpenAPI."""

from __future__ import annotations

from drf_spectacular.types import OpenApiTypes

from images.api.openapi.operation import ABSENT, NOT_PERMITTED, DescribedView, answer, operation
from images.api.openapi.parameters import IMAGE_ID, OLD_RANGE, PREFER, RANGE, SIZE, STORE, answered
from images.api.views.data import OCTETS


class Data(DescribedView):
    """/v2/images/{image_id}/file."""

    target_class = "images.api.views.data.DataView"
    tag = "Data"
    path = [IMAGE_ID]
    operations = {
        "put": operation(
            "Upload data",
            {204: answer("The data are hashed and safe, and the image is active.")},
            {
                403: NOT_PERMITTED,
                404: ABSENT,
                409: "The image is not queued, or has data already.",
                410: "The image was deleted meanwhile.",
                413: "More than the largest image, the project's limit or the store's room.",
                415: f"Not {OCTETS}, or content that is not of the declared disk format.",
            },
            body={OCTETS: OpenApiTypes.BINARY},
            parameters=[SIZE, STORE],
        ),
        "get": operation(
            "Download data",
            {
                (200, OCTETS): answer("All of the data.", OpenApiTypes.BINARY),
                204: answer("There are no data yet."),
                (206, OCTETS): answer("The range that was asked for.", OpenApiTypes.BINARY),
            },
            {
                403: "Not permitted, or the image is deactivated.",
                404: ABSENT,
                416: "A range that the image does not have.",
            },
            parameters=[
                PREFER,
                RANGE,
                OLD_RANGE,
                answered("Content-MD5", "md5 of all of the data, hexadecimal", 200, 206),
                answered("Content-Range", "Which range this is, of how many bytes", 206, 416),
                answered("ETag", "What the data are, for `If-Range`", 200, 206),
                answered("Accept-Ranges", "The unit of ranges", 200, 206),
            ],
        ),
    }
