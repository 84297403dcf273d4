"""The careful way of the ledger: one project's locked row, what it has room for, and whom to warn.

The ledger comes here where one statement does not do: to refuse with the numbers, to pass a soft
line, and wherever a store or a user has a limit of its own in the project.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from django.conf import settings

from images.errors import OverQuota
from images.prepared import Prepared, Slot
from quotas.limits import UNLIMITED, WARNED, limit_of
from quotas.lines import mind_lines
from quotas.models import Part, Resource, Usage
from quotas.rows import trash_of

COUNT, SIZE = Resource.IMAGE_COUNT_TOTAL, Resource.IMAGE_SIZE_TOTAL
UPLOADING = Resource.IMAGE_COUNT_UPLOADING


@dataclass(frozen=True, slots=True)
class Origin:
    """The store in which bytes lie, and who put them there: a user's public id."""

    store: str = ""
    user: str = ""


NOWHERE = Origin()


@dataclass(frozen=True, slots=True)
class Lot:
    """Bytes of one image in one store."""

    size: int
    origin: Origin = NOWHERE


@dataclass(frozen=True, slots=True)
class Weight:
    """All that one image weighs: what is stored, and what each upload under way holds."""

    lots: Collection[Lot] = ()
    held: Collection[Lot] = ()
    imports: int = 0


class Account:
    """The row of one project, locked until the transaction ends; `close` writes what changed."""

    def __init__(self, project: str) -> None:
        self.project = project
        self.usage = _locked(project)
        self._before = {counted: getattr(self.usage, counted) for counted, _ in WARNED.values()}
        parts = Part.objects.filter(project=project) if self.usage.has_parts else ()
        self._parts = {Origin(part.store, part.user): part for part in parts}

    def demand_image(self) -> None:
        """Raise `OverQuota` unless one more image may come."""
        self._demand(COUNT, self.usage.images, 1)

    def demand_upload(self, count: int = 1) -> None:
        """Raise `OverQuota` unless *count* more uploads may be under way."""
        self._demand(UPLOADING, self.usage.uploads, count)

    def demand_room(self, lots: Iterable[Lot]) -> None:
        """Raise `OverQuota` unless all of *lots* may come; each where it is to lie."""
        coming = [*lots]
        taken = self.usage.used + self.usage.reserved
        self._demand(SIZE, taken, sum(lot.size for lot in coming))
        for part in self._parts.values():
            mine = [lot.size for lot in coming if part in self._parts_of(lot.origin)]
            if mine:
                _demand_of_part(part, sum(mine))

    def _demand(self, resource: Resource, taken: int, more: int) -> None:
        limit = limit_of(self.project, resource)
        if limit != UNLIMITED and taken + more > limit:
            left = max(0, limit - taken)
            in_trash = _in_trash(self.project, resource)
            raise OverQuota(resource, limit=limit, needed=more, left=left, in_trash=in_trash)

    def rooms_for(self, held: Lot, size: int) -> Iterator[int]:
        """Yield what each limit lets what holds *held*, and has come to *size* bytes, have in all.

        The project's limit may be passed by the overdraft, by bytes that are there; those of parts
        may not. Raises `OverQuota`.
        """
        limit = limit_of(self.project, SIZE)
        if limit != UNLIMITED:
            others = self.usage.used + self.usage.reserved - held.size
            room = limit - others
            room += settings.QUOTA_OVERDRAFT if size > room else 0
            if size > room:
                left, in_trash = max(0, limit - others), _in_trash(self.project, SIZE)
                raise OverQuota(SIZE, limit=limit, needed=size, left=left, in_trash=in_trash)
            yield room
        for part in self._parts_of(held.origin):
            if part.value != UNLIMITED:
                yield _demand_of_part(part, size, besides=held.size)

    def reserve(self, lot: Lot, *, sign: int = 1) -> None:
        """Hold *lot*, or give it back if *sign* is -1."""
        self.usage.reserved += sign * lot.size
        for part in self._parts_of(lot.origin):
            part.reserved += sign * lot.size

    def use(self, lot: Lot, *, sign: int = 1) -> None:
        """Count *lot* as stored, or no longer if *sign* is -1."""
        self.usage.used += sign * lot.size
        for part in self._parts_of(lot.origin):
            part.used += sign * lot.size

    def count_uploads(self, more: int) -> None:
        """Count *more* uploads as under way, or fewer if that is below 0.

        Those that the release before this one began are not counted, and end all the same.
        """
        self.usage.uploads = max(0, self.usage.uploads + more)

    def close(self) -> None:
        """Write what changed, and warn if a soft line was passed."""
        mind_lines(self.usage, self._before)
        self.usage.save()
        for part in self._parts.values():
            part.save(update_fields=["used", "reserved"])

    def _parts_of(self, origin: Origin) -> list[Part]:
        """Return the limits of parts that bytes of *origin* count for."""
        keys = (Origin(store=origin.store), Origin(user=origin.user))
        return [self._parts[key] for key in keys if key in self._parts]


def _demand_of_part(part: Part, size: int, *, besides: int = 0) -> int:
    """Return for how much *part* has room if *besides* did not count; at least *size* bytes.

    Raises `OverQuota`.
    """
    room = part.value - part.used - part.reserved + besides
    if part.value != UNLIMITED and size > room:
        raise OverQuota(
            SIZE,
            limit=part.value,
            needed=size,
            left=max(0, room),
            part=part.name,
            in_trash=trash_of(part.project, part=part).size,
        )
    return room


def _in_trash(project: str, resource: Resource) -> int:
    """Return how much of what counts against the limit of *resource* lies in the trash."""
    if resource not in {COUNT, SIZE}:
        return 0
    lies = trash_of(project)
    return lies.size if resource == SIZE else lies.images


def _locked(project: str) -> Usage:
    for usage in _usages().ask(project=project):
        return usage
    usage, _is_new = Usage.objects.select_for_update().get_or_create(project=project)
    return usage


@cache
def _usages() -> Prepared[Usage]:
    return Prepared(Usage.objects.select_for_update().filter(project=Slot("project")))
