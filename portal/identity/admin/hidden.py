"""Tables of libraries that the admin does not show: their rows are changed by acts alone."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.contrib import admin

HIDDEN = (Authenticator, EmailAddress, SocialAccount, SocialApp, SocialToken)


def hide() -> None:
    """Take them from the admin, after every app has put in its own."""
    for model in HIDDEN:
        if admin.site.is_registered(model):
            admin.site.unregister(model)
