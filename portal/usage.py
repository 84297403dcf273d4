"""How much of its limits a project uses, as pages show it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from quotas.limits import UNLIMITED, limit_of
from quotas.models import Resource, Usage

if TYPE_CHECKING:
    from typing import Self


@dataclass(frozen=True, slots=True)
class Gauge:
    """One limited thing: *used* of *limit* (None: no limit), of which *reserved* by uploads."""

    used: int
    limit: int | None
    reserved: int = 0

    @classmethod
    def of(cls, project: str, resource: Resource, *, used: int, reserved: int = 0) -> Self:
        """Return the gauge of *resource*, whose limit is asked."""
        limit = limit_of(project, resource)
        return cls(used, None if limit == UNLIMITED else limit, reserved)

    @property
    def taken(self) -> int:
        """What counts against the limit."""
        return self.used + self.reserved

    @property
    def left(self) -> int | None:
        """What may still come; None: no limit."""
        return None if self.limit is None else max(0, self.limit - self.taken)

    @property
    def is_near(self) -> bool:
        """Is less than a tenth left?"""
        return self.left is not None and self.limit is not None and self.left * 10 < self.limit


def bytes_of(project: str) -> Gauge:
    """Return the bytes of all images of *project*."""
    usage = _usage(project)
    resource = Resource.IMAGE_SIZE_TOTAL
    return Gauge.of(project, resource, used=usage.used, reserved=usage.reserved)


def images_of(project: str) -> Gauge:
    """Return the number of images of *project*."""
    return Gauge.of(project, Resource.IMAGE_COUNT_TOTAL, used=_usage(project).images)


def _usage(project: str) -> Usage:
    return Usage.objects.filter(pk=project).first() or Usage(project=project)
