"""What RBD alone must do, on a real cluster: the layout, sparseness, clones, faults."""

from __future__ import annotations

import os
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import rbd as librbd

from stores.backends.rbd import RbdStore, layout
from stores.backends.rbd.cluster import cluster
from stores.backends.rbd.reader import BLOCK, Answer
from stores.backends.rbd.writer import FIRST_SIZE
from stores.base import MIB
from stores.errors import ObjectInUse, ObjectMissing, StoreDown, StoreReadOnly
from tests.stores.conftest import ceph_store, put

pytestmark = pytest.mark.ceph


@contextmanager
def opened(store: RbdStore, key: str, snapshot: str | None = None) -> Iterator[librbd.Image]:
    """Open the image as any other program would."""
    with librbd.Image(store._pool.ioctx, key, snapshot=snapshot, read_only=True) as image:
        yield image


@contextmanager
def clone_of(store: RbdStore, key: str) -> Iterator[None]:
    """Clone the snapshot as Nova and Cinder do."""
    ioctx, clone = store._pool.ioctx, f"clone-{uuid.uuid4()}"
    librbd.RBD().clone(ioctx, key, layout.SNAPSHOT, ioctx, clone)
    yield
    librbd.RBD().remove(ioctx, clone)


def written(store: RbdStore, key: str) -> list[tuple[int, int]]:
    """Return (offset, length) of what takes room in the image."""
    extents: list[tuple[int, int]] = []
    with opened(store, key) as image:
        image.diff_iterate(
            0, image.size(), None, lambda offset, length, _: extents.append((offset, length))
        )
    return extents


def test_image_has_objects_of_8_mib_and_the_default_features(rbd: RbdStore, sealed: str) -> None:
    librbd.RBD().create(rbd._pool.ioctx, "default", 1)
    with opened(rbd, sealed) as image, opened(rbd, "default") as default:
        features = image.features(), default.features()
        order = image.stat()["order"]
    librbd.RBD().remove(rbd._pool.ioctx, "default")

    assert order == 23
    assert features[0] == features[1]


def test_image_has_one_protected_snapshot(rbd: RbdStore, sealed: str) -> None:
    with opened(rbd, sealed) as image:
        names = [snapshot["name"] for snapshot in image.list_snaps()]

        assert names == ["snap"]
        assert image.is_protected_snap("snap")


def test_url_is_what_other_services_clone_from(rbd: RbdStore, final: str) -> None:
    fsid = cluster(rbd._access).client.get_fsid()

    assert rbd.url(final) == f"rbd://{fsid}/{rbd._pool.name}/{final}/snap"


def test_image_of_known_size_is_made_at_its_size(rbd: RbdStore, attempt: str) -> None:
    writer = rbd.create(attempt, 3 * MIB)

    with opened(rbd, attempt) as image:
        assert image.size() == 3 * MIB
    writer.abort()


