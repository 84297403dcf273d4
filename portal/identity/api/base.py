"""What the Identity API's views have in common: a token, one JSON object in, one out."""

from __future__ import annotations

from typing import Any, cast

from django.conf import settings
from django.utils.cache import patch_vary_headers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from images.actors import Actor
from images.api.body import check_address, check_text, read_json
from images.api.negotiation import OnlyJSON
from images.api.renderer import QuickJSONRenderer
from portal.configuration.keystone import KEYSTONE
from portal.identity.api.errors import answer
from portal.identity.api.schemas import Schema
from portal.identity.authentication import TokenAuthentication
from portal.identity.errors import NotPermitted, Unknown
from portal.identity.models import User
from portal.identity.permissions import is_operator


class IdentityView(APIView):
    """A view under /identity: JSON whatever `Accept` says, never kept by a cache."""

    authentication_classes = [TokenAuthentication]
    renderer_classes = [QuickJSONRenderer]
    content_negotiation_class = OnlyJSON
    metadata_class = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        if settings.IDENTITY == KEYSTONE:
            raise NotFound(f"This cloud logs in at {settings.KEYSTONE['PUBLIC_URL']}.")
        super().initial(request, *args, **kwargs)
        check_address(request)

    def get_exception_handler(self) -> Any:
        return answer

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        response = super().finalize_response(request, response, *args, **kwargs)
        patch_vary_headers(response, ["X-Auth-Token"])
        response["Cache-Control"] = "no-store"
        return response

    @property
    def actor(self) -> Actor:
        """Who asks."""
        return cast("Actor", self.request.auth)

    @property
    def user(self) -> User:
        """The row of who asks."""
        return cast("User", self.request.user)

    def body(self, schema: Schema) -> dict[str, Any]:
        """Return the request's JSON object, of the shape of *schema*."""
        return schema.checked(read_json(self.request))

    def named_user(self, user_id: str) -> User:
        """Return the user of the address: oneself, or for an administrator anybody.

        Everybody else learns nothing, not even whether there is one (`NotPermitted`).
        """
        if user_id == self.actor.user:
            return self.user
        if not is_operator(self.actor):
            raise NotPermitted
        found = User.objects.filter(public_id=user_id).first()
        if found is None:
            raise Unknown(f"Could not find user: {user_id}.")
        return found

    def asked(self, key: str) -> str | None:
        """Return what the query string says of *key*, if anything."""
        value = self.request.query_params.get(key)
        check_text(value)
        return value


class PublicView(IdentityView):
    """A view that asks nobody who they are."""

    authentication_classes = []
    permission_classes = []
