"""Which projects are near their limits: use beside the limits in force, the nearest first."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import (
    Case,
    F,
    FloatField,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Greatest

from quotas.elsewhere import usual_of_all
from quotas.limits import PERCENT, UNLIMITED, own_of_outer
from quotas.models import Resource, Usage

TAKEN = {
    Resource.IMAGE_SIZE_TOTAL: F("used") + F("reserved"),
    Resource.IMAGE_COUNT_TOTAL: F("images"),
}
"""What of a project's row counts against which limit. Uploads under way are over too soon."""


def by_share() -> Any:
    """Return the use of all projects that use some of a limit, the one nearest to it first.

    Each row has `share`, the greatest part of a limit that is used (1 is full), and of each
    resource `…_hard`, the limit in force, and `…_soft`, the project's own soft line or None.

    It is one statement, also where somebody else says what is usual (`quotas.elsewhere`).
    """
    found: Any = Usage.objects.all()
    usual = usual_of_all()
    for resource, taken in TAKEN.items():
        own = own_of_outer(resource)
        found = found.annotate(
            **{
                f"{resource}_hard": Coalesce(Subquery(own.values("value")), usual[resource]),
                f"{resource}_soft": Subquery(own.values("soft")),
                f"{resource}_taken": taken,
            }
        ).annotate(**{f"{resource}_share": _share(resource)})
    shares = [F(f"{resource}_share") for resource in TAKEN]
    found = found.annotate(share=Greatest(*shares)).filter(share__gt=0)
    return found.order_by("-share", "project")


def near(found: Any) -> Any:
    """Narrow `by_share` to those above a soft line."""
    above = Q()
    for resource in TAKEN:
        usual = Q(**{f"{resource}_share__gt": settings.QUOTA_SOFT_PERCENT / PERCENT})
        no_own = Q(**{f"{resource}_soft": None})
        above |= (no_own & usual) | Q(**{f"{resource}_taken__gt": F(f"{resource}_soft")})
    return found.filter(above)


def _share(resource: Resource) -> Case:
    """Return which part of the limit is used; of no limit there is none."""
    taken = Cast(F(f"{resource}_taken"), FloatField())
    part = taken / Cast(Greatest(F(f"{resource}_hard"), Value(1)), FloatField())
    is_unlimited = When(**{f"{resource}_hard": UNLIMITED}, then=Value(0.0))
    return Case(is_unlimited, default=part, output_field=FloatField())
