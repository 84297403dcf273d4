"""Objects in this process's memory: a full store for tests and for trying things out."""

from __future__ import annotations

from collections import defaultdict
from threading import RLock
from typing import TYPE_CHECKING, BinaryIO, ClassVar

from stores.base import MIB, Capacity, Stretch
from stores.errors import ObjectExists, ObjectInUse, ObjectMissing, StoreFull, StoreReadOnly
from stores.keys import checked, checked_attempt

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Self

    from django.core.checks import CheckMessage


class Shelf:
    """The objects of one store, shared by every thread of the process."""

    def __init__(self) -> None:
        self.lock = RLock()
        self.unsealed: dict[str, bytearray] = {}
        self.sealed: dict[str, bytes] = {}
        self.pinned: set[str] = set()

    def used(self) -> int:
        """Return the bytes of all objects."""
        return sum(map(len, [*self.unsealed.values(), *self.sealed.values()]))

    def erase(self, key: str, stretch: Stretch) -> None:
        """Let nothing be read in *stretch* of what was never confirmed."""
        content = self.unsealed[key]
        if stretch.stop is None:
            del content[stretch.at :]
            return
        stop = min(stretch.dirty_until, len(content))
        if stop > stretch.at:
            content[stretch.at : stop] = bytes(stop - stretch.at)


class MemoryStore:
    """A store in memory; *capacity* in bytes, None for no bound. Stores of one name are one."""

    kind = "memory"
    _shelves: ClassVar[dict[str, Shelf]] = defaultdict(Shelf)

    def __init__(
        self,
        name: str,
        *,
        description: str = "",
        read_only: bool = False,
        capacity: int | None = None,
    ) -> None:
        self.name = name
        self.description = description
        self.read_only = read_only
        self._capacity = capacity
        self._shelf = self._shelves[name]

    def create(self, key: str, size_hint: int | None) -> MemoryWriter:
        checked_attempt(key)
        if self.read_only:
            raise StoreReadOnly(f"The store {self.name} takes no data.")
        with self._shelf.lock:
            if key in self._shelf.unsealed or key in self._shelf.sealed:
                raise ObjectExists(f"There is an object {key} already.")
            self._shelf.unsealed[key] = bytearray()
        writer = MemoryWriter(self._shelf, key, self._capacity)
        if size_hint:
            try:
                writer.require(size_hint)
            except StoreFull:
                writer.abort()
                raise
        return writer

    def reopen(self, key: str, stretch: Stretch) -> MemoryWriter:
        checked_attempt(key)
        if self.read_only:
            raise StoreReadOnly(f"The store {self.name} takes no data.")
        with self._shelf.lock:
            if key in self._shelf.sealed:
                self._shelf.unsealed[key] = bytearray(self._shelf.sealed.pop(key))
            if key not in self._shelf.unsealed:
                raise ObjectMissing(f"There is no object {key}.")
            self._shelf.erase(key, stretch)
        return MemoryWriter(self._shelf, key, self._capacity, at=stretch.at)

    def rename(self, key: str, new_key: str) -> None:
        checked(key)
        checked(new_key)
        with self._shelf.lock:
            if key not in self._shelf.sealed:
                raise ObjectMissing(f"There is no sealed object {key}.")
            if new_key in self._shelf.sealed:
                raise ObjectExists(f"There is an object {new_key} already.")
            self._shelf.sealed[new_key] = self._shelf.sealed.pop(key)

    def open(self, key: str) -> MemoryReader:
        try:
            return MemoryReader(self._shelf.sealed[checked(key)])
        except KeyError as missing:
            raise ObjectMissing(f"There is no object {key}.") from missing

    def delete(self, key: str) -> None:
        if self.in_use(key):
            raise ObjectInUse(f"Something depends on the object {key}.")
        if self.read_only:
            raise StoreReadOnly(f"The store {self.name} cannot be changed.")
        with self._shelf.lock:
            self._shelf.unsealed.pop(key, None)
            self._shelf.sealed.pop(key, None)

    def in_use(self, key: str) -> bool:
        return checked(key) in self._shelf.pinned

    def pin(self, key: str) -> None:
        """Make something depend on *key*, as a clone of its snapshot does in RBD."""
        self._shelf.pinned.add(checked(key))

    def unpin(self, key: str) -> None:
        """Undo `pin`."""
        self._shelf.pinned.discard(checked(key))

    def keys(self) -> Iterator[str]:
        with self._shelf.lock:
            names = [*self._shelf.unsealed, *self._shelf.sealed]
        yield from names

    def url(self, key: str) -> str:
        return f"memory://{self.name}/{checked(key)}"

    def place(self, url: str, key: str) -> str | None:
        return key if url == self.url(key) else None

    def details(self) -> dict[str, object]:
        return {}

    def capacity(self) -> Capacity:
        if self._capacity is None:
            return Capacity(total=None, free=None)
        with self._shelf.lock:
            free = max(0, self._capacity - self._shelf.used())
        return Capacity(total=self._capacity, free=free)

    def checks(self) -> Iterator[CheckMessage]:
        """Yield nothing: memory is always there."""
        yield from ()


class MemoryWriter:
    """An attempt on the shelf."""

    def __init__(self, shelf: Shelf, key: str, capacity: int | None, *, at: int = 0) -> None:
        self.confirmed = at
        self._shelf = shelf
        self._key = key
        self._capacity = capacity

    def require(self, count: int) -> None:
        """Raise `StoreFull` unless there is room for *count* bytes more."""
        if self._capacity is not None and self._shelf.used() + count > self._capacity:
            raise StoreFull("The store has no room for these bytes.")

    def write(self, chunk: bytes) -> None:
        stop = self.confirmed + len(chunk)
        with self._shelf.lock:
            content = self._shelf.unsealed[self._key]
            self.require(max(0, stop - len(content)))
            content.extend(bytes(max(0, self.confirmed - len(content))))
            content[self.confirmed : stop] = chunk
        self.confirmed = stop

    def flush(self) -> None:
        """Do nothing: memory is as safe as it gets."""

    def suspend(self) -> None:
        """Do nothing: the object stays on the shelf."""

    def seal(self) -> None:
        with self._shelf.lock:
            content = self._shelf.unsealed.pop(self._key)[: self.confirmed]
            self._shelf.sealed[self._key] = bytes(content.ljust(self.confirmed, b"\0"))

    def abort(self) -> None:
        with self._shelf.lock:
            self._shelf.unsealed.pop(self._key, None)
            self._shelf.sealed.pop(self._key, None)


class MemoryReader:
    """A sealed object of the shelf."""

    def __init__(self, content: bytes) -> None:
        self.size = len(content)
        self._content = content

    def chunks(self, start: int, stop: int) -> Iterator[bytes]:
        for at in range(start, stop, MIB):
            yield self._content[at : min(at + MIB, stop)]

    def file(self) -> BinaryIO | None:
        return None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        """Close nothing."""
