"""/api/images/{image_id}/grants: who was granted what on one image, by name.

The portal answers here and not `images`, which knows users, groups and projects by keys alone.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from http import HTTPStatus
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from images.api.base import ApiView
from images.api.errors import BadRequest
from images.lifecycle.grants import grant_image, grants_for, revoke_grant
from images.models import Image
from images.models.grant import Grant, Grantee
from images.permissions import permit
from images.states import GranteeKind
from images.times import read_time, stamp
from portal.identity.authentication import http_refusals
from portal.sharing.grantees import find_grantee, grant_named, grantees_of

FIELDS = frozenset({"rights", "expires_at"})


class GrantListView(ApiView):
    """All grants on one image."""

    def get(self, request: Request, image_id: str) -> Response:
        """List the grants that the actor may see."""
        named = grantees_of(grants_for(self.image(), actor=self.actor))
        return Response({"grants": [show_grant(grant, to) for grant, to in named.items()]})

    def post(self, request: Request, image_id: str) -> Response:
        """Grant rights; whoever may not share learns nothing of names."""
        image, body = self.image(), self.json_object()
        permit(self.actor, "share", image)
        to = _grantee_in(body)
        grant = _given(image, self, to, body, rights=_rights_in(body))
        return Response(show_grant(grant, to), status=HTTPStatus.CREATED)


class GrantView(ApiView):
    """What one grantee was granted on one image."""

    def named(self) -> tuple[Grant, Grantee]:
        """Return the grant of the address, with its grantee."""
        kind, name = self.kwargs["kind"], self.kwargs["name"]
        return grant_named(self.image(), actor=self.actor, kind=kind, name=name)

    def get(self, request: Request, image_id: str, kind: str, name: str) -> Response:
        """Show it."""
        return Response(show_grant(*self.named()))

    def patch(self, request: Request, image_id: str, kind: str, name: str) -> Response:
        """Change rights, end or both; what is not named stays."""
        (grant, to), body = self.named(), self.json_object()
        _refuse_unknown(body, FIELDS)
        rights = _rights_in({"rights": grant.shown_rights} | body)
        grant = _given(
            grant.image, self, to, {"expires_at": grant.expires_at} | body, rights=rights
        )
        return Response(show_grant(grant, to))

    def delete(self, request: Request, image_id: str, kind: str, name: str) -> Response:
        """Take it."""
        grant, to = self.named()
        revoke_grant(grant.image, actor=self.actor, to=to)
        return Response(status=HTTPStatus.NO_CONTENT)


def show_grant(grant: Grant, to: Grantee) -> dict[str, Any]:
    """Return *grant*, which is *to*'s, as the API shows it."""
    return {
        "grantee": {"type": to.kind.value, "id": to.id, "name": to.name},
        "rights": grant.shown_rights,
        "expires_at": stamp(grant.expires_at) if grant.expires_at else None,
        "has_ended": grant.has_ended,
        "granted_at": stamp(grant.granted_at),
        "granted_by": grant.granted_by,
        "self": f"/api/images/{grant.image.pk}/grants/{to.kind.value}/{to.id}",
    }


def _given(
    image: Image, view: ApiView, to: Grantee, body: dict[str, Any], *, rights: list[str]
) -> Grant:
    end = _end_in(body)
    return grant_image(image, actor=view.actor, to=to, rights=rights, expires_at=end)


def _grantee_in(body: dict[str, Any]) -> Grantee:
    _refuse_unknown(body, FIELDS | set(GranteeKind.values))
    named = [(kind, body[kind]) for kind in GranteeKind.values if kind in body]
    if len(named) != 1 or not isinstance(named[0][1], str):
        raise BadRequest("The body must have one of 'user', 'group' and 'project', a name or id.")
    kind, name = named[0]
    with http_refusals():  # a Keystone that should know the name may not answer
        return find_grantee(kind, name)


def _rights_in(body: dict[str, Any]) -> list[str]:
    rights = body.get("rights")
    if not isinstance(rights, list) or not all(isinstance(right, str) for right in rights):
        raise BadRequest("The body must have 'rights', a list of texts.")
    return rights


def _end_in(body: dict[str, Any]) -> datetime | None:
    end = body.get("expires_at")
    if end is None or isinstance(end, datetime):
        return end
    with suppress(ValueError):
        if isinstance(end, str):
            return read_time(end)
    raise BadRequest("'expires_at' must be a time like 2030-12-31T23:59:59Z, or null.")


def _refuse_unknown(body: dict[str, Any], known: frozenset[str] | set[str]) -> None:
    if unknown := body.keys() - known:
        raise BadRequest(f"'{min(unknown)}' is not known here: {', '.join(sorted(known))} are.")
