"""Times as the Image API writes them."""

from __future__ import annotations

from datetime import datetime


def stamp(time: datetime) -> str:
    """Return *time* as the wire writes it: UTC, whole seconds, a Z."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")
