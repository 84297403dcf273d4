"""Stores as an operator sees them: what each is, how much room it has, and whether it works."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from images.lifecycle.probes import probing
from images.lifecycle.transactions import release_connection
from portal.identity.permissions import demand_operator
from stores.errors import StoreDown, StoreError
from stores.registry import all_stores, default_store_name

if TYPE_CHECKING:
    from images.actors import Actor
    from stores.base import Capacity, Store

SIZE = 4 << 20  # bytes
PERCENT = 100


@dataclass(frozen=True, slots=True)
class Shown:
    """One store; *room* is None, and *trouble* says why, while it does not answer."""

    store: Store
    is_default: bool
    room: Capacity | None
    trouble: str

    @property
    def used(self) -> int | None:
        """Bytes that are taken, by whomever; None where the store cannot tell."""
        if self.room is None or self.room.total is None or self.room.free is None:
            return None
        return self.room.total - self.room.free

    @property
    def percent(self) -> int | None:
        """How full it is."""
        if self.used is None or self.room is None or not self.room.total:
            return None
        return PERCENT * self.used // self.room.total


def shown_stores() -> list[Shown]:
    """Return every store, with its room as it is now; one that is away takes its time to say so."""
    release_connection()
    return [_shown(name, store) for name, store in all_stores().items()]


def _shown(name: str, store: Store) -> Shown:
    is_default = name == default_store_name()
    try:
        return Shown(store, is_default, store.capacity(), "")
    except StoreError as trouble:
        return Shown(store, is_default, None, str(trouble))


def probe(store: Store, *, actor: Actor) -> int:
    """Write, read and remove an object of 4 MiB; return how many milliseconds that took.

    Raises `NotPermitted`, `StoreFull`, `StoreReadOnly`, and `StoreDown`, also for bytes that came
    back otherwise.
    """
    demand_operator(actor)
    content = os.urandom(SIZE)
    with probing(store) as key:
        began = time.monotonic()
        found = _written_and_read(store, key, content)
    took = time.monotonic() - began
    if found != content:
        raise StoreDown("What was written was not what could be read.")
    return round(1000 * took)


def _written_and_read(store: Store, key: str, content: bytes) -> bytes:
    writer = store.create(key, len(content))
    try:
        writer.write(content)
        writer.seal()
        with store.open(key) as reader:
            return b"".join(reader.chunks(0, len(content)))
    finally:
        writer.abort()
