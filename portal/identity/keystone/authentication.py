"""How a request to an API says who sends it by a token of the Keystone."""

from __future__ import annotations

from django.conf import settings
from rest_framework.request import Request

from images.actors import Actor
from portal.configuration.keystone import BOTH
from portal.identity.actors import asking, shadow_actor
from portal.identity.authentication import TokenAuthentication, http_refusals, token_in
from portal.identity.errors import BadCredentials
from portal.identity.keys import is_token
from portal.identity.keystone import limits
from portal.identity.keystone.refresh import refresh_if_stale
from portal.identity.keystone.shadows import find_shadow
from portal.identity.keystone.tokens import KeystoneToken, check_token
from portal.identity.models import User

BILLED = frozenset({"POST", "PUT"})
"""Methods of the acts that a project's limits are asked for."""


class KeystoneAuthentication(TokenAuthentication):
    """A token of the Keystone, in the same headers.

    It takes one query, and a question to the Keystone now and then.
    """

    def authenticate(self, request: Request) -> tuple[User, Actor] | None:
        secret = token_in(request)
        if secret is None or (settings.IDENTITY == BOTH and is_token(secret)):
            return None
        with http_refusals():
            token = check_token(secret, request=request)
            user, actor = _standing(token)
            if settings.QUOTA_SOURCE and token.project and request.method in BILLED:
                limits.learn(token.project.id)
            vouched = token.is_vouched_for
            return user, asking(actor, request, token=token.mark, is_vouched_for=vouched)


def _standing(token: KeystoneToken) -> tuple[User, Actor]:
    """Return the user of *token* and who that is here, or raise `BadCredentials`."""
    user = find_shadow(token)
    if user and refresh_if_stale(user):
        user = find_shadow(token)
    project = token.project.id if token.project else None
    rows = getattr(user, "standing", None) or ()
    if user and (actor := shadow_actor(user, project=project, roles=token.roles, rows=rows)):
        return user, actor
    raise BadCredentials
