"""A pool of images in Ceph."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import rados
import rbd
from django.core.checks import CheckMessage, Error
from django.core.checks import Warning as Advice

from stores.backends.rbd import layout
from stores.backends.rbd.cluster import Access, Pool, cluster, named
from stores.backends.rbd.reader import RbdReader
from stores.backends.rbd.writer import RbdWriter, ResumingRbdWriter
from stores.base import Capacity, Stretch
from stores.errors import ObjectMissing, StoreDown, StoreReadOnly
from stores.keys import checked, checked_attempt, is_key


class RbdStore:
    """RBD images in *pool*, of the cluster that *conf* describes, as client *user*.

    Waits for a monitor end after *mon_timeout* seconds, each operation of a storage daemon after
    *osd_timeout*, and an upload after *patience* without progress. With *thin_provisioning* runs of
    zeros are not written.
    """

    kind = "rbd"

    def __init__(  # noqa: PLR0913 -- an operator's settings, by keyword
        self,
        name: str,
        *,
        pool: str,
        user: str,
        conf: str = "/etc/ceph/ceph.conf",
        description: str = "",
        read_only: bool = False,
        thin_provisioning: bool = True,
        mon_timeout: int = 10,
        osd_timeout: int = 30,
        patience: float = 60,
    ) -> None:
        self.name = name
        self.description = description
        self.read_only = read_only
        self._is_thin = thin_provisioning
        self._patience = patience
        self._access = Access(conf, user, mon_timeout=mon_timeout, osd_timeout=osd_timeout)
        self._pool = Pool(self._access, pool)

    def create(self, key: str, size_hint: int | None) -> RbdWriter:
        checked_attempt(key)
        if self.read_only:
            raise StoreReadOnly(f"The store {self.name} takes no data.")
        return RbdWriter(
            self._pool, key, size=size_hint, is_thin=self._is_thin, patience=self._patience
        )

    def reopen(self, key: str, stretch: Stretch) -> RbdWriter:
        checked_attempt(key)
        if self.read_only:
            raise StoreReadOnly(f"The store {self.name} takes no data.")
        thin, patience = self._is_thin, self._patience
        return ResumingRbdWriter(self._pool, key, stretch, is_thin=thin, patience=patience)

    def rename(self, key: str, new_key: str) -> None:
        checked(key)
        checked(new_key)
        ioctx = self._pool.ioctx
        with self._pool.errors(key):
            if not layout.has_snapshot(ioctx, key):
                raise ObjectMissing(f"There is no sealed object {key}.")
        with self._pool.errors(new_key):
            rbd.RBD().rename(ioctx, key, new_key)

    def open(self, key: str) -> RbdReader:
        checked(key)
        return RbdReader(self._pool, key, is_watched=not self.read_only, patience=self._patience)

    def delete(self, key: str) -> None:
        checked(key)
        if self.read_only:
            raise StoreReadOnly(f"The store {self.name} cannot be changed.")
        ioctx = self._pool.ioctx
        with self._pool.errors(key):
            layout.remove(ioctx, key)

    def in_use(self, key: str) -> bool:
        checked(key)
        ioctx = self._pool.ioctx
        with self._pool.errors(key):
            return layout.has_dependents(ioctx, key)

    def keys(self) -> Iterator[str]:
        ioctx = self._pool.ioctx
        with self._pool.errors():
            names = rbd.RBD().list(ioctx)
        yield from filter(is_key, names)

    def url(self, key: str) -> str:
        """Return the location as Nova and Cinder compare and clone it."""
        return f"rbd://{self._fsid()}/{self._pool.name}/{checked(key)}/{layout.SNAPSHOT}"

    def _fsid(self) -> str:
        client = cluster(self._access).client
        with self._pool.errors():
            return str(client.get_fsid())

    def place(self, url: str, key: str) -> str | None:
        return key if url.startswith("rbd:") and url == self.url(key) else None

    def details(self) -> dict[str, object]:
        known = {
            "chunk_size": 1 << layout.ORDER,
            "pool": self._pool.name,
            "thin_provisioning": self._is_thin,
        }
        with suppress(StoreDown):
            return known | {"fsid": self._fsid()}
        return known

    def capacity(self) -> Capacity:
        """Return what the pool may still take, by the cluster's fullness and the pool's quota.

        A monitor tells that, also while no storage daemon is there to take it: one is asked first.
        """
        self._pool.ping()
        client = cluster(self._access).client
        question = json.dumps({"prefix": "df", "detail": "detail", "format": "json"})
        with self._pool.errors():
            result, answer, _ = client.mon_command(question, b"")
        if result < 0:
            raise named(-result, "")
        pools = json.loads(answer)["pools"]
        stats = next(pool["stats"] for pool in pools if pool["name"] == self._pool.name)
        used, free = stats["stored"], stats["max_avail"]
        if quota := stats.get("quota_bytes"):
            free = max(0, min(free, quota - used))
        return Capacity(total=used + free, free=free)

    def checks(self) -> Iterator[CheckMessage]:
        if not os.access(self._access.conf, os.R_OK):
            yield Error(f"{self._access.conf} cannot be read.", id="stores.E020")
            return
        keyring = self._keyring()
        if keyring is None:
            yield Error(
                f"{self._access.conf} names no keyring for client.{self._access.user}"
                " that can be read (VITRINE_CEPH_CONF, VITRINE_CEPH_USER).",
                id="stores.E021",
            )
        elif keyring.stat().st_mode & 0o077:
            yield Advice(
                f"Others can read the secret key in {keyring}.", hint="chmod 600", id="stores.W022"
            )

    def _keyring(self) -> Path | None:
        try:
            names: str = self._access.configure().conf_get("keyring")
        except rados.Error:
            return None
        readable = [name for name in names.split(",") if os.access(name, os.R_OK)]
        return Path(readable[0]) if readable else None
