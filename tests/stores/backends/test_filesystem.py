"""What files alone must do, on a file system that is small, full, or closed."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from stores.backends.filesystem import FilesystemStore
from stores.base import MIB, Stretch
from stores.errors import (
    ObjectExists,
    ObjectMissing,
    StoreDown,
    StoreError,
    StoreFull,
    StoreReadOnly,
)
from tests.stores.conftest import another, put


@pytest.fixture
def folder(files: FilesystemStore) -> Path:
    """Return the folder of the store of files."""
    return files._folder


@pytest.fixture
def mount(tmp_path: Path) -> Iterator[Callable[[str], FilesystemStore]]:
    """Return what mounts a small file system (root may) and makes a store in it."""
    target = tmp_path / "small"
    target.mkdir()

    def make(options: str) -> FilesystemStore:
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", target], check=True)
        return FilesystemStore("small", path=str(target / "images"))

    yield make
    subprocess.run(["umount", target], check=True)


def synced(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list that fills with the names of what is synced."""
    names: list[str] = []
    fsync = os.fsync

    def remember(file: int) -> None:
        names.append(Path(f"/proc/self/fd/{file}").readlink().name)
        fsync(file)

    monkeypatch.setattr(os, "fsync", remember)
    return names


def test_the_disk_begins_before_the_end(
    files: FilesystemStore, attempt: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed: list[int] = []
    monkeypatch.setattr(os, "fdatasync", lambda file: flushed.append(os.fstat(file).st_size))
    monkeypatch.setattr("stores.backends.files.FLUSH", MIB)
    writer = files.create(attempt, None)

    writer.write(b"x" * MIB)
    writer.seal()

    assert flushed == [MIB]


@pytest.mark.parametrize("number", [errno.EIO, errno.ENOSPC])
def test_what_the_disk_says_meanwhile_is_heard(
    files: FilesystemStore, attempt: str, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def refuse(file: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fdatasync", refuse)
    monkeypatch.setattr("stores.backends.files.FLUSH", MIB)
    writer = files.create(attempt, None)

    writer.write(b"x" * MIB)
    with pytest.raises(StoreFull if number == errno.ENOSPC else StoreDown):
        writer.seal()
    writer.abort()

    assert [*files.keys()] == []


def test_attempt_is_hidden_and_its_object_is_not(
    files: FilesystemStore, folder: Path, attempt: str, final: str
) -> None:
    writer = files.create(attempt, None)
    names = [file.name for file in folder.iterdir()]
    writer.seal()
    names += [file.name for file in folder.iterdir()]
    files.rename(attempt, final)
    names += [file.name for file in folder.iterdir()]

    assert names == [f".{attempt}.part", f".{attempt}", final]


def test_file_and_folder_are_synced_once(
    files: FilesystemStore, attempt: str, final: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = synced(monkeypatch)

    put(files, attempt, b"bytes")
    files.rename(attempt, final)

    assert names == [f".{attempt}.part", "images"]


def test_others_may_not_read(files: FilesystemStore, folder: Path, attempt: str) -> None:
    put(files, attempt, b"bytes")

    assert stat.S_IMODE((folder / f".{attempt}").stat().st_mode) & 0o137 == 0


def test_zeros_take_no_room(files: FilesystemStore, folder: Path, attempt: str) -> None:
    put(files, attempt, bytes(4 * MIB), b"x" * MIB + bytes(3 * MIB), bytes(8 * MIB))

    file = (folder / f".{attempt}").stat()
    assert file.st_size == 16 * MIB
    assert MIB <= file.st_blocks * 512 < 2 * MIB


def test_zeros_take_room_when_asked_to(tmp_path: Path, attempt: str) -> None:
    store = FilesystemStore("thick", path=str(tmp_path), thin_provisioning=False)

    put(store, attempt, bytes(4 * MIB))

    assert (tmp_path / f".{attempt}").stat().st_blocks * 512 >= 4 * MIB


def test_rename_that_a_crash_cut_short_is_finished(
    files: FilesystemStore, folder: Path, attempt: str, final: str
) -> None:
    put(files, attempt, b"bytes")
    os.link(folder / f".{attempt}", folder / final)

    files.rename(attempt, final)

    assert list(files.keys()) == [final]


def test_foreign_files_are_not_ours(files: FilesystemStore, folder: Path) -> None:
    for name in ("README", ".hidden", "lost+found", f"{uuid.uuid4()}.txt"):
        (folder / name).touch()

    assert list(files.keys()) == []


def test_link_is_not_followed(files: FilesystemStore, folder: Path, final: str) -> None:
    (folder / final).symlink_to("/etc/passwd")

    with pytest.raises(StoreError):
        files.open(final)


def test_link_in_the_way_is_not_written_through(
    files: FilesystemStore, folder: Path, tmp_path: Path, attempt: str
) -> None:
    (folder / f".{attempt}.part").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(ObjectExists):
        files.create(attempt, None)

    assert not (tmp_path / "elsewhere").exists()


def test_file_for_sendfile_outlives_its_reader(files: FilesystemStore, attempt: str) -> None:
    put(files, attempt, b"bytes")

    with files.open(attempt) as reader:
        file = reader.file()

    assert file is not None
    with file:
        assert (file.tell(), file.read()) == (0, b"bytes")


def test_removed_object_can_be_read_to_its_end(files: FilesystemStore, attempt: str) -> None:
    put(files, attempt, bytes(2 * MIB))

    with files.open(attempt) as reader:
        files.delete(attempt)

        assert sum(map(len, reader.chunks(0, reader.size))) == 2 * MIB


def test_truncated_object_is_never_read_whole(
    files: FilesystemStore, folder: Path, attempt: str
) -> None:
    put(files, attempt, bytes(2 * MIB))

    with files.open(attempt) as reader, pytest.raises(ObjectMissing):
        os.truncate(folder / f".{attempt}", MIB)
        list(reader.chunks(0, reader.size))


def test_folder_that_is_gone_is_not_a_lost_object(
    files: FilesystemStore, folder: Path, final: str, attempt: str
) -> None:
    folder.rmdir()

    with pytest.raises(StoreDown):
        files.create(attempt, None)
    with pytest.raises(StoreDown):
        files.open(final)
    with pytest.raises(StoreDown):
        list(files.keys())
    with pytest.raises(StoreDown):
        files.capacity()


def test_full_file_system_is_full(mount: Callable[[str], FilesystemStore], attempt: str) -> None:
    store = mount("size=4m")
    writer = store.create(attempt, None)

    with pytest.raises(StoreFull):
        writer.write(b"x" * 5 * MIB)
    writer.abort()

    assert list(store.keys()) == []
    put(store, another(attempt), b"x" * 3 * MIB)


def test_file_system_without_inodes_is_full(
    mount: Callable[[str], FilesystemStore], attempt: str
) -> None:
    store = mount("nr_inodes=3")
    put(store, attempt, b"bytes")

    with pytest.raises(StoreFull):
        store.create(another(attempt), None)

    assert list(store.keys()) == [attempt]


def test_read_only_file_system_takes_nothing(
    mount: Callable[[str], FilesystemStore], attempt: str, final: str
) -> None:
    store = mount("size=4m")
    put(store, attempt, b"bytes")
    subprocess.run(["mount", "-o", "remount,ro", store._folder.parent], check=True)

    for act in (
        lambda: store.create(another(attempt), None),
        lambda: store.rename(attempt, final),
        lambda: store.delete(attempt),
    ):
        with pytest.raises(StoreReadOnly):
            act()


def test_capacity_is_the_file_systems(
    mount: Callable[[str], FilesystemStore], attempt: str
) -> None:
    store = mount("size=4m")
    put(store, attempt, b"x" * MIB)

    assert (store.capacity().total, store.capacity().free) == (4 * MIB, 3 * MIB)


@pytest.mark.parametrize("act", ["create", "delete"])
def test_store_that_is_read_only_takes_nothing(tmp_path: Path, attempt: str, act: str) -> None:
    store = FilesystemStore("shelf", path=str(tmp_path), read_only=True)
    arguments = (attempt, None) if act == "create" else (attempt,)

    with pytest.raises(StoreReadOnly):
        getattr(store, act)(*arguments)


@pytest.mark.parametrize("stop", [None, 100])
def test_writer_that_is_still_there_keeps_others_out(
    files: FilesystemStore, attempt: str, stop: int | None
) -> None:
    files.create(attempt, None).suspend()
    first = files.reopen(attempt, Stretch(0, 0, stop))

    with pytest.raises(StoreDown):
        files.reopen(attempt, Stretch(50, 50, stop))

    first.suspend()
    files.reopen(attempt, Stretch(50, 50, stop)).suspend()


def test_closed_store_goes_on_with_nothing(files: FilesystemStore, attempt: str) -> None:
    files.create(attempt, None).suspend()
    files.read_only = True

    with pytest.raises(StoreReadOnly):
        files.reopen(attempt, Stretch(0, 0))
