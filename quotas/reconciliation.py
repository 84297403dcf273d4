"""Whether the ledger says what the rows of images say, one project after the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Coalesce

from images.models import Image
from quotas.models import Part, Usage
from quotas.rows import totals_of, totals_of_part

if TYPE_CHECKING:
    from django.db.models import Expression


@dataclass(frozen=True, slots=True)
class Difference:
    """One number of one project that the ledger has otherwise than the rows; bytes or a count."""

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
        kept = Usage.objects.filter(project=project)
        yield from _differences_in(kept, totals_of(project), project)
    for part in Part.objects.order_by("project", "store", "user"):
        kept_part = Part.objects.filter(pk=part.pk)
        told = _differences_in(kept_part, totals_of_part(part), part.project, of=f" of {part.name}")
        yield from told
    yield from _unbilled()


def _differences_in(
    kept: QuerySet[Any], totals: dict[str, Expression], project: str, *, of: str = ""
) -> Iterator[Difference]:
    """Compare in one statement: an act changes both sides in one transaction, so it sees both."""
    by_rows = {f"{number}_by_rows": total for number, total in totals.items()}
    for row in kept.annotate(**by_rows):
        for number in totals:
            ledger, rows = getattr(row, number), getattr(row, f"{number}_by_rows")
            if ledger != rows:
                yield Difference(project, f"{number}{of}", ledger, rows)


def _unbilled() -> Iterator[Difference]:
    """Yield owners of images that the ledger does not know at all."""
    billed = Usage.objects.filter(project=Coalesce(OuterRef("owner"), Value("")))
    owners = Image.objects.filter(~Exists(billed)).order_by().values("owner")
    for row in owners.annotate(count=Count("pk")):
        yield Difference(row["owner"] or "", "images", 0, row["count"])
