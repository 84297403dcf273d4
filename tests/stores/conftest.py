"""Stores that every test of this package may ask for."""

from __future__ import annotations

import os
import random
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from stores.backends.filesystem import FilesystemStore
from stores.backends.memory import MemoryStore
from stores.base import MIB, Store, Writer
from stores.errors import StoreDown
from stores.inspection import Inspection
from stores.session import UploadSession
from tests.stores.disks import GIB, QEMU_NAMES

if TYPE_CHECKING:
    from stores.backends.rbd import RbdStore

SETTINGS = ("conf", "pool", "user")


@pytest.fixture
def memory() -> MemoryStore:
    """Return a store in memory that nobody else has."""
    return MemoryStore(f"memory-{uuid.uuid4()}")


@pytest.fixture
def files(tmp_path: Path) -> FilesystemStore:
    """Return a store of files in a folder of the test's own."""
    return FilesystemStore("file", path=str(tmp_path / "images"))


def ceph_store(**options: Any) -> RbdStore:
    """Return a store on the test cluster, which `scripts/test` puts into the environment."""
    from stores.backends.rbd import RbdStore  # noqa: PLC0415 -- only where the cluster is

    given = {name: os.environ[f"VITRINE_TEST_CEPH_{name.upper()}"] for name in SETTINGS}
    return RbdStore("rbd", **(given | options))


def put(store: Store, key: str, *chunks: bytes, size: int | None = None) -> None:
    """Write an object and seal it."""
    writer = store.create(key, size)
    for chunk in chunks:
        writer.write(chunk)
    writer.seal()


@pytest.fixture(params=["memory", "files", pytest.param("rbd", marks=pytest.mark.ceph)])
def store(request: pytest.FixtureRequest) -> Store:
    """Return each kind of store in turn: they keep one contract."""
    store: Store = request.getfixturevalue(request.param)
    return store


@pytest.fixture
def final() -> str:
    """Return the key that an image's finished object has."""
    return str(uuid.uuid4())


@pytest.fixture
def attempt(final: str) -> str:
    """Return the key of an attempt for that image."""
    return f"{final}.{uuid.uuid4().hex}"


def another(attempt: str) -> str:
    """Return the key of another attempt for the same image."""
    return f"{attempt[:36]}.{uuid.uuid4().hex}"


@pytest.fixture
def make_session(memory: MemoryStore, attempt: str) -> Callable[..., UploadSession]:
    """Return a maker of raw sessions into memory; what the test is about by keyword."""

    def make(writer: Writer | None = None, **options: Any) -> UploadSession:
        inspection = Inspection("raw", "bare", enforce=True)
        given: dict[str, Any] = {"limit": None, "declared": None, "inspection": inspection}
        given |= options
        return UploadSession(writer or memory.create(attempt, None), **given)

    return make


@pytest.fixture(scope="session")
def random_bytes() -> bytes:
    """Return 3 MiB and a bit that no format claims."""
    return random.Random(7).randbytes(3 * MIB + 77)


@pytest.fixture
def rbd() -> Iterator[RbdStore]:
    """Return the store in the test cluster's pool, and empty it afterwards."""
    store = ceph_store()
    yield store
    empty(store)


@pytest.fixture
def sealed(rbd: RbdStore, attempt: str, final: str, random_bytes: bytes) -> str:
    """Return the key of a finished image of 3 MiB and a bit in the test cluster's pool."""
    put(rbd, attempt, random_bytes)
    rbd.rename(attempt, final)
    return final


@pytest.fixture
def disk(tmp_path: Path) -> Callable[..., bytes]:
    """Return a maker of disks: the bytes of a new one of 1 GiB in the format that is asked for."""

    def make(disk_format: str, *options: str) -> bytes:
        path = tmp_path / "disk"
        name = QEMU_NAMES.get(disk_format, disk_format)
        subprocess.run(
            ["qemu-img", "create", "-q", "-f", name, *options, path, str(GIB)], check=True
        )
        return path.read_bytes()

    return make


@pytest.fixture
def stream_optimized(tmp_path: Path) -> bytes:
    """Return the VMDK that people export from a hypervisor, with 6 MiB in it."""
    raw, path = tmp_path / "raw", tmp_path / "disk"
    raw.write_bytes(random.Random(1).randbytes(6 * MIB))
    kind = ("-O", "vmdk", "-o", "subformat=streamOptimized")
    subprocess.run(["qemu-img", "convert", "-f", "raw", raw, *kind, path], check=True)
    return path.read_bytes()


def empty(store: RbdStore) -> None:
    """Remove every object, as the reaper does: again and again while somebody holds one open."""
    give_up_at = time.monotonic() + 60
    while keys := list(store.keys()):
        assert time.monotonic() < give_up_at, f"These stay: {keys}"
        try:
            for key in keys:
                store.delete(key)
        except StoreDown:
            time.sleep(0.5)
