"""What every store can do, and what a writer and a reader of it promise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Protocol, TypeGuard

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Self

    from django.core.checks import CheckMessage

MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Capacity:
    """Room in a store, in bytes; *total* is None where the store cannot tell."""

    total: int | None
    free: int | None


@dataclass(frozen=True, slots=True)
class Stretch:
    """Where an upload goes on in its object, in bytes: from *at* on, below *stop* (None: no end).

    What an earlier writer may have left between *at* and *reach*, and nobody has confirmed, is
    discarded before the first byte. With a *stop* the rest of the object is others': parallel
    parts.
    """

    at: int
    reach: int
    stop: int | None = None

    @property
    def dirty_until(self) -> int:
        """Up to where something is to be discarded: never what belongs to another part."""
        return self.reach if self.stop is None else min(self.reach, self.stop)


class Writer(Protocol):
    """One object on its way into a store, invisible under its final name until `Store.rename`.

    Calls come in one order: `write` as often as need be, `flush` between, then `seal`, `suspend` or
    `abort`. `abort` may be called at any time, also twice, also after a failed `seal`.
    """

    @property
    def confirmed(self) -> int:
        """Bytes that the store has confirmed, counted from the object's first."""

    def write(self, chunk: bytes) -> None:
        """Append *chunk*. It may be in flight when this returns; `seal` waits for all of it.

        Runs of zeros may be left unwritten (they read as zeros).
        Raises `StoreFull` or `StoreDown`, also for an earlier chunk.
        """

    def seal(self) -> None:
        """Make everything durable, trim the object to its true size, and close it.

        After this the object can be renamed, opened and (RBD) cloned from.
        Raises `StoreFull` or `StoreDown`.
        """

    def flush(self) -> None:
        """Wait until all that was written would survive the loss of this machine's power.

        Raises `StoreFull` or `StoreDown`.
        """

    def suspend(self) -> None:
        """Flush, and let go of the object, which stays as it is: `Store.reopen` goes on with it.

        It is let go in any case. Raises `StoreFull` or `StoreDown`: then nothing since the last
        `flush` counts.
        """

    def abort(self) -> None:
        """Stop writing and remove the object; never raises for one that is already gone.

        Raises `StoreDown` when the object could not be removed: its row stays for the reaper.
        """


class Reader(Protocol):
    """One sealed object, open for reading; a context manager that closes it."""

    size: int
    """Bytes in the object."""

    def chunks(self, start: int, stop: int) -> Iterator[bytes]:
        """Yield the bytes from offset *start* up to *stop* (exclusive), reading ahead.

        Raises `ObjectMissing` if the object was removed under the reader, `StoreDown`.
        """

    def file(self) -> BinaryIO | None:
        """Return an open file for sendfile, positioned at 0, where the store has one; else None.

        It is the caller's to close, and stays open when the reader closes.
        """

    def __enter__(self) -> Self: ...

    def __exit__(self, *error: object) -> None: ...


class Store(Protocol):
    """A place for objects. Keys are `<uuid>` (sealed) or `<uuid>.<32 hex>` (an attempt).

    Every method raises `StoreDown` when the store does not answer in time, and `BadKey` for a
    key of another shape.
    """

    kind: str
    """What it is, in the Image API's word: `file`, `rbd`."""
    name: str
    description: str
    read_only: bool

    def create(self, key: str, size_hint: int | None) -> Writer:
        """Begin an attempt; *size_hint* is its expected size in bytes, if known.

        Raises `ObjectExists`, `StoreFull` (also before the first byte), `StoreReadOnly`.
        """

    def reopen(self, key: str, stretch: Stretch) -> Writer:
        """Go on with an attempt that was suspended, or left by a writer that died, at *stretch*.

        One that was sealed, and not shown yet, is open again. While another writer may still write
        there, `StoreDown` is raised (files), or the first write waits until the cluster has shut
        that writer out (RBD). Raises `ObjectMissing`, `StoreReadOnly`.
        """

    def rename(self, key: str, new_key: str) -> None:
        """Give a sealed object another key, never replacing another object.

        An attempt gets its image's key at the end of an upload; should the commit fail, the
        object gets its attempt's key again.

        Raises `ObjectMissing`, `ObjectExists`.
        """

    def open(self, key: str) -> Reader:
        """Open a sealed object, finished or still an attempt. Raises `ObjectMissing`."""

    def delete(self, key: str) -> None:
        """Remove an object with all that belongs to it; one that is not there is no error.

        Raises `ObjectInUse` when something depends on it, `StoreReadOnly`.
        """

    def in_use(self, key: str) -> bool:
        """Tell whether something (a clone) depends on the object, so that `delete` would refuse."""

    def keys(self) -> Iterator[str]:
        """Yield the key of every object of ours, attempts too."""

    def url(self, key: str) -> str:
        """Return the location of *key* as other services know it (`rbd://fsid/pool/key/snap`)."""

    def place(self, url: str, key: str) -> str | None:
        """Return what to `open` if *url* names data here that the image of *key* may take.

        Of our own objects that is the one under *key*, put there by another service; None for any
        other URL. Raises `BadAddress` for a web server that may not be asked.
        """

    def details(self) -> dict[str, object]:
        """Return what the Image API tells of this kind of store to administrators; sizes in bytes.

        What only the store itself knows is left out while it does not answer.
        """

    def capacity(self) -> Capacity:
        """Return the room in the store; raise `StoreDown` unless objects can be reached there."""

    def checks(self) -> Iterator[CheckMessage]:
        """Yield what in the configuration keeps the store from working; ask no other machine."""


class LinkingStore(Store, Protocol):
    """A store whose objects can have two keys, so that attempts tell of themselves.

    An attempt that takes its image's key by a link keeps its own until everybody may know of the
    object. Whoever finds that one later knows which image to look at: no row must say so.
    """

    def link(self, key: str, new_key: str) -> None:
        """Give the sealed attempt *key* another key, for good; a second time changes nothing.

        Raises `ObjectMissing`, `ObjectExists` for another object of that key.
        """

    def unlink(self, key: str) -> None:
        """Take away the key *key* of an attempt, with its bytes if it has no other.

        A loss of power may bring it back. One that is not there is no error.
        """

    def withdraw(self, key: str, new_key: str) -> None:
        """Remove the attempt *key* with its bytes, and *new_key* if that is its own.

        Only while nobody else may take *new_key*. One that is not there is no error.
        """

    def idle_attempts(self, seconds: float) -> Iterator[str]:
        """Yield the keys of attempts on which nothing was done for *seconds*."""


def can_link(store: Store) -> TypeGuard[LinkingStore]:
    """Tell whether *store* is one that links."""
    return hasattr(store, "link")
