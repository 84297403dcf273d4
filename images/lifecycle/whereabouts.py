"""Whether stores hold what the rows say: objects that are lost, and objects of nobody."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from uuid import UUID

from images.models import Location, Probe
from images.states import LocationStatus
from stores.base import Store
from stores.errors import ObjectMissing, StoreError
from stores.registry import all_stores

PAGE = 500


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """One object that is not as its row says, or has none."""

    store: str
    key: str
    trouble: str

    def __str__(self) -> str:
        return f"store {self.store}: {self.key} {self.trouble}"


def discrepancies() -> Iterator[Discrepancy]:
    """Yield what the stores and the rows tell differently; changes nothing.

    Uploads go on meanwhile, so that what looks wrong is looked at twice. A store that does not
    answer is one discrepancy of its own.
    """
    for name, store in all_stores().items():
        try:
            yield from _lost(name, store)
            yield from _strays(name, store)
        except StoreError as trouble:
            yield Discrepancy(name, "-", f"cannot be asked: {trouble}")
    active = Location.objects.filter(status=LocationStatus.ACTIVE)
    for location in active.exclude(store__in=[*all_stores()]):
        yield Discrepancy(location.store, location.key, "lies in a store that is not configured")


def _lost(name: str, store: Store) -> Iterator[Discrepancy]:
    """Yield the objects that are gone, or of another size than the row says."""
    for location in _active_in(name):
        found = _size(store, location)
        still = Location.objects.filter(pk=location.pk, status=LocationStatus.ACTIVE)
        if found != location.size and still.exists() and _size(store, location) == found:
            trouble = "is gone" if found is None else f"has {found} bytes, not {location.size}"
            yield Discrepancy(name, location.key, trouble)


def _active_in(name: str) -> Iterator[Location]:
    """Yield the sealed objects that lie in that store by the rows, a page of rows at a time."""
    rows = Location.objects.filter(store=name, status=LocationStatus.ACTIVE, size__isnull=False)
    last = UUID(int=0)
    while page := list(rows.filter(pk__gt=last).order_by("pk")[:PAGE]):
        yield from page
        last = page[-1].pk


def _size(store: Store, location: Location) -> int | None:
    try:
        with store.open(location.address) as reader:
            return reader.size
    except ObjectMissing:
        return None


def _strays(name: str, store: Store) -> Iterator[Discrepancy]:
    """Yield the objects that have no row; what is about to get one is there for a moment only."""
    suspects = set(without_row(name, store.keys()))
    still_there = suspects.intersection(store.keys()) if suspects else ()
    for key in sorted(without_row(name, still_there)):
        yield Discrepancy(name, key, "belongs to no image")


def without_row(name: str, keys: Iterable[str]) -> Iterator[str]:
    """Yield those of *keys* in the store *name* that no row has, a page of rows at a time."""
    rest = iter(keys)
    while page := set(islice(rest, PAGE)):
        for rows in (Location.objects.all(), Probe.objects.all()):
            page -= set(rows.filter(store=name, key__in=page).values_list("key", flat=True))
        yield from page