def test_image_of_unknown_size_grows_and_is_trimmed(rbd: RbdStore, attempt: str) -> None:
    writer = rbd.create(attempt, None)
    for _ in range(3):
        writer.write(bytes(FIRST_SIZE // 2))
    with opened(rbd, attempt) as image:
        grown = image.size()

    writer.seal()

    with opened(rbd, attempt) as image:
        assert (grown, image.size()) == (2 * FIRST_SIZE, FIRST_SIZE * 3 // 2)


def test_zeros_take_no_room(rbd: RbdStore, attempt: str) -> None:
    put(rbd, attempt, bytes(8 * MIB), b"x" * MIB + bytes(3 * MIB), bytes(12 * MIB))

    assert written(rbd, attempt) == [(8 * MIB, MIB)]


def test_zeros_take_room_when_asked_to(attempt: str, rbd: RbdStore) -> None:
    put(ceph_store(thin_provisioning=False), attempt, bytes(9 * MIB))

    assert sum(length for _, length in written(rbd, attempt)) == 9 * MIB


def test_clone_keeps_its_image(rbd: RbdStore, sealed: str, random_bytes: bytes) -> None:
    with clone_of(rbd, sealed):
        assert rbd.in_use(sealed)
        with pytest.raises(ObjectInUse):
            rbd.delete(sealed)
        with opened(rbd, sealed) as image:
            assert image.is_protected_snap("snap")

    assert not rbd.in_use(sealed)
    rbd.delete(sealed)


def test_foreign_images_are_not_ours(rbd: RbdStore, sealed: str) -> None:
    librbd.RBD().create(rbd._pool.ioctx, "volume-of-somebody", MIB)

    keys = list(rbd.keys())

    librbd.RBD().remove(rbd._pool.ioctx, "volume-of-somebody")
    assert keys == [sealed]


def test_lock_that_was_left_behind_is_given_back(rbd: RbdStore, sealed: str) -> None:
    with opened(rbd, sealed) as image:
        header = f"rbd_header.{image.id()}"
    rbd._pool.ioctx.lock_shared(header, "rbd_lock", "auto 1", "internal", duration=60)

    rbd.delete(sealed)

    assert list(rbd.keys()) == []


@pytest.mark.parametrize("act", ["create", "delete"])
def test_store_that_is_read_only_takes_nothing(rbd: RbdStore, attempt: str, act: str) -> None:
    arguments = (attempt, None) if act == "create" else (attempt,)

    with pytest.raises(StoreReadOnly):
        getattr(ceph_store(read_only=True), act)(*arguments)


def test_store_that_is_read_only_is_read_without_a_watch(
    rbd: RbdStore, sealed: str, random_bytes: bytes
) -> None:
    with ceph_store(read_only=True).open(sealed) as reader, opened(rbd, sealed) as image:
        assert b"".join(reader.chunks(0, reader.size)) == random_bytes
        assert list(image.watchers_list()) == []


def test_pool_that_is_not_there_is_down(rbd: RbdStore) -> None:
    with pytest.raises(StoreDown, match="nowhere"):
        list(ceph_store(pool="nowhere").keys())


def test_half_removed_image_can_be_removed(rbd: RbdStore, sealed: str) -> None:
    with librbd.Image(rbd._pool.ioctx, sealed) as image:
        image.unprotect_snap("snap")
        image.remove_snap("snap")

    rbd.delete(sealed)

    assert list(rbd.keys()) == []


def test_image_without_a_header_can_be_removed(rbd: RbdStore, sealed: str) -> None:
    with librbd.Image(rbd._pool.ioctx, sealed) as image:
        header = f"rbd_header.{image.id()}"
    rbd._pool.ioctx.remove_object(header)

    rbd.delete(sealed)

    assert list(rbd.keys()) == []


def test_object_removed_under_its_reader_is_missing(rbd: RbdStore, attempt: str) -> None:
    put(rbd, attempt, *[os.urandom(BLOCK)] * 12)
    reader = rbd.open(attempt)
    chunks = reader.chunks(0, reader.size)
    next(chunks)

    with pytest.raises(StoreDown, match="open"):
        rbd.delete(attempt)  # the snapshot goes; the rest must wait for the reader

    with pytest.raises(ObjectMissing), reader:
        list(chunks)


def test_abandoned_reader_leaves_no_watch(rbd: RbdStore, sealed: str) -> None:
    with rbd.open(sealed) as reader:
        next(reader.chunks(0, reader.size))

    with opened(rbd, sealed) as image:
        assert list(image.watchers_list()) == []


def test_no_read_runs_ahead_of_a_slow_client(
    rbd: RbdStore, attempt: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(rbd, attempt, *[bytes(BLOCK)] * 12)
    asked: list[int] = []

    with rbd.open(attempt) as reader:
        ask = reader._ask

        def ask_and_rest(at: int, count: int) -> tuple[int, Answer]:
            asked.append(at)
            coming = ask(at, count)
            while coming[1].empty():
                time.sleep(0.01)
            return coming

        monkeypatch.setattr(reader, "_ask", ask_and_rest)
        chunks = reader.chunks(0, reader.size)
        for _ in range(4):
            next(chunks)

    assert asked == [at * BLOCK for at in range(4)]


def test_connection_that_is_shut_out_is_made_anew(rbd: RbdStore, sealed: str) -> None:
    mine, other = ceph_store(mon_timeout=11), ceph_store(mon_timeout=12)
    first = cluster(mine._access).client
    cluster(other._access).client.blocklist_add(
        first.get_addrs().split("v2:")[-1].split("]")[0], 60
    )

    with pytest.raises(StoreDown):
        while True:
            mine.open(sealed).__exit__(None, None, None)

    assert list(mine.keys()) == [sealed]


def test_forked_child_has_a_connection_of_its_own(rbd: RbdStore, sealed: str) -> None:
    child = os.fork()
    if child == 0:
        os._exit(0 if list(rbd.keys()) == [sealed] else 1)

    assert os.waitpid(child, 0)[1] == 0


def test_unreachable_cluster_is_asked_once_for_all(tmp_path: Path) -> None:
    conf = tmp_path / "ceph.conf"
    conf.write_text("[global]\nmon host = v2:127.0.0.1:9\nkeyring = /dev/null\n")
    store = RbdStore("rbd", pool="images", user="nobody", conf=str(conf), mon_timeout=2)
    started = time.monotonic()

    threads = [threading.Thread(target=expect_down, args=(store.keys,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert time.monotonic() - started < 4


def expect_down(act: Callable[[], object]) -> None:
    with pytest.raises(StoreDown):
        list(act())  # type: ignore[call-overload]


@pytest.mark.parametrize(("conf", "found"), [("/nowhere/ceph.conf", "E020"), (None, "E021")])
def test_checks_tell_what_cannot_be_read(
    rbd: RbdStore, tmp_path: Path, conf: str | None, found: str
) -> None:
    here = tmp_path / "ceph.conf"
    here.write_text("[global]\nkeyring = /nowhere/keyring\n")
    store = RbdStore("rbd", pool="images", user="nobody", conf=conf or str(here))

    assert [message.id for message in store.checks()] == [f"stores.{found}"]


def test_checks_tell_of_a_key_that_others_can_read(tmp_path: Path) -> None:
    conf, keyring = tmp_path / "ceph.conf", tmp_path / "keyring"
    conf.write_text(f"[global]\nkeyring = {keyring}\n")
    keyring.touch(0o644)
    store = RbdStore("rbd", pool="images", user="nobody", conf=str(conf))

    assert [message.id for message in store.checks()] == ["stores.W022"]
