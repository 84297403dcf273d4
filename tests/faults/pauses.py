"""Places where an upload can be stopped: the real stores and views, with a wait between two steps.

A test arms a point of one image by a file `pauses/<image>.<point>` in the server's folder. Whoever
comes there renames it to `….reached`, with the number of its process in it, and waits until the
file is gone. The points, in the order in which an upload passes them:

create   before the store knows of the attempt     sealed   the store has all, the database does not
write    between two blocks                        renamed  in transaction 2, before its commit
seal     after the last byte                       answer   committed, the client not yet told

An upload whose bytes are all here passes `create`, `seal`, `sealed`, `linked` (in its transaction,
before its commit) and `answer`; a deletion `delete`, committed, before the store is asked to remove
the bytes.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.module_loading import import_string

from stores.base import Stretch, Writer

GIVE_UP_SECONDS = 100
UUID_LENGTH = 36


def pause(point: str, key: str) -> None:
    """Wait here if a test armed *point* for the image of *key*."""
    armed = Path(settings.VAR) / "pauses" / f"{key[:UUID_LENGTH]}.{point}"
    if not armed.exists():
        return
    reached = armed.with_suffix(f".{point}.reached")
    armed.write_text(str(os.getpid()))
    armed.rename(reached)
    deadline = time.monotonic() + GIVE_UP_SECONDS
    while reached.exists() and time.monotonic() < deadline:
        time.sleep(0.01)


class PausingStore:
    """The store made from *backend* and *options*, which does all the work."""

    def __init__(self, name: str, *, description: str, backend: str, options: Any) -> None:
        self._store = import_string(backend)(name, description=description, **options)

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._store, name)
        return partial(self._link, found) if name == "link" else found

    @staticmethod
    def _link(link: Callable[[str, str], None], key: str, new_key: str) -> None:
        link(key, new_key)
        pause("linked", new_key)

    def create(self, key: str, size_hint: int | None) -> Any:
        pause("create", key)
        return PausingWriter(self._store.create(key, size_hint), key)

    def reopen(self, key: str, stretch: Stretch) -> Any:
        return PausingWriter(self._store.reopen(key, stretch), key)

    def rename(self, key: str, new_key: str) -> None:
        self._store.rename(key, new_key)
        pause("renamed", new_key)

    def delete(self, key: str) -> None:
        pause("delete", key)
        self._store.delete(key)


class PausingWriter:
    """The store's own writer, stopped between its steps."""

    def __init__(self, writer: Writer, key: str) -> None:
        self._writer = writer
        self._key = key

    @property
    def confirmed(self) -> int:
        return self._writer.confirmed

    def write(self, chunk: bytes) -> None:
        self._writer.write(chunk)
        pause("write", self._key)

    def seal(self) -> None:
        pause("seal", self._key)
        self._writer.seal()
        pause("sealed", self._key)

    def flush(self) -> None:
        self._writer.flush()

    def suspend(self) -> None:
        self._writer.suspend()

    def abort(self) -> None:
        self._writer.abort()


def pause_before_answer(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Wait after everything is done and before the client is told (a middleware)."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        parts = request.path.split("/")
        if request.method == "PUT" and parts[-1] == "file":
            pause("answer", parts[-2])
        return response

    return middleware
