"""With whom an image is shared, for OpenAPI."""

from __future__ import annotations

from images.api.openapi.components import MEMBER, MEMBERS, TEXT, fixed
from images.api.openapi.operation import ABSENT, TOO_MANY, DescribedView, answer, operation
from images.api.openapi.parameters import IMAGE_ID, JSON, in_path
from images.states import MemberStatus


class MemberList(DescribedView):
    """/v2/images/{image_id}/members."""

    target_class = "images.api.views.members.MemberListView"
    tag = "Members"
    path = [IMAGE_ID]
    operations = {
        "get": operation(
            "List members",
            {200: answer("The owner sees all, a member itself.", MEMBERS)},
            {403: "The image is not shared.", 404: ABSENT},
        ),
        "post": operation(
            "Add a member",
            {200: answer("The share, which waits for an answer.", MEMBER)},
            {
                403: "Not permitted, or the image is not shared.",
                404: ABSENT,
                409: "Shared with it already.",
                413: TOO_MANY,
            },
            body={JSON: fixed(member=TEXT | {"minLength": 1, "description": "A project's id"})},
        ),
    }


class Member(DescribedView):
    """/v2/images/{image_id}/members/{project}."""

    target_class = "images.api.views.members.MemberView"
    tag = "Members"
    path = [IMAGE_ID, in_path("project", "The member: a project's id")]
    operations = {
        "get": operation(
            "Show a member",
            {200: answer("The member.", MEMBER)},
            {404: "There is no such image or member, or the image is not shared."},
        ),
        "put": operation(
            "Answer a share",
            {200: answer("The member with its answer.", MEMBER)},
            {403: "Not by the owner; only while shared.", 404: "There is no such member."},
            body={JSON: fixed(status={"enum": MemberStatus.values})},
        ),
        "delete": operation(
            "Remove a member",
            {204: answer("The image is not shared with it any more.")},
            {403: "Not permitted, or the image is not shared.", 404: "There is no such member."},
        ),
    }
