"""Mails are written and sent by a worker: no page waits for a mail server, or tells by its time."""

from __future__ import annotations

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import get_language

TASK = "portal.identity.tasks.send"


def post(writer: str, about: str) -> None:
    """Let a worker call *writer* (a function of `mails`) for *about*, in who asks' language.

    The row that says so is of the act's own transaction; no secret is in it.
    """
    import_string(TASK).enqueue(writer, about, get_language() or settings.LANGUAGE_CODE)
