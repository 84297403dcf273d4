"""/v2/images/{image_id}/members: with whom an image is shared."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from rest_framework.response import Response

from images.api.base import ApiView
from images.api.errors import BadRequest
from images.api.representation import MemberSerializer
from images.errors import NotShared, NotVisible
from images.lifecycle.members import (
    answer_share,
    find_member,
    members_for,
    share_image,
    unshare_image,
)

if TYPE_CHECKING:
    from rest_framework.request import Request


class MemberListView(ApiView):
    """All members of one image."""

    def get(self, request: Request, image_id: str) -> Response:  # noqa: ARG002 -- DRF's shape
        """List the members that the actor may see."""
        members = members_for(self.image(), actor=self.actor)
        shown = MemberSerializer(members, many=True).data
        return Response({"members": shown, "schema": "/v2/schemas/members"})

    def post(self, request: Request, image_id: str) -> Response:  # noqa: ARG002 -- DRF's shape
        """Share the image with a project; answers 200, as the reference does."""
        project = self.text_of("member")
        member = share_image(self.image(), actor=self.actor, project=project)
        return Response(MemberSerializer(member).data)

    def text_of(self, key: str) -> str:
        """Return the text under *key* of the body."""
        value = self.json_object().get(key)
        if not isinstance(value, str) or not value:
            raise BadRequest(f"The body must have '{key}', a text.")
        return value


class MemberView(MemberListView):
    """One member of one image."""

    def get(self, request: Request, image_id: str, project: str) -> Response:  # noqa: ARG002 -- DRF's shape
        """Show one member; an image that is not shared has none."""
        try:
            member = find_member(self.image(), actor=self.actor, project=project)
        except NotShared as trouble:
            raise NotVisible(str(trouble)) from trouble
        return Response(MemberSerializer(member).data)

    def put(self, request: Request, image_id: str, project: str) -> Response:  # noqa: ARG002 -- DRF's shape
        """Set the member's answer."""
        answer = self.text_of("status")
        member = answer_share(self.image(), actor=self.actor, project=project, answer=answer)
        return Response(MemberSerializer(member).data)

    def delete(self, request: Request, image_id: str, project: str) -> Response:  # noqa: ARG002 -- DRF's shape
        """Take the share back."""
        unshare_image(self.image(), actor=self.actor, project=project)
        return Response(status=HTTPStatus.NO_CONTENT)
