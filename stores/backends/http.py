"""Data on other people's web servers: read through the fence, never written, never removed."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, NoReturn, Self

import httpx2
from django.core.checks import CheckMessage, Error

from stores.base import MIB, Capacity, Stretch
from stores.errors import BadAddress, ObjectMissing, StoreDown, StoreReadOnly
from stores.web import Fence, fenced_client, is_web

LEAST_RATE = 10_000
"""Bytes a second that a server must send in the long run, so that none holds a worker for ever."""
GRACE = 60  # seconds
LENGTH = re.compile(r"[0-9]{1,18}", re.ASCII)
GONE = frozenset({404, 410})


class HttpStore:
    """Whatever lies behind http and https URLs; a location's URL is the object's key.

    *networks*, *hosts* and *ports* are what an operator's fence lets in.
    """

    kind = "http"
    read_only = True

    def __init__(
        self,
        name: str,
        *,
        networks: list[str],
        hosts: list[str],
        ports: list[int],
        description: str = "",
    ) -> None:
        self.name = name
        self.description = description
        self._fence = Fence.around(networks, hosts, ports)
        self._client = fenced_client(self._fence)

    def create(self, key: str, size_hint: int | None) -> NoReturn:
        raise StoreReadOnly(f"The store {self.name} takes no data.")

    def reopen(self, key: str, stretch: Stretch) -> NoReturn:
        raise StoreReadOnly(f"The store {self.name} takes no data.")

    def rename(self, key: str, new_key: str) -> NoReturn:
        raise ObjectMissing(f"The store {self.name} has no objects of ours.")

    def open(self, key: str) -> HttpReader:
        return HttpReader(self._client, key)

    def delete(self, key: str) -> None:
        """Leave the bytes alone: they are not ours."""

    def in_use(self, key: str) -> bool:
        return False

    def keys(self) -> Iterator[str]:
        """Yield nothing: no object here is ours."""
        yield from ()

    def url(self, key: str) -> str:
        return key

    def place(self, url: str, key: str) -> str | None:
        if not is_web(url):
            return None
        self._fence.check(url)
        return url

    def details(self) -> dict[str, object]:
        return {}

    def capacity(self) -> Capacity:
        return Capacity(total=None, free=None)

    def checks(self) -> Iterator[CheckMessage]:
        if not self._fence.ports:
            yield Error(f"The store {self.name} may reach no port.", id="stores.E030")


class HttpReader:
    """One answer of a web server; a part of it is asked for anew."""

    def __init__(self, client: httpx2.Client, address: str) -> None:
        self._client = client
        self._address = address
        self._response = self._ask({})
        length = self._response.headers.get("Content-Length", "")
        if not LENGTH.fullmatch(length):
            self._response.close()
            raise StoreDown("The web server does not tell how many bytes there are.")
        self.size = int(length)

    def _ask(self, headers: dict[str, str]) -> httpx2.Response:
        with web_errors():
            request = self._client.build_request("GET", self._address, headers=headers)
            response = self._client.send(request, stream=True)
        if response.status_code in GONE:
            response.close()
            raise ObjectMissing("The web server does not have the data any more.")
        encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
        if response.status_code not in {200, 206} or encoding != "identity":
            response.close()
            raise StoreDown(f"The web server answers {response.status_code}, not the data.")
        return response

    def chunks(self, start: int, stop: int) -> Iterator[bytes]:
        skip = start
        if start:
            self._response.close()
            self._response = self._ask({"Range": f"bytes={start}-{stop - 1}"})
            skip = 0 if self._response.status_code == httpx2.codes.PARTIAL_CONTENT else start
        at = start
        for chunk in self._paced():
            kept = memoryview(chunk)[skip:][: stop - at]
            skip = max(0, skip - len(chunk))
            at += len(kept)
            if kept:
                yield bytes(kept)
            if at == stop:
                return
        if at < stop:
            raise ObjectMissing(f"The web server's data end at byte {at}.")

    def _paced(self) -> Iterator[bytes]:
        """Yield what comes; raise `StoreDown` when it comes too slowly."""
        began, came = time.monotonic(), 0
        chunks = self._response.iter_raw(MIB)
        while True:
            with web_errors():
                chunk = next(chunks, b"")
            if not chunk:
                return
            came += len(chunk)
            if came < LEAST_RATE * (time.monotonic() - began - GRACE):
                raise StoreDown("The web server is too slow.")
            yield chunk

    def file(self) -> BinaryIO | None:
        return None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._response.close()


@contextmanager
def web_errors() -> Iterator[None]:
    """Say httpx2's troubles in our words; its own may hold an address."""
    try:
        yield
    except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError) as trouble:
        raise StoreDown("The web server does not answer, or not as one should.") from trouble
    except BadAddress as trouble:
        raise StoreDown("The web server leads to an address that is closed.") from trouble
