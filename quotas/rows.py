"""What the rows of images say that a project has: the ledger's other book."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import BigIntegerField, F, Func, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from images.models import Image, Location
from images.states import LocationStatus, Status
from quotas.models import Part

if TYPE_CHECKING:
    from django.db.models import Expression

IMPORTING = (Status.UPLOADING, Status.IMPORTING)


def totals_of(project: str) -> dict[str, Expression]:
    """Return what *project* has by the rows, under the names of `Usage`'s columns.

    Each is one number of a subquery, so that one statement sees all of them at one instant.
    """
    images = Image.objects.filter(_billed_to(project, "owner"))
    held = _held(project)
    importing = images.filter(status__in=IMPORTING)
    return {
        "images": _total(images, "COUNT", "pk"),
        "used": _total(_stored(project), "SUM", "size"),
        "reserved": _total(held, "SUM", "held"),
        "uploads": _total(held, "COUNT", "pk") + _total(importing, "COUNT", "pk"),
    }


def totals_of_part(part: Part) -> dict[str, Expression]:
    """Return the same of *part*, under the names of its columns."""
    of = {"store": part.store} if part.store else {"uploader": part.user}
    stored, held = _stored(part.project).filter(**of), _held(part.project).filter(**of)
    return {"used": _total(stored, "SUM", "size"), "reserved": _total(held, "SUM", "held")}


def _stored(project: str) -> QuerySet[Location]:
    owned = _owned(project).filter(status=LocationStatus.ACTIVE)
    return owned.exclude(image__status=Status.DELETED)


def _held(project: str) -> QuerySet[Location]:
    """Return the uploads under way with what each holds."""
    writing = _owned(project).filter(status=LocationStatus.WRITING)
    return writing.annotate(held=Coalesce("size", "allowance", 0))


def _owned(project: str) -> QuerySet[Location]:
    return Location.objects.filter(_billed_to(project, "image__owner"))


def _billed_to(project: str, owner: str) -> Q:
    """Return the condition that *project* pays; the empty name pays for images of nobody."""
    if project:
        return Q(**{owner: project})
    return Q(**{owner: None}) | Q(**{owner: ""})


def _total(rows: QuerySet[Any], function: str, column: str) -> Coalesce:
    """Return *function* over *column* of all *rows* as one number, 0 of none."""
    total = Func(F(column), function=function, output_field=BigIntegerField())
    return Coalesce(Subquery(rows.order_by().values(total=total)), 0)
