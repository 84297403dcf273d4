"""What has run out is cleared away: it opens nothing, and would only fill the tables."""

from __future__ import annotations

from importlib import import_module

from django.conf import settings

from portal.identity.invitations import clear_invitations
from portal.identity.models import SignInLink, Token


def clear_expired() -> None:
    """Delete tokens, sign-in links, invitations and sessions that have expired.

    Application credentials stay: their owner sees them as expired, and may renew them.
    """
    Token.objects.expired().delete()
    SignInLink.objects.expired().delete()
    clear_invitations()
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
