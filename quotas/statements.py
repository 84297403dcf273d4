"""The ledger's quick way: an act that keeps to every line is one UPDATE of the project's row.

Each changes no row, and leaves the act to `account`, when a limit or a soft line would be passed,
when parts of the project have limits, and when there is no row yet. Everything that acts change at
the same time stands in the row itself: a statement that waited for the row sees that as it is then,
but what it asks of other tables as it was before.
"""

from __future__ import annotations

from functools import cache

from django.db.models import BigIntegerField, F, Q, QuerySet
from django.db.models.functions import Coalesce, Greatest

from images.prepared import PreparedUpdate, Slot
from quotas.limits import UNLIMITED, limit_of_outer, soft_of_outer
from quotas.models import Resource, Usage

COUNT, SIZE = Resource.IMAGE_COUNT_TOTAL, Resource.IMAGE_SIZE_TOTAL
UPLOADING = Resource.IMAGE_COUNT_UPLOADING
BYTES, HELD = Slot("size", BigIntegerField()), Slot("held", BigIntegerField())
IS_FREE = Q(limit=UNLIMITED)
HAS_ROOM = IS_FREE | Q(limit__gte=F("used") + F("reserved") + BYTES)
HAS_TURN = Q(most=UNLIMITED) | Q(most__gt=F("uploads"))
WITHOUT_PARTS = Q(has_parts=False)


@cache
def counting() -> PreparedUpdate:
    """Count one more image."""
    rows = _rows(limit=limit_of_outer(COUNT), soft=soft_of_outer(COUNT))
    is_below = Q(images__lt=F("soft"))
    has_room = IS_FREE | is_below | Q(warned_count=True, images__lt=F("limit"))
    return PreparedUpdate(rows.filter(has_room), images=F("images") + 1)


@cache
def reserving() -> PreparedUpdate:
    """Hold `size` bytes for one more upload."""
    rows = _rows(limit=limit_of_outer(SIZE), most=limit_of_outer(UPLOADING))
    kept = rows.filter(WITHOUT_PARTS, HAS_ROOM, HAS_TURN)
    return PreparedUpdate(kept, reserved=F("reserved") + BYTES, uploads=F("uploads") + 1)


@cache
def growing() -> PreparedUpdate:
    """Hold `size` bytes for an upload of unknown size, in place of the `held` ones."""
    rows = _rows(limit=limit_of_outer(SIZE))
    kept = rows.filter(WITHOUT_PARTS, Q(limit__gte=F("used") + F("reserved") - HELD + BYTES))
    return PreparedUpdate(kept, reserved=F("reserved") - HELD + BYTES)


@cache
def settling() -> PreparedUpdate:
    """Turn the `held` bytes of an upload into `size` bytes used; more of them need room."""
    total = F("used") + F("reserved") - HELD + BYTES
    has_room = IS_FREE | Q(held__gte=BYTES) | Q(limit__gte=total)
    rows = _storing().alias(held=HELD).filter(has_room)
    uploads = Greatest(F("uploads") - 1, 0)
    return PreparedUpdate(
        rows, used=F("used") + BYTES, reserved=F("reserved") - HELD, uploads=uploads
    )


@cache
def taking() -> PreparedUpdate:
    """Count `size` bytes as used, for which nothing was held."""
    return PreparedUpdate(_storing().filter(HAS_ROOM), used=F("used") + BYTES)


@cache
def landing() -> PreparedUpdate:
    """Do the same for an upload that need not be counted, while one more might be under way."""
    rows = _storing().alias(most=limit_of_outer(UPLOADING)).filter(HAS_ROOM, HAS_TURN)
    return PreparedUpdate(rows, used=F("used") + BYTES)


def _storing() -> QuerySet[Usage]:
    """Return the row if `size` bytes more in use pass no soft line that was not passed already."""
    rows = _rows(limit=limit_of_outer(SIZE), soft=soft_of_outer(SIZE))
    is_quiet = IS_FREE | Q(warned_size=True) | Q(soft__gte=F("used") + BYTES)
    return rows.filter(WITHOUT_PARTS, is_quiet)


def _rows(**lines: Coalesce) -> QuerySet[Usage]:
    """Return the row of `project` beside its *lines*."""
    return Usage.objects.filter(project=Slot("project")).alias(**lines)
