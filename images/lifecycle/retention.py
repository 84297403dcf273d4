"""How long is remembered what happened: until the operator's time is over, and not a day less."""

from __future__ import annotations

from images.models import Event

BATCH = 2000  # rows of one transaction
BATCHES = 10  # of one round, so that nothing else waits long


def forget_events() -> int:
    """Delete what was kept for `AUDIT_DAYS`, in batches; return how many."""
    total = 0
    for _ in range(BATCHES):
        deleted = Event.objects.forget(most=BATCH)
        total += deleted
        if deleted < BATCH:
            break
    return total
