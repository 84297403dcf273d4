"""The second factor: what a user has to show beside the password, and whether a code is right."""

from __future__ import annotations

from typing import Any, cast
from urllib.parse import urlsplit

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from allauth.mfa.utils import decrypt
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest

from images.actors import ADMIN, Actor, with_implied
from images.lifecycle.transactions import retried
from portal.identity.events import record_user
from portal.identity.models import Session, User
from portal.identity.permissions import demand_operator
from portal.identity.throttling import demand_patience, forget_codes, is_address, refuse_code

APP = Authenticator.Type.TOTP
PASSKEY = Authenticator.Type.WEBAUTHN
RECOVERY = Authenticator.Type.RECOVERY_CODES
LAST = "last_counter"  # the key of an app's newest used code, which opens nothing again


def authenticators_of(user: User) -> list[Authenticator]:
    """Return what *user* has set up, oldest first; one query."""
    return list(Authenticator.objects.filter(user=user).order_by("created_at", "pk"))


def shown_second_factor(request: HttpRequest) -> dict[str, Any]:
    """Return what the page of the account shows of the second factor of who asks."""
    mine = authenticators_of(cast("User", request.user))
    return {
        "authenticators": mine,
        "has_app": any(one.type == APP for one in mine),
        "can_have_passkey": can_have_passkey(request),
    }


def can_have_passkey(request: HttpRequest) -> bool:
    """Tell whether a browser would keep a passkey for this site: it must be reached by a name."""
    host = urlsplit(f"//{request.get_host()}").hostname
    return host is not None and not is_address(host)


def has_second_factor(user: User) -> bool:
    """Tell whether *user* must show more than a password; recovery codes alone are none."""
    return bool(Authenticator.objects.filter(user=user, type__in=(APP, PASSKEY)).exists())


def must_have_second_factor(user: User) -> bool:
    """Tell whether a role that *user* has anywhere asks for one (`VITRINE_REQUIRE_MFA`)."""
    asking = set(settings.REQUIRE_MFA)
    if not asking:
        return False
    held = user.memberships.filter(project__enabled=True).values_list("role", flat=True)
    roles = with_implied(*held, *([ADMIN] if user.is_administrator else []))
    return bool(asking & roles)


def lacks_second_factor(user: User) -> bool:
    """Tell whether *user* must set one up before anything else."""
    return bool(settings.REQUIRE_MFA) and (
        not has_second_factor(user) and must_have_second_factor(user)
    )


@retried
@transaction.atomic
def remove_second_factor(user: User, *, actor: Actor) -> None:
    """Let *user* in by password alone again, who has lost everything; sessions end."""
    demand_operator(actor)
    Authenticator.objects.filter(user=user).delete()
    Session.objects.filter(user=user).delete()
    forget_codes(user)
    record_user("remove_second_factor", user, actor)


def use_code(
    user: User, code: str, *, request: HttpRequest, kinds: tuple[str, ...] = (APP, RECOVERY)
) -> Authenticator:
    """Return which of the user's *kinds* of authenticators *code* is of, and use it up.

    Raises `BadCredentials`, `TooManyAttempts`. Of two who show the same code at once one is let in.
    """
    demand_patience(user, request=request)
    found = _used(user, code, kinds)
    if found is None:
        raise refuse_code(user, request=request)
    forget_codes(user)
    return found


@retried
@transaction.atomic
def _used(user: User, code: str, kinds: tuple[str, ...]) -> Authenticator | None:
    mine = Authenticator.objects.filter(user=user, type__in=kinds).select_for_update()
    for authenticator in mine.order_by("pk"):
        fits = _fits_app if authenticator.type == APP else _fits_recovery
        if fits(authenticator, code):
            return authenticator
    return None


def _fits_recovery(authenticator: Authenticator, code: str) -> bool:
    return bool(authenticator.wrap().validate_code(code))


def _fits_app(authenticator: Authenticator, code: str) -> bool:
    """Compare with the codes of now, and remember the one that fits (RFC 6238, section 5.2)."""
    secret, newest = decrypt(authenticator.data["secret"]), authenticator.data.get(LAST, -1)
    for counter in yield_hotp_counters_from_time():
        expected = format_hotp_value(hotp_value(secret, counter))
        if counter > newest and compare_user_code(actual=code, expected=expected):
            authenticator.data[LAST] = counter
            authenticator.save(update_fields=["data"])
            return True
    return False
