"""Failed log-ins are counted by django-axes, on every node together; too many must wait.

A password is counted for its name and address, so that nobody can lock a user out from elsewhere,
and for the address alone with a higher limit, so that one cannot try a password on every user. A
code of the second factor is counted for its user wherever it comes from: who tries one already
knows the password, and may have many addresses.
"""

from __future__ import annotations

import ipaddress
import math
from datetime import timedelta
from typing import Any

from axes.attempts import get_cool_off_threshold
from axes.handlers.proxy import AxesProxyHandler
from axes.helpers import get_cool_off, get_failure_limit
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.db.models import Max, QuerySet, Sum
from django.http import HttpRequest
from django.utils import timezone

from portal.identity.errors import BadCredentials, TooManyAttempts
from portal.identity.models import User
from portal.identity.sources import Source
from portal.requests import PortalRequest

COUNTED = "counted"  # the key of what is counted under a name that nobody can type
SECRETS = "(secret)"  # that name for wrong secrets of credentials
MAILS = "(mail)"  # for mails that strangers ask for
CODES = "(code) "  # before a user's public id: for wrong codes

Who = dict[str, str]

LONGEST_NAME = 150  # characters, as the user model says; no form of Django's stops a longer one


def check_password(username: str, password: str, *, request: HttpRequest) -> User:
    """Return whose password it is, or raise `BadCredentials` or `TooManyAttempts`.

    One password hash is computed whoever is asked for: unknown, disabled and wrong take equally
    long. No session is made, and failures from before are not forgotten.
    """
    attempt = _bare(request)
    # To say a source leaves out a Keystone, whose users get their tokens there.
    user = authenticate(attempt, username=username, password=password, source=Source.LOCAL)
    if isinstance(user, User):
        return user
    raise _refusal(attempt, {"username": username})


def note_login(user: User, *, request: HttpRequest) -> None:
    """Note that *user* logged in without a session; failures are forgotten."""
    user_logged_in.send(sender=User, request=_bare(request), user=user)


def refuse_password(username: str, *, request: HttpRequest) -> BadCredentials | TooManyAttempts:
    """Count a right password that is not enough as if it were wrong: nobody learns that it fits."""
    attempt, who = _bare(request), {"username": username}
    user_login_failed.send(sender=__name__, credentials=who, request=attempt)
    return _refusal(attempt, who)


def refuse_secret(*, request: HttpRequest) -> BadCredentials | TooManyAttempts:
    """Count a wrong secret against its address and return the refusal to raise.

    A right secret is never asked to wait: 256 bits are not guessed, and a neighbour's mistakes
    behind the same address must not lock it out.
    """
    attempt = _bare(request)
    who = {COUNTED: SECRETS}
    if AxesProxyHandler.is_allowed(attempt, who):
        user_login_failed.send(sender=__name__, credentials=who, request=attempt)
        return BadCredentials()
    return TooManyAttempts(seconds_to_wait(attempt, who))


def count_mail(*, request: HttpRequest) -> None:
    """Count a mail that this address asks for; raises `TooManyAttempts` for one too many."""
    attempt = _bare(request)
    who = {COUNTED: MAILS}
    if not AxesProxyHandler.is_allowed(attempt, who):
        raise TooManyAttempts(seconds_to_wait(attempt, who))
    # Not by the signal: nobody failed to log in.
    AxesProxyHandler.user_login_failed(sender=__name__, credentials=who, request=attempt)


def demand_patience(user: User, *, request: HttpRequest) -> None:
    """Raise `TooManyAttempts` if too many codes of *user* were wrong just now."""
    attempt, who = _bare(request), _codes_of(user)
    if not AxesProxyHandler.is_allowed(attempt, who):
        raise TooManyAttempts(seconds_to_wait(attempt, who))


def refuse_code(user: User, *, request: HttpRequest) -> BadCredentials | TooManyAttempts:
    """Count a wrong code against its user and return the refusal to raise."""
    attempt, who = _bare(request), _codes_of(user)
    user_login_failed.send(sender=__name__, credentials=who, request=attempt)
    return _refusal(attempt, who)


def _refusal(attempt: HttpRequest, who: Who) -> BadCredentials | TooManyAttempts:
    """Return what to raise after a failure was counted."""
    if getattr(attempt, "axes_locked_out", False):
        return TooManyAttempts(seconds_to_wait(attempt, who))
    return BadCredentials()


def forget_codes(user: User) -> None:
    """Forget the wrong codes of *user*, after a right one."""
    AccessAttempt.objects.filter(username=_codes_of(user)[COUNTED]).delete()


def _codes_of(user: User) -> Who:
    return {COUNTED: CODES + user.public_id, "username": user.username}


def sprayed(request: HttpRequest, who: Who | None) -> QuerySet[Any]:
    """Return the wrong passwords from the address of *request*; none where none is tried."""
    attempts: QuerySet[Any] = AccessAttempt.objects.all()
    if COUNTED in (who or {}):
        return attempts.none()
    since = get_cool_off_threshold(request)
    address = request.axes_ip_address  # type: ignore[attr-defined] # by django-axes
    recent = attempts.filter(ip_address=address, attempt_time__gte=since)
    return recent.exclude(username__startswith="(")


def sum_of(attempts: QuerySet[Any]) -> int:
    """Return how many failures *attempts* are."""
    return int(attempts.aggregate(sum=Sum("failures_since_start"))["sum"] or 0)


def seconds_to_wait(request: HttpRequest, who: Who) -> int:
    """Return how long *who* must wait here: until the last failure is forgotten."""
    AxesProxyHandler.update_request(request)
    own: QuerySet[Any]
    [own] = AxesProxyHandler.get_implementation().get_user_attempts(request, who)
    is_own = sum_of(own) >= get_failure_limit(request, who)
    failures = own if is_own else sprayed(request, who)
    last = failures.aggregate(last=Max("attempt_time"))["last"] or timezone.now()
    rest = last + (get_cool_off(request) or timedelta()) - timezone.now()
    return max(1, math.ceil(rest.total_seconds()))


def counted_name(request: HttpRequest, credentials: Who | None) -> str:
    """Return the name under which a failure is counted, cut to what the table of failures holds."""
    who = credentials or request.POST
    if credentials and COUNTED in credentials:
        return credentials[COUNTED]
    return (who.get("username") or "").lstrip("(")[:LONGEST_NAME]


def counted_by(request: HttpRequest, credentials: Who | None) -> list[str | list[str]]:
    """Return by what failures are summed up: codes by their user, all else by the address too."""
    is_code = counted_name(request, credentials).startswith(CODES)
    return ["username"] if is_code else [["username", "ip_address"]]


def counted_address(request: HttpRequest) -> str | None:
    """Return what an address is counted by; of IPv6 the network that one customer has whole."""
    address = client_address(request)
    if address is None or ":" not in address:
        return address
    return str(ipaddress.ip_network(f"{address.partition('%')[0]}/64", strict=False)[0])


def client_address(request: HttpRequest) -> str | None:
    """Return who sent *request*; the named proxy's word for it, nobody else's, is believed."""
    sender: str = request.META.get("REMOTE_ADDR", "")
    if settings.TRUSTED_PROXY and sender == settings.TRUSTED_PROXY:
        forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
        return forwarded if is_address(forwarded) else sender
    return sender or None


def is_address(text: str) -> bool:
    """Tell whether *text* is the address of a machine, of either version."""
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
