"""A limited thing as pages draw it: a bar with what is used of it, its soft line and its limit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from quotas.limits import UNLIMITED
from quotas.models import Resource

if TYPE_CHECKING:
    from django.utils.functional import Promise

    from quotas.limits import Line

NAMES: dict[str, str | Promise] = {
    Resource.IMAGE_SIZE_TOTAL: _("Bytes"),
    Resource.IMAGE_COUNT_TOTAL: _("Images"),
    Resource.IMAGE_COUNT_UPLOADING: _("Uploads under way"),
    Resource.IMAGE_STAGE_TOTAL: _("Staged bytes"),
}
LENGTH = 1000
"""Of a bar, in units of its drawing."""


@dataclass(frozen=True, slots=True)
class Gauge:
    """What is *used* of *resource*, and *reserved* by uploads; above *soft* is a warning.

    *limit* and *soft* are None where there is no limit. *outlook* says when it is full. Of what is
    used, so much lies *in_trash*.
    """

    resource: Resource
    used: int
    limit: int | None
    soft: int | None
    reserved: int = 0
    outlook: str = ""
    in_trash: int = 0

    @property
    def name(self) -> str | Promise:
        """What is limited, in a word or two."""
        return NAMES[self.resource]

    @property
    def is_bytes(self) -> bool:
        """Are these bytes? Else it is a count."""
        return self.resource.is_bytes

    @property
    def taken(self) -> int:
        """What counts against the limit."""
        return self.used + self.reserved

    @property
    def left(self) -> int | None:
        """What may still come; None: no limit."""
        return None if self.limit is None else max(0, self.limit - self.taken)

    @property
    def over(self) -> int:
        """By how much more there is than the limit, which was lowered or overdrawn."""
        return 0 if self.limit is None else max(0, self.taken - self.limit)

    @property
    def percent(self) -> int | None:
        """How much of the limit is taken; None without one, and of a limit of nothing."""
        return self.taken * 100 // self.limit if self.limit else None

    @property
    def is_near(self) -> bool:
        """Is there more than the soft line?"""
        return self.soft is not None and self.taken > self.soft

    @property
    def is_full(self) -> bool:
        """Is there no room at all?"""
        return self.left == 0

    @property
    def used_length(self) -> int:
        """How long the part of the bar is that is used."""
        return self._length(self.used)

    @property
    def reserved_length(self) -> int:
        """How long the part is that uploads hold."""
        return self._length(self.reserved)

    @property
    def soft_at(self) -> int:
        """Where on the bar the soft line is."""
        return self._length(self.soft or 0)

    @property
    def limit_at(self) -> int:
        """Where the limit is: at the end, unless there is more."""
        return self._length(self.limit or 0)

    def _length(self, amount: int) -> int:
        return amount * LENGTH // max(1, self.limit or 0, self.taken)


def gauge_of(resource: Resource, line: Line, *, used: int, **more: Any) -> Gauge:
    """Return the gauge of *resource* whose limits are *line*; *more* is the rest of it, by name."""
    hard, soft = (None if one == UNLIMITED else one for one in (line.hard, line.soft))
    return Gauge(resource, used, hard, soft, **more)
