"""/api/images/{image_id}/links: download links for people without an account."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from http import HTTPStatus
from typing import Any
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from images.api.base import ApiView
from images.api.errors import BadRequest
from images.errors import NotVisible
from images.lifecycle.links import MOST_USES, NewLink, links_of, make_link, revoke_link
from images.models import Link
from images.times import read_time, stamp
from portal.sharing.links import address_of

KEYS = frozenset({"note", "expires_at", "max_uses"})


class LinkListView(ApiView):
    """All links to one image."""

    def get(self, request: Request, image_id: str) -> Response:
        """List them, without what would open them."""
        links = links_of(self.image(), actor=self.actor)
        return Response({"links": [show_link(link) for link in links]})

    def post(self, request: Request, image_id: str) -> Response:
        """Make one; its address is told this once."""
        secret, link = make_link(self.image(), wanted(self.json_object()), actor=self.actor)
        shown = show_link(link) | {"url": address_of(secret)}
        return Response(shown, status=HTTPStatus.CREATED)


class LinkView(ApiView):
    """One link."""

    def get(self, request: Request, image_id: str, link_id: str) -> Response:
        """Show it, without what would open it."""
        return Response(show_link(self.link()))

    def delete(self, request: Request, image_id: str, link_id: str) -> Response:
        """Revoke it; its row stays to be seen for a while."""
        revoke_link(self.link(), actor=self.actor)
        return Response(status=HTTPStatus.NO_CONTENT)

    def link(self) -> Link:
        """Return the link of the address, or raise `NotVisible`."""
        links = links_of(self.image(), actor=self.actor)
        try:
            return links.get(pk=UUID(self.kwargs["link_id"]))
        except (Link.DoesNotExist, ValueError):
            raise NotVisible("There is no such link.") from None


def show_link(link: Link) -> dict[str, Any]:
    """Return *link* as our REST tells it."""
    return {
        "id": str(link.pk),
        "image_id": str(link.image_id),
        "note": link.note,
        "prefix": link.secret_prefix,
        "user_id": link.user.public_id,
        "project_id": link.project,
        "created_at": stamp(link.created_at),
        "expires_at": stamp(link.expires_at),
        "revoked_at": link.revoked_at and stamp(link.revoked_at),
        "last_used_at": link.last_used_at and stamp(link.last_used_at),
        "max_uses": link.max_uses,
        "uses": link.uses,
    }


def wanted(body: dict[str, Any]) -> NewLink:
    """Return the link that *body* asks for. Raises `BadRequest`."""
    if unknown := body.keys() - KEYS:
        raise BadRequest(f"A link has no {', '.join(sorted(unknown))}.")
    note, uses = body.get("note"), body.get("max_uses")
    if not isinstance(note, str | None):
        raise BadRequest("The field note must be a text.")
    if type(uses) not in {int, type(None)} or (uses and uses > MOST_USES):
        raise BadRequest(f"The field max_uses must be a whole number of 1 to {MOST_USES}.")
    return NewLink(note=note or "", expires_at=_time(body.get("expires_at")), max_uses=uses)


def _time(text: object) -> datetime | None:
    """Read a time, which without an offset is UTC."""
    if text is None:
        return None
    with suppress(ValueError):
        if isinstance(text, str):
            return read_time(text)
    raise BadRequest("The field expires_at must be a time such as 2030-01-31T12:00:00Z.")
