"""Times as the Image API writes them."""

from __future__ import annotations

from datetime import UTC, datetime

from django.utils.dateparse import parse_datetime


def stamp(time: datetime) -> str:
    """Return *time* as the wire writes it: UTC, whole seconds, a Z."""
    return f"{time.isoformat()[:19]}Z"


def read_time(text: str) -> datetime:
    """Return *text*, an ISO 8601 time, as UTC, which it is in where it does not say.

    Raises `ValueError`, also for a time that no year of four digits has in UTC: it cannot be read
    back from every database.
    """
    time = parse_datetime(text)
    if time is None:
        raise ValueError("The text is no time.")
    try:
        return time.replace(tzinfo=time.tzinfo or UTC).astimezone(UTC)
    except OverflowError:
        raise ValueError("The time is beyond all years.") from None
