"""Who was let in, who was not, and who left, at every door: Django's own signals tell."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from images.actors import NOBODY, session_mark
from images.events import record_act
from portal.identity.actors import asking, unscoped_actor
from portal.identity.models import User

DOORS = {
    "/identity/": "token",
    "/accounts/sign-in/": "link",
    "/accounts/": "page",
    "/invitations/": "invitation",
    "/admin/": "page",
    "/v2": "basic",
}
"""What an event says of the place where somebody came in, by how its address begins."""


@receiver(user_logged_in, dispatch_uid="identity.record_login")
def record_login(sender: object, *, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Write that *user* came in."""
    _record("identity.login", request, user)


@receiver(user_logged_out, dispatch_uid="identity.record_logout")
def record_logout(
    sender: object, *, request: HttpRequest, user: User | None, **kwargs: Any
) -> None:
    """Write that *user* went, if somebody was there."""
    if user:
        _record("identity.logout", request, user)


@receiver(user_login_failed, dispatch_uid="identity.record_refusal")
def record_refusal(
    sender: object,
    *,
    credentials: dict[str, Any],
    request: HttpRequest | None = None,
    **kwargs: Any,
) -> None:
    """Write that somebody was refused, and whose name that was.

    A name that nobody has is not told: people type passwords there. Nor is who must wait anyhow,
    so that nobody can fill the table.
    """
    if request is None or getattr(request, "axes_locked_out", False):
        return
    name = str(credentials.get("username") or "")
    known = User.objects.filter(username=name).first() if "\0" not in name else None
    actor = asking(NOBODY, request)
    subject = known.public_id if known else ""
    record_act("identity.login_failed", actor, subject=subject, door=_door(request))


@receiver(authenticator_added, dispatch_uid="identity.record_factor_added")
def record_factor_added(
    sender: object, *, request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any
) -> None:
    """Write that *user* set up a kind of second factor."""
    _record("identity.second_factor.add", request, user, factor=authenticator.type)


@receiver(authenticator_removed, dispatch_uid="identity.record_factor_removed")
def record_factor_removed(
    sender: object, *, request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any
) -> None:
    """Write that *user* took it away again."""
    _record("identity.second_factor.remove", request, user, factor=authenticator.type)


@receiver(authenticator_reset, dispatch_uid="identity.record_factor_reset")
def record_factor_reset(
    sender: object, *, request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any
) -> None:
    """Write that *user* made new recovery codes."""
    _record("identity.second_factor.renew", request, user, factor=authenticator.type)


def _record(kind: str, request: HttpRequest, user: User, **details: Any) -> None:
    session = getattr(request, "session", None)
    mark = session_mark(session.session_key) if session is not None else ""
    actor = asking(unscoped_actor(user), request, token=mark)
    record_act(kind, actor, subject=user.public_id, door=_door(request), **details)


def _door(request: HttpRequest) -> str:
    """Return which door *request* came to; its address itself may hold a secret."""
    return next((door for start, door in DOORS.items() if request.path.startswith(start)), "other")
