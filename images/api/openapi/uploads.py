"""Uploads in pieces, for OpenAPI; the protocol is tus 1.0 (tus.io/protocols/resumable-upload)."""

from __future__ import annotations

from drf_spectacular.types import OpenApiTypes

from images.api import tus
from images.api.openapi.components import TEXT, component, fixed, listed
from images.api.openapi.operation import (
    ABSENT,
    NOT_PERMITTED,
    TOO_MANY,
    DescribedView,
    answer,
    operation,
)
from images.api.openapi.parameters import answered, in_header, in_path

NUMBER = "^[0-9]{1,18}$"
ENDED = "It was cancelled, it expired, or its image was deleted or given other data."
OTHER_VERSION = f"The header Tus-Resumable is not {tus.VERSION}."
OTHER_TYPE = f"Not {tus.PIECE}, or content that is not of the declared disk format."
SPOKEN = in_header("Tus-Resumable", "The version of the protocol", enum=[tus.VERSION])
SUM = in_header(tus.CHECKSUM, "An algorithm and the sum of this piece in base64")
TOLD_LENGTH = in_header(tus.LENGTH, "All bytes, if they are told only now", pattern=NUMBER)
STANDING = [
    answered(tus.OFFSET, "How many bytes are confirmed"),
    answered("Upload-Expires", "When it is undone unless a byte comes"),
]
REFUSALS = {
    403: NOT_PERMITTED,
    404: "There is no such upload, or another person began it.",
    409: "The upload is at another byte, or its image in another state.",
    410: ENDED,
    412: OTHER_VERSION,
    413: TOO_MANY,
    415: OTHER_TYPE,
    423: "Another request writes it, or died a moment ago.",
    460: "The piece does not hash to its sum; nothing of it is kept.",
}
UPLOAD_ID = in_path("upload_id", "The upload's id", format="uuid")
NULLABLE_NUMBER = {"type": ["integer", "null"]}
UNFINISHED = component(
    "UnfinishedUpload",
    fixed(
        id=TEXT,
        url=TEXT,
        image=TEXT,
        name=TEXT,
        image_url=TEXT,
        size=NULLABLE_NUMBER,
        offset={"type": "integer"},
        filename=TEXT,
        fingerprint=TEXT,
        expires_at={"type": "string", "format": "date-time"},
        parts={"type": "boolean"},
        parts_urls=listed(TEXT),
    ),
)


class Uploads(DescribedView):
    """/uploads."""

    target_class = "images.api.views.uploads.UploadsView"
    tag = "Uploads"
    operations = {
        "post": operation(
            "Begin an upload",
            {201: answer("It waits for its bytes; those that came along are kept.")},
            REFUSALS | {404: ABSENT},
            body={tus.PIECE: OpenApiTypes.BINARY},
            parameters=[
                SPOKEN,
                in_header(tus.LENGTH, "All bytes that will come", pattern=NUMBER),
                in_header(tus.DEFER, "The length is told later", enum=["1"]),
                in_header(
                    tus.METADATA,
                    "Keys with values in base64: `image`, or `disk_format`, `container_format`, "
                    "`name` and `visibility` of one that is made; `store`, `checksum`, `filename`, "
                    "`fingerprint`; of a part `offset` and `size`",
                ),
                in_header(tus.CONCAT, "`partial`, or `final;` and the addresses of the parts"),
                SUM,
                answered("Location", "The address of the upload", 201),
                *STANDING,
            ],
        ),
    }


class Upload(DescribedView):
    """/uploads/{upload_id}."""

    target_class = "images.api.views.uploads.UploadView"
    tag = "Uploads"
    path = [UPLOAD_ID]
    operations = {
        "patch": operation(
            "Go on with an upload",
            {204: answer("The bytes are kept; after the last ones the image is active.")},
            REFUSALS,
            body={tus.PIECE: OpenApiTypes.BINARY},
            parameters=[
                SPOKEN,
                in_header(tus.OFFSET, "Where the bytes begin", pattern=NUMBER),
                TOLD_LENGTH,
                SUM,
                *STANDING,
            ],
        ),
        "delete": operation(
            "Cancel an upload",
            {204: answer("Nothing of it is kept; the image waits for other data.")},
            {status: REFUSALS[status] for status in (403, 404, 410, 412)},
            parameters=[SPOKEN],
        ),
        "post": operation(
            "Act on an upload by a plain request",
            {
                200: answer("As of a HEAD."),
                204: answer("As of a PATCH or a DELETE."),
            },
            REFUSALS | {405: "The header X-HTTP-Method-Override names no other method."},
            body={tus.PIECE: OpenApiTypes.BINARY},
            parameters=[
                SPOKEN,
                in_header(
                    "X-HTTP-Method-Override", "What is meant", enum=["PATCH", "DELETE", "HEAD"]
                ),
                in_header(tus.OFFSET, "Where the bytes begin", pattern=NUMBER),
                TOLD_LENGTH,
                SUM,
            ],
        ),
    }


class Unfinished(DescribedView):
    """/api/uploads."""

    target_class = "images.api.views.uploads.UnfinishedView"
    tag = "Uploads"
    operations = {
        "get": operation(
            "List unfinished uploads",
            {200: answer("One's own in the project.", fixed(uploads=listed(UNFINISHED)))},
        ),
    }
