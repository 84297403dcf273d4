"""A cluster that is full or frozen, and processes that were killed."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from stores.backends.rbd import RbdStore
from stores.backends.rbd.reader import BLOCK
from stores.base import MIB
from stores.errors import StoreDown, StoreFull
from tests.stores.conftest import another, ceph_store, empty, put

pytestmark = pytest.mark.ceph


@pytest.fixture
def quota(rbd: RbdStore, attempt: str) -> Iterator[Callable[[int], None]]:
    """Return what sets the pool's quota, in bytes; it is lifted when the test ends."""
    conf, pool = (os.environ[f"VITRINE_TEST_CEPH_{name}"] for name in ("CONF", "POOL"))

    def limit(count: int) -> None:
        command = ["osd", "pool", "set-quota", pool, "max_bytes", str(count)]
        subprocess.run(["ceph", "-c", conf, *command], check=True, capture_output=True)

    yield limit
    limit(0)
    while True:
        try:
            return rbd.create(another(attempt), None).abort()
        except StoreFull:  # the cluster notices within seconds
            time.sleep(0.5)


def test_full_pool_says_so_at_once(
    rbd: RbdStore, attempt: str, quota: Callable[[int], None]
) -> None:
    quota(MIB)
    writer = rbd.create(attempt, None)
    with pytest.raises(StoreFull):
        for _ in range(300):  # the cluster notices within seconds
            writer.write(os.urandom(MIB))
            time.sleep(0.1)
    started = time.monotonic()

    with pytest.raises(StoreFull):
        rbd.create(another(attempt), None)
    writer.abort()

    assert (rbd.capacity().free, list(rbd.keys())) == (0, [])
    assert time.monotonic() - started < 4


@pytest.fixture
def frozen_osd() -> Iterator[Callable[[], None]]:
    """Return what freezes the only storage daemon; it thaws when the test ends."""
    daemon = daemon_of("ceph-osd")

    def freeze() -> None:
        os.kill(daemon, signal.SIGSTOP)
        while not is_stopped(daemon):
            time.sleep(0.001)

    yield freeze
    os.kill(daemon, signal.SIGCONT)


def is_stopped(process: int) -> bool:
    """Has every thread of *process* stopped? One that waits for a disk does so a while later."""
    states = [
        (thread / "stat").read_text().rpartition(")")[2].split()[0]
        for thread in Path(f"/proc/{process}/task").iterdir()
    ]
    return set(states) == {"T"}


def daemon_of(program: str) -> int:
    """Return the process of the test cluster's daemon, known by its configuration file."""
    conf = os.environ["VITRINE_TEST_CEPH_CONF"].encode()
    for folder in Path("/proc").glob("[0-9]*"):
        words = (folder / "cmdline").read_bytes().split(b"\0")
        if words[0].endswith(program.encode()) and conf in words:
            return int(folder.name)
    raise LookupError(program)


def test_upload_survives_a_short_freeze(
    rbd: RbdStore, attempt: str, frozen_osd: Callable[[], None], random_bytes: bytes
) -> None:
    writer = rbd.create(attempt, None)
    frozen_osd()
    threading.Timer(3, os.kill, (daemon_of("ceph-osd"), signal.SIGCONT)).start()

    for _ in range(10):
        writer.write(random_bytes)
    writer.seal()

    with rbd.open(attempt) as reader:
        assert b"".join(reader.chunks(0, reader.size)) == random_bytes * 10


def test_upload_into_a_frozen_store_ends_in_time(
    rbd: RbdStore, attempt: str, frozen_osd: Callable[[], None]
) -> None:
    store = ceph_store(osd_timeout=2, patience=4)
    writer = store.create(attempt, None)
    frozen_osd()
    started = time.monotonic()

    with pytest.raises(StoreDown):
        for _ in range(20):
            writer.write(os.urandom(4 * MIB))
    with pytest.raises(StoreDown):
        writer.abort()

    assert time.monotonic() - started < 8


def test_frozen_store_answers_no_act_late(
    rbd: RbdStore, sealed: str, frozen_osd: Callable[[], None]
) -> None:
    store = ceph_store(osd_timeout=2)
    store.in_use(sealed)
    frozen_osd()

    for act in (store.open, store.delete, store.in_use):
        started = time.monotonic()
        with pytest.raises(StoreDown):
            act(sealed)
        assert time.monotonic() - started < 4


def test_frozen_store_ends_a_download(
    rbd: RbdStore, attempt: str, frozen_osd: Callable[[], None]
) -> None:
    put(rbd, attempt, *[os.urandom(BLOCK)] * 12)
    reader = ceph_store(osd_timeout=2).open(attempt)
    chunks = reader.chunks(0, reader.size)
    next(chunks)
    frozen_osd()
    started = time.monotonic()

    with pytest.raises(StoreDown), reader:
        list(chunks)

    assert time.monotonic() - started < 4


def test_patience_ends_before_the_time_outs_do(
    rbd: RbdStore, attempt: str, sealed: str, frozen_osd: Callable[[], None]
) -> None:
    store = ceph_store(osd_timeout=9, patience=1)
    writer, reader = store.create(attempt, None), store.open(sealed)
    frozen_osd()

    writer.write(os.urandom(MIB))
    with pytest.raises(StoreDown, match="1 s"):
        writer.seal()
    with pytest.raises(StoreDown, match="1 s"), reader:
        list(reader.chunks(0, reader.size))

    with pytest.raises(StoreDown):
        writer.abort()


def test_room_is_not_told_while_the_only_daemon_is_frozen(
    rbd: RbdStore, frozen_osd: Callable[[], None]
) -> None:
    frozen_osd()
    started = time.monotonic()
    with pytest.raises(StoreDown):
        rbd.capacity()
    took = time.monotonic() - started
    os.kill(daemon_of("ceph-osd"), signal.SIGCONT)

    assert took < 5
    rbd.capacity()


def test_write_that_failed_is_never_sealed(
    rbd: RbdStore, attempt: str, frozen_osd: Callable[[], None]
) -> None:
    writer = ceph_store(osd_timeout=1, patience=2).create(attempt, None)
    frozen_osd()
    writer.write(os.urandom(4 * MIB))
    with pytest.raises(StoreDown):
        writer.seal()
    os.kill(daemon_of("ceph-osd"), signal.SIGCONT)

    with pytest.raises(StoreDown):
        writer.seal()

    with pytest.raises(StoreDown):
        writer.abort()


def test_image_of_a_killed_process_can_be_removed(rbd: RbdStore, attempt: str) -> None:
    child = os.fork()
    if child == 0:
        rbd.create(attempt, None).write(os.urandom(4 * MIB))
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)

    empty(rbd)  # the watch of the dead lives for up to 30 s

    assert list(rbd.keys()) == []
