"""One file of a folder of objects: written under a hidden name, sealed, read."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from stores.base import MIB
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
    """An attempt: a hidden file, open for writing."""

    def __init__(self, path: Path, *, is_thin: bool) -> None:
        self.confirmed = 0
        self._flushed = 0
        self._flush: Future[None] | None = None
        self._disk = ThreadPoolExecutor(1, thread_name_prefix="flush")
        self._sealed = path
        self._path = unsealed(path)
        self._is_thin = is_thin
        self._is_open = True
        with file_errors(path.name):
            if os.path.lexists(path):
                raise FileExistsError(errno.EEXIST, path.name)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
            self._file = os.open(self._path, flags, MODE)

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
        self._flush = self._disk.submit(os.fdatasync, self._file)

    def _await_flush(self) -> None:
        if self._flush:
            self._flush.result()
            self._flush = None

    def _write_at(self, offset: int, run: memoryview) -> None:
        while run:
            count = os.pwrite(self._file, run, offset)
            run, offset = run[count:], offset + count

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
            self._path.unlink(missing_ok=True)
            self._sealed.unlink(missing_ok=True)

    def _close(self) -> None:
        if self._is_open:
            self._is_open = False
            self._disk.shutdown()  # a descriptor's number must not be another file's meanwhile
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

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        os.close(self._file)


def unsealed(path: Path) -> Path:
    """Return where the object of *path* lies while it is being written."""
    return path.with_name(path.name + UNSEALED)
