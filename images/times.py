"""Times as the Image API writes them."""

from __future__ import annotations

from datetime import datetime


def stamp(time: datetime) -> str:
    """Return *time* as the wire writes it: UTC, whole seconds, a Z."""
    return f"{time.isoformat()[:19]}Z"
