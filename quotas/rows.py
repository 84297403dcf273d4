"""What the rows of images say that a project has: the ledger's other book."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import BigIntegerField, Count, F, Func, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from images.models import Image, Location, Trashed
from images.models.location import LocationQuerySet
from images.states import LocationStatus, Status
from quotas.models import Part

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import Expression
    from django.db.models.expressions import CombinedExpression

IMPORTING = (Status.UPLOADING, Status.IMPORTING)


@dataclass(frozen=True, slots=True)
class InTrash:
    """What of a bill lies in the trash: images, and the bytes of all their copies."""

    images: int = 0
    size: int = 0


def totals_of(project: str) -> dict[str, Expression]:
    """Return what *project* has by the rows, under the names of `Usage`'s columns.

    Each is one number of a subquery, so that one statement sees all of them at one instant.
    """
    images = Image.objects.filter(_billed_to(project, "owner"))
    held = _held(project)
    importing = images.filter(status__in=IMPORTING)
    return {
        "images": _total(images, "COUNT", "pk") + _total(_trashed(project), "COUNT", "pk"),
        "used": _sum_of([_stored(project), _stored_in_trash(project)]),
        "reserved": _total(held, "SUM", "held"),
        "uploads": _total(held, "COUNT", "pk") + _total(importing, "COUNT", "pk"),
    }


def totals_of_part(part: Part) -> dict[str, Expression]:
    """Return the same of *part*, under the names of its columns."""
    of = {"store": part.store} if part.store else {"uploader": part.user}
    stored = [rows.filter(**of) for rows in (_stored(part.project), _stored_in_trash(part.project))]
    held = _held(part.project).filter(**of)
    return {"used": _sum_of(stored), "reserved": _total(held, "SUM", "held")}


def trash_of(project: str, *, part: Part | None = None) -> InTrash:
    """Return what of the bill of *project*, or of one *part* of it, lies in the trash."""
    copies = Q(image__locations__status=LocationStatus.ACTIVE)
    if part:
        copies &= Q(image__locations__store=part.store) if part.store else _put_by(part.user)
    found = _trashed(project).aggregate(
        images=Count("pk", distinct=True),
        size=Sum("image__locations__size", filter=copies, default=0),
    )
    return InTrash(**found)


def _put_by(user: str) -> Q:
    return Q(image__locations__uploader=user)


def _trashed(project: str) -> QuerySet[Trashed]:
    return Trashed.objects.filter(_billed_to(project, "owner"))


def _stored_in_trash(project: str) -> QuerySet[Location]:
    """Return the same of what lies in the trash, which an index of its own finds."""
    lies = _billed_to(project, "image__trashed__owner") & Q(image__trashed__isnull=False)
    return Location.objects.filter(lies, status=LocationStatus.ACTIVE)


def _stored(project: str) -> QuerySet[Location]:
    owned = _owned(project).filter(status=LocationStatus.ACTIVE)
    return owned.exclude(image__status=Status.DELETED)


def _held(project: str) -> QuerySet[Location]:
    """Return the uploads under way with what each holds."""
    writing: QuerySet[Location] = _owned(project).writing()
    return writing.annotate(held=Coalesce("size", "allowance", 0))


def _owned(project: str) -> LocationQuerySet:
    return Location.objects.filter(_billed_to(project, "image__owner"))


def _billed_to(project: str, owner: str) -> Q:
    """Return the condition that *project* pays; the empty name pays for images of nobody."""
    if project:
        return Q(**{owner: project})
    return Q(**{owner: None}) | Q(**{owner: ""})


def _sum_of(stored: Iterable[QuerySet[Location]]) -> CombinedExpression:
    """Return all bytes of *stored*, added up."""
    living, trashed = (_total(rows, "SUM", "size") for rows in stored)
    return living + trashed


def _total(rows: QuerySet[Any], function: str, column: str) -> Coalesce:
    """Return *function* over *column* of all *rows* as one number, 0 of none."""
    total = Func(F(column), function=function, output_field=BigIntegerField())
    return Coalesce(Subquery(rows.order_by().values(total=total)), 0)
