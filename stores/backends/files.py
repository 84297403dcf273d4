"""One file of a folder of objects: written under a hidden name, sealed, read."""

from __future__ import annotations

import errno
import fcntl
import os
import struct
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO, Self

from stores.base import MIB, Stretch
from stores.errors import (
    ObjectExists,
    ObjectMissing,
    StoreDown,
    StoreError,
    StoreFull,
    StoreReadOnly,
)
from stores.zeros import data_runs

MODE = 0o640
"""The group may read, so that a web server can serve the files."""
UNSEALED = ".part"
FLUSH = 1 << 26
"""Bytes after which the disk is told to begin."""

_WORDS: dict[int | None, type[StoreError]] = {
    errno.EEXIST: ObjectExists,
    errno.ENOENT: ObjectMissing,
    errno.ENOSPC: StoreFull,
    errno.EDQUOT: StoreFull,
    errno.EFBIG: StoreFull,
    errno.EROFS: StoreReadOnly,
    errno.EACCES: StoreReadOnly,
    errno.EPERM: StoreReadOnly,
}
_SENTENCES: dict[type[StoreError], str] = {
    ObjectExists: "There is an object {key} already.",
    ObjectMissing: "There is no object {key}.",
    StoreFull: "The store has no room for these bytes.",
    StoreReadOnly: "The store's folder may not be written.",
    StoreDown: "The store's folder does not answer.",
}


@contextmanager
def file_errors(key: str) -> Iterator[None]:
    """Say the troubles of the file of *key* in our words."""
    try:
        yield
    except OSError as trouble:
        word = _WORDS.get(trouble.errno, StoreDown)
        raise word(_SENTENCES[word].format(key=key)) from trouble


@contextmanager
def folder_errors() -> Iterator[None]:
    """Say the troubles of the folder itself in our words."""
    try:
        yield
    except OSError as trouble:
        raise StoreDown(_SENTENCES[StoreDown]) from trouble


class FileWriter:
    """An attempt: a hidden *file*, open for writing from byte *at* on; *path* is its sealed one."""

    def __init__(self, path: Path, file: int, *, is_thin: bool, at: int = 0) -> None:
        self.confirmed = at
        self._flushed = at
        self._flush: Future[None] | None = None
        self._disk: ThreadPoolExecutor | None = None
        self._sealed = path
        self._path = unsealed(path)
        self._is_thin = is_thin
        self._is_open = True
        self._file = file

    def write(self, chunk: bytes) -> None:
        with file_errors(self._sealed.name):
            for start, stop in data_runs(chunk) if self._is_thin else [(0, len(chunk))]:
                self._write_at(self.confirmed + start, memoryview(chunk)[start:stop])
            self.confirmed += len(chunk)
            if self.confirmed - self._flushed >= FLUSH:
                self._begin_flush()

    def _begin_flush(self) -> None:
        """Let the disk work while others hash; the kernel would leave nearly all of it to `seal`.

        The kernel tells of a failed write once, to the first flush after it, so each is asked.
        """
        if self._flush and not self._flush.done():
            return
        self._await_flush()
        self._flushed = self.confirmed
        self._disk = self._disk or ThreadPoolExecutor(1, thread_name_prefix="flush")
        self._flush = self._disk.submit(os.fdatasync, self._file)

    def _await_flush(self) -> None:
        if self._flush:
            self._flush.result()
            self._flush = None

    def _write_at(self, offset: int, run: memoryview) -> None:
        while run:
            count = os.pwrite(self._file, run, offset)
            run, offset = run[count:], offset + count

    def flush(self) -> None:
        with file_errors(self._sealed.name):
            self._await_flush()
            os.fdatasync(self._file)
            self._flushed = self.confirmed

    def suspend(self) -> None:
        try:
            self.flush()
        finally:
            self._close()

    def seal(self) -> None:
        with file_errors(self._sealed.name):
            os.ftruncate(self._file, self.confirmed)
            self._await_flush()
            os.fsync(self._file)
            self._close()
            self._path.rename(self._sealed)

    def abort(self) -> None:
        with file_errors(self._sealed.name):
            self._close()
            remove_file(self._sealed)

    def _close(self) -> None:
        if self._is_open:
            self._is_open = False
            if self._disk:  # a descriptor's number must not be another file's meanwhile
                self._disk.shutdown()
            os.close(self._file)


class FileReader:
    """A sealed file."""

    def __init__(self, key: str, file: int) -> None:
        self._key = key
        self._file = file
        self.size = os.fstat(file).st_size

    def chunks(self, start: int, stop: int) -> Iterator[bytes]:
        os.posix_fadvise(self._file, start, stop - start, os.POSIX_FADV_SEQUENTIAL)
        while start < stop:
            with file_errors(self._key):
                chunk = os.pread(self._file, min(MIB, stop - start), start)
            if not chunk:
                raise ObjectMissing(f"The object {self._key} ends at byte {start}.")
            yield chunk
            start += len(chunk)

    def file(self) -> BinaryIO | None:
        return os.fdopen(os.dup(self._file), "rb", buffering=0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        os.close(self._file)


def unsealed(path: Path) -> Path:
    """Return where the object of *path* lies while it is being written."""
    return path.with_name(path.name + UNSEALED)


def key_of(name: str) -> str:
    """Return the key of the object that the file *name* holds, or may; if it is ours."""
    return name.removeprefix(".").removesuffix(UNSEALED)


def remove_file(path: Path) -> None:
    """Remove the object of *path*, sealed or being written, if it is there."""
    unsealed(path).unlink(missing_ok=True)
    path.unlink(missing_ok=True)


def create_file(path: Path) -> int:
    """Make the hidden file of the object of *path*, and return its descriptor."""
    with file_errors(path.name):
        if os.path.lexists(path):
            raise FileExistsError(errno.EEXIST, path.name)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        try:
            return os.open(unsealed(path), flags, MODE)
        except FileNotFoundError as trouble:  # only the folder can be missing
            raise StoreDown(_SENTENCES[StoreDown]) from trouble


def reopen_file(path: Path, stretch: Stretch) -> int:
    """Open the hidden file of the object of *path* again, ready for *stretch*."""
    with file_errors(path.name), ExitStack() as undo:
        if os.path.lexists(path):  # sealed by somebody who could not tell any more
            path.rename(unsealed(path))
        file = os.open(unsealed(path), os.O_WRONLY | os.O_NOFOLLOW)
        undo.callback(os.close, file)
        _lock(file, stretch)
        _erase(file, stretch)
        undo.pop_all()
        return file


def _lock(file: int, stretch: Stretch) -> None:
    """Keep every other writer out of *stretch*; the kernel lets go of it with the descriptor.

    A writer that is only frozen still holds its own, and so can never write over its successor's
    bytes (fcntl(2), open file description locks).
    """
    length = 0 if stretch.stop is None else max(1, stretch.stop - stretch.at)
    lock = struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, stretch.at, length, 0)
    try:
        fcntl.fcntl(file, fcntl.F_OFD_SETLK, lock)
    except BlockingIOError as held:
        raise StoreDown("Somebody has the object open; trying later may help.") from held


def _erase(file: int, stretch: Stretch) -> None:
    """Let nothing be read in *stretch* of what was never confirmed."""
    at, stop = stretch.at, min(stretch.dirty_until, os.fstat(file).st_size)
    if stretch.stop is None and at < stop:
        os.ftruncate(file, at)
        return
    while at < stop:  # another part may be growing the file just now
        at += os.pwrite(file, bytes(min(MIB, stop - at)), at)
