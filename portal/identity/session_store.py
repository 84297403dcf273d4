"""Django's sessions, kept so that strangers fill no table, and so that users can see their own.

Of somebody who signed in, or showed a right password, there is a row. What is remembered of a
stranger for some minutes (where single sign-on began, the question put to a passkey) lies signed
in the cookie alone.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any

from allauth.account.internal.stagekit import LOGIN_SESSION_KEY
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.core import signing
from django.db.models import DateTimeField
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from images.prepared import Prepared, Slot

STRANGER_SECONDS = 600
SALT = "portal.identity.session_store"
SIGNED_IN_AT = "signed_in_at"
ADDRESS, AGENT = "address", "agent"
LONGEST_AGENT = 200  # characters


class SessionStore(DatabaseStore):
    """Of somebody a row; of nobody a signed cookie."""

    seen_at: datetime | None = None
    _is_somebodys = False

    @classmethod
    def get_model_class(cls) -> Any:
        """Return the model of the rows."""
        from portal.identity.models import Session  # noqa: PLC0415 -- apps are not loaded yet

        return Session

    def load(self) -> dict[str, Any]:
        """Return what the key opens: the row's data, or what is signed in the key itself."""
        if not _is_signed(self.session_key):
            return super().load()
        try:
            data: dict[str, Any] = signing.loads(
                self.session_key or "",
                serializer=self.serializer,
                salt=SALT,
                max_age=STRANGER_SECONDS,
            )
        except signing.BadSignature:
            self._session_key = None
            return {}
        return data

    def _get_session_from_db(self) -> Any:
        for row in _by_key().ask(key=self.session_key, now=timezone.now()):
            self.seen_at = row.seen_at
            return row
        self._session_key = None
        return None

    def save(self, must_create: bool = False) -> None:  # noqa: FBT001, FBT002 -- Django's own
        """Write the row, or sign the data of nobody."""
        data = self._get_session(no_load=must_create)  # type: ignore[attr-defined] # Django's own
        old = self.session_key
        if self._is_somebodys or SESSION_KEY in data or LOGIN_SESSION_KEY in data:
            if _is_signed(old):
                self._session_key = None
            super().save(must_create)
            return
        self.delete(old)
        self._session_key = signing.dumps(
            data, serializer=self.serializer, salt=SALT, compress=True
        )

    def cycle_key(self) -> None:
        """Give a new key to who signs in: the row is there from now on."""
        self._is_somebodys = True
        super().cycle_key()

    def delete(self, session_key: str | None = None) -> None:
        """Delete the row, if there is one."""
        key = session_key or self.session_key
        if key and not _is_signed(key):
            super().delete(key)

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        """Return the row of *data*, with what its user sees of it."""
        row: Any = super().create_model_instance(data)
        row.user_id = data.get(SESSION_KEY)
        row.address, row.agent = data.get(ADDRESS) or None, data.get(AGENT, "")
        row.created_at = parse_datetime(data.get(SIGNED_IN_AT, "")) or timezone.now()
        return row


@cache
def _by_key() -> Prepared[Any]:
    """Return the question for the row of a key; each request of a session asks it first."""
    live = {"session_key": Slot("key"), "expire_date__gt": Slot("now", DateTimeField())}
    return Prepared(SessionStore.get_model_class().objects.filter(**live))


def _is_signed(key: str | None) -> bool:
    """Tell whether *key* holds the data itself; the key of a row has letters and digits alone."""
    return ":" in (key or "")
