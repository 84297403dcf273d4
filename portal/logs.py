"""The log: one event a line, to standard error, without secrets, whatever clients send."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.utils.functional import empty

from portal.redaction import Redaction, configured_secrets, encoded

if TYPE_CHECKING:
    from portal.requests import PortalRequest

INDENT = "    "
LONGEST_REFUSAL = 200  # characters

_under_way: ContextVar[PortalRequest | None] = ContextVar("request", default=None)


@contextmanager
def telling_of(request: PortalRequest) -> Iterator[None]:
    """Let the lines of this thread tell of *request* until the block ends."""
    before = _under_way.set(request)
    try:
        yield
    finally:
        _under_way.reset(before)


def configured_logs(
    level: str, form: str = "line", *, secrets: Iterable[str] = ()
) -> dict[str, Any]:
    """Return the settings of the log, from *level* on, as lines or as JSON; none of *secrets*."""
    formatters = {"line": Lines, "json": JsonLines}
    known = {*secrets, *configured_secrets()}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"ours": {"()": formatters[form], "redact": Redaction(known)}},
        "filters": {"refusals": {"()": Refusals, "level": level}},
        "handlers": {
            "console": {
                "class": "logging.StreamHandler",
                "formatter": "ours",
                "filters": ["refusals"],
            }
        },
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "django": {"handlers": [], "propagate": True},
            "django.request": {"level": "ERROR"},
            "django.server": {"handlers": [], "propagate": True},
            "axes": {"level": "WARNING"},
            # A warning for each HEAD that is answered with an error, whose text it leaves out.
            "gunicorn.http.wsgi": {"level": "ERROR"},
            "httpx2": {"level": "WARNING"},  # addresses may hold secrets
            "keystonemiddleware": {"level": "ERROR"},  # what it says of bad tokens may name them
            "keystoneauth": {"level": "WARNING"},
        },
    }


class Refusals(logging.Filter):
    """What Django refuses of strangers (`django.security`) is a short line at INFO, without trace.

    They send it as often as they like: a foreign Host, a form of a thousand fields.
    """

    def __init__(self, *, level: str) -> None:
        super().__init__()
        self._least = logging.getLevelNamesMapping()[level]

    def filter(self, record: logging.LogRecord) -> bool:
        if not record.name.startswith("django.security"):
            return True
        record.levelno, record.levelname = logging.INFO, "INFO"
        record.msg, record.args = _text_of(record)[:LONGEST_REFUSAL], None
        record.exc_info = record.exc_text = record.stack_info = None
        return record.levelno >= self._least


class Lines(logging.Formatter):
    """Time, level, logger and text, then the request's id; what belongs to it is indented."""

    def __init__(self, *, redact: Redaction) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s")
        self._redact = redact

    def format(self, record: logging.LogRecord) -> str:
        head = f"{self.formatTime(record)} {record.levelname} {record.name}"
        text = encoded(self._redact(_text_of(record)))
        request_id = context().get("request_id")
        first = f"{head} {text} ({request_id})" if request_id else f"{head} {text}"
        return "\n".join([first, *(INDENT + encoded(line) for line in self._below(record))])

    def _below(self, record: logging.LogRecord) -> list[str]:
        """Return the lines of the trace of *record*, if it has one."""
        return self._redact(_trace_of(self, record)).splitlines()


class JsonLines(logging.Formatter):
    """An object a line: what machines read."""

    def __init__(self, *, redact: Redaction) -> None:
        super().__init__()
        self._redact = redact

    def format(self, record: logging.LogRecord) -> str:
        told = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            "event": encoded(self._redact(_text_of(record))),
            **{name: encoded(self._redact(value)) for name, value in context().items()},
        }
        if trace := _trace_of(self, record):
            told["trace"] = self._redact(trace)
        return json.dumps(told)


def context() -> dict[str, str]:
    """Return what is known of the request under way, without asking anybody."""
    request = _under_way.get()
    if request is None:
        return {}
    told = {"request_id": request.request_id, "address": request.address}
    if actor := _known_actor(request):
        told |= {"user": actor.user, "project": actor.project or ""}
    return {name: value for name, value in told.items() if value}


def _known_actor(request: PortalRequest) -> Any:
    """Return who asks, if a door has found out; to ask now might ask the database."""
    lazy = getattr(request, "actor", None)
    found = getattr(request, "auth", None)  # DRF's
    return found or (None if getattr(lazy, "_wrapped", lazy) is empty else lazy)


def _text_of(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except (TypeError, ValueError, KeyError):  # a line with a mistake is better than none
        return f"{record.msg!r} {record.args!r}"


def _trace_of(formatter: logging.Formatter, record: logging.LogRecord) -> str:
    """Return the trace of the error, or of the place, that *record* tells of."""
    error = formatter.formatException(record.exc_info) if record.exc_info else ""
    place = formatter.formatStack(record.stack_info) if record.stack_info else ""
    return "\n".join(filter(None, [error, place]))
