"""One connection to Ceph per process and user: every wait ends, every trouble gets our name."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import cache
from threading import Event, Lock

import rados
import rbd

from stores.errors import (
    ObjectExists,
    ObjectInUse,
    ObjectMissing,
    StoreDown,
    StoreError,
    StoreFull,
    StoreReadOnly,
)

_BUSY = (StoreDown, "Somebody has the object {key} open; trying later may help.")
_WORDS: dict[int, tuple[type[StoreError], str]] = {
    errno.ENOENT: (ObjectMissing, "There is no object {key}."),
    errno.EEXIST: (ObjectExists, "There is an object {key} already."),
    errno.ENOTEMPTY: (ObjectInUse, "Snapshots depend on the object {key}."),
    errno.ENOSPC: (StoreFull, "The store has no room for these bytes."),
    errno.EDQUOT: (StoreFull, "The store has no room for these bytes."),
    errno.EPERM: (StoreReadOnly, "The store may not be written."),
    errno.EACCES: (StoreReadOnly, "The store may not be written."),
    errno.EBUSY: _BUSY,
    errno.EROFS: _BUSY,  # librbd's word for a lock that it did not get
}
_DOWN = (StoreDown, "The store does not answer.")
DIRECTORY = "rbd_directory"  # librbd's name for it
PING_SECONDS = 3
_LOST = {errno.ESHUTDOWN, errno.ENOTCONN}
"""What a client hears that the cluster has shut out: only a new connection helps."""


@dataclass(frozen=True, slots=True)
class Access:
    """Which cluster, as whom, and how long to wait for it, in seconds."""

    conf: str
    user: str
    mon_timeout: int
    osd_timeout: int

    def configure(self) -> rados.Rados:
        """Return a client that is not connected yet."""
        options = {
            "client_mount_timeout": str(self.mon_timeout),
            "rados_mon_op_timeout": str(self.mon_timeout),
            "rados_osd_op_timeout": str(self.osd_timeout),
            "rbd_cache": "false",
            # Ask early (seconds) whether a storage daemon that is silent has been replaced.
            "objecter_tick_interval": "1",
            "objecter_timeout": "3",
            # Without a copy, a write that timed out is never completed, and closing waits for it.
            "rbd_disable_zero_copy_writes": "true",
        }
        return rados.Rados(conffile=self.conf, rados_id=self.user, conf=options)


def cluster(access: Access) -> Cluster:
    """Return this process's connection; a forked child has its own."""
    return _cluster(os.getpid(), access)


@cache
def _cluster(process: int, access: Access) -> Cluster:
    return Cluster(access)


class Cluster:
    """A connection that is made when it is first needed, and made anew when it is lost."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._lock = Lock()
        self._client: rados.Rados | None = None
        self._pools: dict[str, rados.Ioctx] = {}
        self._failed_at = float("-inf")
        self._lost: list[rados.Rados] = []

    @property
    def client(self) -> rados.Rados:
        """The connected client. Raises `StoreDown`."""
        return self._client or self._connect(asked_at=time.monotonic())

    def ioctx(self, pool: str) -> rados.Ioctx:
        """Return the context for operations in *pool*. Raises `StoreDown`."""
        client = self.client
        with self._lock:
            if pool not in self._pools:
                self._pools[pool] = _open(client, pool)
            return self._pools[pool]

    def _connect(self, *, asked_at: float) -> rados.Rados:
        """Connect once for all who ask meanwhile: they share the outcome, a failure too."""
        with self._lock:
            if self._client is None:
                if self._failed_at > asked_at:
                    raise StoreDown(_DOWN[1])
                self._client = self._connected()
            return self._client

    def _connected(self) -> rados.Rados:
        try:
            client = self._access.configure()
            client.connect()
        except rados.Error as trouble:
            self._failed_at = time.monotonic()
            raise StoreDown(_DOWN[1]) from trouble
        return client

    @contextmanager
    def errors(self, key: str) -> Iterator[None]:
        """Say Ceph's troubles with the object of *key* in our words."""
        client = self._client
        try:
            yield
        except (rados.Error, rbd.Error) as trouble:
            number = abs(trouble.errno or 0)
            if number in _LOST:
                self._forget(client)
            raise named(number, key) from trouble

    def _forget(self, client: rados.Rados | None) -> None:
        """Let the next one connect anew. Images of the old client may be open, so it is kept."""
        with self._lock:
            if client is not None and client is self._client:
                self._lost.append(client)
                self._client, self._pools = None, {}


def _open(client: rados.Rados, pool: str) -> rados.Ioctx:
    try:
        ioctx = client.open_ioctx(pool)
    except rados.Error as trouble:
        raise StoreDown(f"The cluster gives no pool {pool}.") from trouble
    ioctx.set_osdmap_full_try()  # a full pool says so; otherwise RADOS waits until there is room
    return ioctx


@dataclass(frozen=True, slots=True)
class Pool:
    """A pool of a cluster, as the images in it need it."""

    access: Access
    name: str

    @property
    def ioctx(self) -> rados.Ioctx:
        """The context for operations in the pool. Raises `StoreDown`."""
        return cluster(self.access).ioctx(self.name)

    def errors(self, key: str = "") -> AbstractContextManager[None]:
        """Say Ceph's troubles with the object of *key* in our words."""
        return cluster(self.access).errors(key)

    def ping(self) -> None:
        """Ask for the pool's list of images, which one storage daemon has, but for none of it.

        Raises `StoreDown` if that does not answer in `PING_SECONDS`. No list is an answer, too.
        """
        answered = Event()
        with self.errors():
            question = self.ioctx.aio_stat(DIRECTORY, lambda *_: answered.set())
        if not answered.wait(PING_SECONDS):
            raise StoreDown(_DOWN[1])
        number = -question.get_return_value()
        if number not in {0, errno.ENOENT}:
            raise named(number, DIRECTORY)


def named(number: int, key: str) -> StoreError:
    """Return the error of ours for an errno of Ceph's."""
    word, sentence = _WORDS.get(number, _DOWN)
    return word(sentence.format(key=key))
