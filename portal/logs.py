"""The log: one line an event, to standard error."""

from __future__ import annotations

from typing import Any


def configured_logs(level: str) -> dict[str, Any]:
    """Return Django's settings of the log, from *level* on."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"},
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "django.request": {"level": "ERROR"},
            "axes": {"level": "WARNING"},
            "httpx2": {"level": "WARNING"},  # addresses may hold secrets
        },
    }
