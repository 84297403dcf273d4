"""The sessions that a user has open: seen, and ended on every node at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from images.actors import Actor, session_mark
from images.events import record_act
from images.lifecycle.transactions import retried
from portal.identity.errors import Unknown
from portal.identity.models import Session, User
from portal.identity.session_store import ADDRESS, AGENT, LONGEST_AGENT, SIGNED_IN_AT, SessionStore
from portal.identity.throttling import client_address

SEEN_EVERY = timedelta(minutes=5)
BROWSERS = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "Firefox/": "Firefox",
    "Chrom": "Chrome",
    "Safari/": "Safari",
}
SYSTEMS = {
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Windows": "Windows",
    "Mac OS": "macOS",
    "Linux": "Linux",
}


@dataclass(frozen=True, slots=True)
class OpenSession:
    """What a user sees of one session; *mark* names it without being its key."""

    mark: str
    device: str
    address: str | None
    since: datetime
    seen_at: datetime
    is_this: bool


def sessions_of(request: HttpRequest) -> list[OpenSession]:
    """Return the open sessions of who asks, this one first; one query."""
    this = request.session.session_key
    rows = _open_to(cast("User", request.user)).order_by("-seen_at", "pk")
    return sorted((_shown(row, this) for row in rows), key=lambda one: not one.is_this)


@retried
@transaction.atomic
def end_session(mark: str, *, actor: Actor) -> None:
    """End the session of that *mark*, if it is the actor's own; else raise `Unknown`."""
    rows = [row for row in _rows_of(actor) if session_mark(row.pk) == mark]
    if not rows:
        raise Unknown("This session has ended already.")
    _end(rows, actor)


@retried
@transaction.atomic
def end_other_sessions(request: HttpRequest, *, actor: Actor) -> int:
    """End every session of the actor but the one that asks; return how many."""
    rows = [row for row in _rows_of(actor) if row.pk != request.session.session_key]
    _end(rows, actor)
    return len(rows)


def note_place(request: HttpRequest) -> None:
    """Write into the new session of *request* when and where it began."""
    request.session[SIGNED_IN_AT] = timezone.now().isoformat()
    request.session[ADDRESS] = client_address(request)
    request.session[AGENT] = request.headers.get("User-Agent", "")[:LONGEST_AGENT]


def note_seen(session: SessionBase) -> None:
    """Write that *session* is used; once in some minutes is enough to know."""
    if not isinstance(session, SessionStore) or session.seen_at is None:
        return
    now = timezone.now()
    if now - session.seen_at >= SEEN_EVERY:
        Session.objects.filter(pk=session.session_key).update(seen_at=now)


def _rows_of(actor: Actor) -> Iterable[Session]:
    return Session.objects.select_for_update().filter(user=actor.user_key)


def _open_to(user: User) -> QuerySet[Session]:
    return Session.objects.filter(user=user, expire_date__gt=timezone.now())


def _end(rows: Iterable[Session], actor: Actor) -> None:
    for row in rows:
        mark = session_mark(row.pk)
        row.delete()
        record_act("identity.session.end", actor, subject=str(actor.user), session=mark)


def _shown(row: Session, this: str | None) -> OpenSession:
    return OpenSession(
        mark=session_mark(row.session_key),
        device=device_of(row.agent),
        address=row.address,
        since=row.created_at,
        seen_at=row.seen_at,
        is_this=row.session_key == this,
    )


def device_of(agent: str) -> str:
    """Return the browser and the system in *agent*, as far as they are known."""
    browser = next((name for part, name in BROWSERS.items() if part in agent), "")
    system = next((name for part, name in SYSTEMS.items() if part in agent), "")
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or agent[:40] or _("unknown")
