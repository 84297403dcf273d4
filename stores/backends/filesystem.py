"""Objects as files of one folder: hidden while an attempt writes them, durable before they show."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from django.core.checks import CheckMessage, Error

from stores.backends.files import (
    FileReader,
    FileWriter,
    create_file,
    file_errors,
    folder_errors,
    key_of,
    remove_file,
    reopen_file,
)
from stores.base import MIB, Capacity, Stretch
from stores.errors import StoreReadOnly
from stores.keys import checked, checked_attempt, is_attempt, is_final, is_key


class FilesystemStore:
    """A folder of images.

    `<uuid>` is a finished object, `.<uuid>.<attempt>` a sealed attempt, and the same with `.part`
    one that is being written. The file is synced once, at the seal, and the folder once, at the
    rename. With *thin_provisioning* runs of zeros are left out of the files (they are sparse).
    The last folder of *path* is made if need be; its parent must be there.
    """

    kind = "file"

    def __init__(
        self,
        name: str,
        *,
        path: str,
        description: str = "",
        read_only: bool = False,
        thin_provisioning: bool = True,
    ) -> None:
        self.name = name
        self.description = description
        self.read_only = read_only
        self._folder = Path(path)
        self._is_thin = thin_provisioning
        with suppress(OSError):  # the checks and the first upload tell of it
            self._folder.mkdir(exist_ok=True)

    def create(self, key: str, size_hint: int | None) -> FileWriter:
        checked_attempt(key)
        if self.read_only:
            raise StoreReadOnly(f"The store {self.name} takes no data.")
        path = self._path(key)
        return FileWriter(path, create_file(path), is_thin=self._is_thin)

    def reopen(self, key: str, stretch: Stretch) -> FileWriter:
        path = self._path(checked_attempt(key))
        if self.read_only:
            raise StoreReadOnly(f"The store {self.name} takes no data.")
        file = reopen_file(path, stretch)
        self._sync()  # nothing else has said yet that the file is in the folder
        return FileWriter(path, file, is_thin=self._is_thin, at=stretch.at)

    def rename(self, key: str, new_key: str) -> None:
        # A link never replaces a file, as a rename would; one that a crash cut short is finished.
        self._link(key, new_key)
        with file_errors(key):
            self._path(key).unlink()
            self._sync()

    def link(self, key: str, new_key: str) -> None:
        self._link(checked_attempt(key), new_key)
        with file_errors(new_key):
            self._sync()

    def _link(self, key: str, new_key: str) -> None:
        old, new = self._path(checked(key)), self._path(checked(new_key))
        with file_errors(key):
            identity = old.stat(follow_symlinks=False)
        with file_errors(new_key):
            try:
                os.link(old, new, follow_symlinks=False)
            except FileExistsError:
                if not os.path.samestat(identity, new.stat(follow_symlinks=False)):
                    raise

    def unlink(self, key: str) -> None:
        path = self._path(checked_attempt(key))
        with file_errors(key):
            remove_file(path)

    def withdraw(self, key: str, new_key: str) -> None:
        old, new = self._path(checked_attempt(key)), self._path(checked(new_key))
        with file_errors(key):
            if old.exists() and new.exists() and old.samefile(new):
                new.unlink()
        self.unlink(key)
        with file_errors(key):
            self._sync()

    def idle_attempts(self, seconds: float) -> Iterator[str]:
        latest = time.time() - seconds
        with folder_errors(), os.scandir(self._folder) as entries:
            hidden = [entry for entry in entries if entry.name.startswith(".")]
        for entry in hidden:
            key = key_of(entry.name)
            if is_attempt(key) and _last_change(entry) < latest:
                yield key

    def open(self, key: str) -> FileReader:
        checked(key)
        with folder_errors():  # a folder that is gone (not mounted) is not an object that is lost
            self._folder.stat()
        with file_errors(key):
            return FileReader(key, os.open(self._path(key), os.O_RDONLY | os.O_NOFOLLOW))

    def delete(self, key: str) -> None:
        path = self._path(checked(key))
        if self.read_only:
            raise StoreReadOnly(f"The store {self.name} cannot be changed.")
        with file_errors(key):
            remove_file(path)
            self._sync()

    def in_use(self, key: str) -> bool:
        checked(key)
        return False

    def keys(self) -> Iterator[str]:
        with folder_errors(), os.scandir(self._folder) as entries:
            names = [entry.name for entry in entries]
        for name in names:
            key = key_of(name)
            if is_key(key):
                yield key

    def url(self, key: str) -> str:
        return (self._folder.absolute() / checked(key)).as_uri()

    def place(self, url: str, key: str) -> str | None:
        """Return nothing: a path on a server is nobody's to name."""

    def details(self) -> dict[str, object]:
        return {
            "data_dir": str(self._folder),
            "chunk_size": MIB,
            "thin_provisioning": self._is_thin,
        }

    def capacity(self) -> Capacity:
        with folder_errors():
            room = os.statvfs(self._folder)
        return Capacity(total=room.f_blocks * room.f_frsize, free=room.f_bavail * room.f_frsize)

    def checks(self) -> Iterator[CheckMessage]:
        if not self._folder.is_dir():
            yield Error(f"{self._folder} is not a folder.", id="stores.E010")
        elif not self.read_only and not os.access(self._folder, os.W_OK | os.X_OK):
            yield Error(f"The folder {self._folder} may not be written.", id="stores.E011")

    def _path(self, key: str) -> Path:
        return self._folder / (key if is_final(key) else f".{key}")

    def _sync(self) -> None:
        folder = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _last_change(entry: os.DirEntry[str]) -> float:
    """Return when *entry* was last written or linked; of one that is gone meanwhile, the future."""
    try:
        return entry.stat(follow_symlinks=False).st_ctime
    except OSError:
        return math.inf
