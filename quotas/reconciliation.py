"""Whether the ledger says what the rows of images say, one project after the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import (
    BigIntegerField,
    Count,
    Exists,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce

from images.models import Image, Location
from images.states import LocationStatus, Status
from quotas.models import Reservation, Usage


@dataclass(frozen=True, slots=True)
class Difference:
    """One number of one project that the ledger has otherwise than the rows; bytes or images."""

    project: str
    number: str
    ledger: int
    rows: int

    def __str__(self) -> str:
        return (
            f"project {self.project or '(none)'}: {self.number} is {self.ledger} in the ledger"
            f" and {self.rows} by the rows"
        )


def differences() -> Iterator[Difference]:
    """Yield each number of the ledger that is not what the rows add up to."""
    for project in Usage.objects.order_by("project").values_list("project", flat=True):
        yield from _differences_of(project)
    yield from _unbilled()
    yield from _held_by_nothing()


def _differences_of(project: str) -> Iterator[Difference]:
    """Compare in one statement: an act changes both sides in one transaction, so it sees both."""
    stored = Location.objects.filter(
        _billed_to(project, "image__owner"), status=LocationStatus.ACTIVE
    ).exclude(image__status=Status.DELETED)
    counted = {
        "images": _total(Image.objects.filter(_billed_to(project, "owner")), "COUNT", "pk"),
        "used": _total(stored, "SUM", "size"),
        "reserved": _total(Reservation.objects.filter(usage=project), "SUM", "size"),
    }
    by_rows = {f"{number}_by_rows": total for number, total in counted.items()}
    for usage in Usage.objects.filter(project=project).annotate(**by_rows):
        for number in counted:
            ledger, rows = getattr(usage, number), getattr(usage, f"{number}_by_rows")
            if ledger != rows:
                yield Difference(project, number, ledger, rows)


def _billed_to(project: str, owner: str) -> Q:
    """Return the condition that *project* pays; the empty name pays for images of nobody."""
    if project:
        return Q(**{owner: project})
    return Q(**{owner: None}) | Q(**{owner: ""})


def _total(rows: QuerySet[Any], function: str, column: str) -> Coalesce:
    """Return *function* over *column* of all *rows* as one number, 0 of none."""
    total = Func(F(column), function=function, output_field=BigIntegerField())
    return Coalesce(Subquery(rows.order_by().values(total=total)), 0)


def _unbilled() -> Iterator[Difference]:
    """Yield owners of images that the ledger does not know at all."""
    billed = Usage.objects.filter(project=Coalesce(OuterRef("owner"), Value("")))
    owners = Image.objects.filter(~Exists(billed)).order_by().values("owner")
    for row in owners.annotate(count=Count("pk")):
        yield Difference(row["owner"] or "", "images", 0, row["count"])


def _held_by_nothing() -> Iterator[Difference]:
    """Yield what is held for uploads that are not there."""
    writing = Location.objects.filter(pk=OuterRef("attempt"), status=LocationStatus.WRITING)
    for held in Reservation.objects.filter(~Exists(writing)):
        yield Difference(held.usage_id, f"reserved for {held.attempt}", held.size, 0)
