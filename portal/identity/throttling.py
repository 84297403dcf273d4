"""Failed log-ins are counted per name and address, by django-axes; too many must wait."""

from __future__ import annotations

import ipaddress
import math
from datetime import timedelta

from axes.handlers.proxy import AxesProxyHandler
from axes.helpers import get_cool_off
from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.db.models import Max
from django.http import HttpRequest
from django.utils import timezone

from portal.identity.errors import BadCredentials, TooManyAttempts
from portal.identity.models import User
from portal.requests import PortalRequest

SECRETS = (
    "(secret)"  # under this name wrong secrets of credentials are counted; no user can have it
)

LONGEST_NAME = 150  # characters, as the user model says; no form of Django's stops a longer one


def login_by_password(username: str, password: str, *, request: HttpRequest) -> User:
    """Return the user, or raise `BadCredentials` or `TooManyAttempts`.

    One password hash is computed whoever is asked for: unknown, disabled and wrong take equally
    long. No session is made.
    """
    attempt = _bare(request)
    user = authenticate(attempt, username=username, password=password)
    if isinstance(user, User):
        user_logged_in.send(sender=User, request=attempt, user=user)
        return user
    if getattr(attempt, "axes_locked_out", False):
        raise TooManyAttempts(seconds_to_wait(attempt, username))
    raise BadCredentials


def refuse_secret(*, request: HttpRequest) -> BadCredentials | TooManyAttempts:
    """Count a wrong secret against its address and return the refusal to raise.

    A right secret is never asked to wait: 256 bits are not guessed, and a neighbour's mistakes
    behind the same address must not lock it out.
    """
    attempt = _bare(request)
    who = {"username": SECRETS}
    if AxesProxyHandler.is_allowed(attempt, who):
        user_login_failed.send(sender=__name__, credentials=who, request=attempt)
        return BadCredentials()
    return TooManyAttempts(seconds_to_wait(attempt, SECRETS))


def seconds_to_wait(request: HttpRequest, username: str) -> int:
    """Return how long *username* must wait at this address: until its last failure is forgotten."""
    failures = AxesProxyHandler.get_implementation().get_user_attempts(
        request, {"username": username}
    )
    last = max(
        (tries.aggregate(last=Max("attempt_time"))["last"] or timezone.now() for tries in failures),
        default=timezone.now(),
    )
    rest = last + (get_cool_off(request) or timedelta()) - timezone.now()
    return max(1, math.ceil(rest.total_seconds()))


def counted_name(request: HttpRequest, credentials: dict[str, str] | None) -> str:
    """Return the name under which a failure is counted, cut to what the table of failures holds."""
    return ((credentials or request.POST).get("username") or "")[:LONGEST_NAME]


def client_address(request: HttpRequest) -> str | None:
    """Return who sent *request*; the named proxy's word for it, nobody else's, is believed."""
    sender: str = request.META.get("REMOTE_ADDR", "")
    if settings.TRUSTED_PROXY and sender == settings.TRUSTED_PROXY:
        forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
        return forwarded if _is_address(forwarded) else sender
    return sender or None


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _bare(request: HttpRequest) -> HttpRequest:
    """Return a request that knows only where it came from.

    django-axes reads the form of what it gets, and with it a body that belongs to somebody else.
    """
    bare = PortalRequest()
    bare.META = request.META
    bare.request_id = str(getattr(request, "request_id", ""))
    bare.method = request.method
    bare.path = request.path
    return bare
