"""What django-allauth asks of the project: where to go, who is asked again, how secrets lie."""

from __future__ import annotations

import base64
from datetime import timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from portal.configuration.keystone import BACKEND as KEYSTONES
from portal.identity.forms import REFUSED
from portal.identity.models import User
from portal.identity.session_store import SIGNED_IN_AT
from portal.identity.sessions import note_place
from portal.identity.throttling import client_address

OURS = "portal.identity.backends.PeopleBackend"
FRESH = timedelta(minutes=5)  # after signing in nobody is asked again before a change


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc] # the library has no types
    """The steps of a log-in."""

    def get_login_stages(self) -> list[str]:
        """Return the steps after the password, or after whatever stands in its place."""
        return ["allauth.mfa.stages.AuthenticateStage"]

    def login(self, request: HttpRequest, user: User) -> None:
        """Sign *user* in; between the steps the backend was forgotten."""
        user.backend = KEYSTONES if user.is_shadow else OURS
        super().login(request, user)
        note_place(request)

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        """Refuse who is suspended in the words of any other refusal."""
        messages.error(request, str(REFUSED))
        return redirect("login")

    def is_safe_url(self, url: str | None) -> bool:
        """Tell whether *url* is a path of this site."""
        path = url or ""
        return path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None)

    def is_reauthentication_required(self, **kwargs: Any) -> bool:
        """Tell whether to ask again who it is: not right after signing in."""
        return super().is_reauthentication_required(**kwargs) and not _is_fresh(context.request)

    def get_reauthentication_methods(self, user: User) -> list[dict[str, Any]]:
        """Return how to ask; who came without a password, and has no other means, signs in anew."""
        again = {
            "id": "sign_in_again",
            "description": _("Sign in again"),
            "url": reverse("sign-in-again"),
        }
        return super().get_reauthentication_methods(user) or [again]

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the address that the rest of the portal knows, too."""
        return client_address(request) or ""


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc] # the library has no types
    """What an authenticator is called, and how its secret is kept."""

    def get_totp_issuer(self) -> str:
        """Return what the app shows: several portals must not look alike."""
        return f"Vitrine {urlsplit(settings.PUBLIC_URL).hostname}"

    def _get_user_identifier(self, user: User) -> str:
        return str(user)

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:  # noqa: A002 -- the library's own
        """Return a name to begin with."""
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return _("Passkey %(number)d") % {"number": number}

    def encrypt(self, text: str) -> str:
        """Return *text* as the database may keep it: who reads a backup cannot make codes."""
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return what was encrypted, also under a secret key from before."""
        return _cipher().decrypt(encrypted_text.encode()).decode()


def _is_fresh(request: HttpRequest) -> bool:
    at = parse_datetime(request.session.get(SIGNED_IN_AT, ""))
    return at is not None and timezone.now() - at < FRESH


def _cipher() -> MultiFernet:
    keys = [str(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    digests = [sha256(f"second factor:{key}".encode()).digest() for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
