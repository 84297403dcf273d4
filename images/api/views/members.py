"""/v2/images/{image_id}/members: with whom an image is shared."""

from __future__ import annotations

from http import HTTPStatus

from rest_framework.request import Request
from rest_framework.response import Response

from images.api.base import ApiView
from images.api.representation import show_member
from images.lifecycle.members import (
    answer_share,
    find_member,
    members_for,
    share_image,
    unshare_image,
)


class MemberListView(ApiView):
    """All members of one image."""

    def get(self, request: Request, image_id: str) -> Response:
        """List the members that the actor may see."""
        members = members_for(self.image(), actor=self.actor)
        shown = [show_member(member) for member in members]
        return Response({"members": shown, "schema": "/v2/schemas/members"})

    def post(self, request: Request, image_id: str) -> Response:
        """Share the image with a project; answers 200, as the reference does."""
        project = self.json_text("member")
        member = share_image(self.image(), actor=self.actor, project=project)
        return Response(show_member(member))


class MemberView(ApiView):
    """One member of one image."""

    def get(self, request: Request, image_id: str, project: str) -> Response:
        """Show one member; an image that is not shared has none."""
        return Response(show_member(find_member(self.image(), actor=self.actor, project=project)))

    def put(self, request: Request, image_id: str, project: str) -> Response:
        """Set the member's answer."""
        answer = self.json_text("status")
        member = answer_share(self.image(), actor=self.actor, project=project, answer=answer)
        return Response(show_member(member))

    def delete(self, request: Request, image_id: str, project: str) -> Response:
        """Take the share back."""
        unshare_image(self.image(), actor=self.actor, project=project)
        return Response(status=HTTPStatus.NO_CONTENT)
