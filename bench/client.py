"""A service under test, and an HTTP client that leaves the processor to it."""

from __future__ import annotations

import base64
import json
import mmap
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

OCTETS = "application/octet-stream"
STEP = 1 << 16
"""Bytes of a chunk, as OpenStack's clients send them."""
ROOM = 1 << 20


class Refused(Exception):
    """A service answered what nobody expected."""


@dataclass(frozen=True, slots=True)
class Target:
    """A service: where it listens, what it wants to hear, and what its stores are called."""

    label: str
    host: str
    port: int
    headers: dict[str, str] = field(default_factory=dict)
    stores: dict[str, str] = field(default_factory=dict)

    @classmethod
    def parse(cls, text: str) -> Target:
        """Read `LABEL=URL,AUTH[,KIND=STORE...]`.

        AUTH is `token:SECRET`, `basic:USER:PASSWORD` or `none` (a comma in it is `%2C`); KIND is
        `rbd`, `file` or `thin`, the store for sparse images.
        """
        label, _, rest = text.partition("=")
        url, auth, *stores = rest.split(",")
        place = urlsplit(url)
        return cls(
            label,
            str(place.hostname),
            place.port or 80,
            _credentials(unquote(auth)),
            dict(store.split("=", 1) for store in stores),
        )

    def store(self, kind: str) -> str:
        """Return the name of its store of this *kind*."""
        named = {"thin": self.stores.get("rbd", "rbd")} | self.stores
        return named.get(kind, kind)

    @contextmanager
    def connect(self, timeout: float = 300) -> Iterator[Connection]:
        """Open a connection for one request after another."""
        with socket.create_connection((self.host, self.port), timeout) as sock:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            yield Connection(self, sock)

    def create(self, name: str) -> str:
        """Make an image's record and return its id."""
        with self.connect() as connection:
            return connection.create(name)

    def make(self, name: str, path: Path, kind: str) -> str:
        """Make an image of the file at *path* and return its id, as OpenStack's clients do it.

        Both requests go over one connection, unless the service closes it after the first.
        """
        with self.connect() as connection:
            image = connection.create(name)
            if connection.is_kept:
                connection.upload(image, path, self.store(kind), has_chunks=False)
                return image
        self.upload(image, path, kind)
        return image

    def show(self, image: str) -> dict[str, Any]:
        """Return an image's record."""
        with self.connect() as connection:
            answer: dict[str, Any] = json.loads(connection.ask("GET", f"/v2/images/{image}"))
            return answer

    def delete(self, image: str) -> None:
        """Delete an image."""
        with self.connect() as connection:
            connection.ask("DELETE", f"/v2/images/{image}", want={204})

    def upload(self, image: str, path: Path, kind: str, *, has_chunks: bool = False) -> None:
        """Send the file at *path* as the data of *image*."""
        with self.connect() as connection:
            connection.upload(image, path, self.store(kind), has_chunks=has_chunks)

    def download(self, path: str) -> int:
        """Ask for *path*, throw its bytes away, and return how many came."""
        with self.connect() as connection:
            return connection.download(path)


def _credentials(auth: str) -> dict[str, str]:
    kind, _, secret = auth.partition(":")
    if kind == "token":
        return {"X-Auth-Token": secret}
    if kind == "basic":
        return {"Authorization": "Basic " + base64.b64encode(secret.encode()).decode()}
    return {}


class Connection:
    """One connection to a target."""

    def __init__(self, target: Target, sock: socket.socket) -> None:
        self._target = target
        self.sock = sock
        self._held = b""
        self.is_kept = True
        """Did the last answer leave the connection open?"""

    def create(self, name: str) -> str:
        """Make an image's record and return its id."""
        fields = {"name": name, "disk_format": "raw", "container_format": "bare"}
        answer = self.ask("POST", "/v2/images", json.dumps(fields).encode(), want={201})
        return str(json.loads(answer)["id"])

    def ask(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        *,
        want: set[int] | None = None,
        kind: str = "application/json",
    ) -> bytes:
        """Send a request with all of its *body*, and return the body of the answer."""
        headers: dict[str, object] = {}
        if body:
            headers = {"Content-Type": kind, "Content-Length": len(body)}
        self.sock.sendall(self.head(method, path, headers) + body)
        status, got = self.answer()
        if status not in (want or {200}):
            raise Refused(f"{self._target.label}: {method} {path}: {status} {got[:300]!r}")
        return got

    def head(self, method: str, path: str, headers: dict[str, object]) -> bytes:
        """Return the head of a request."""
        lines = (
            {"Host": f"{self._target.host}:{self._target.port}"} | self._target.headers | headers
        )
        text = "".join(f"{name}: {text}\r\n" for name, text in lines.items())
        return f"{method} {path} HTTP/1.1\r\n{text}\r\n".encode()

    def upload(self, image: str, path: Path, store: str, *, has_chunks: bool) -> None:
        """Send a file: by sendfile with its length, or in chunks from the page cache."""
        size = path.stat().st_size
        headers: dict[str, object] = {"Content-Type": OCTETS, "X-Image-Meta-Store": store}
        if has_chunks:
            headers["Transfer-Encoding"] = "chunked"
        else:
            headers["Content-Length"] = size
        self.sock.sendall(self.head("PUT", f"/v2/images/{image}/file", headers))
        with path.open("rb") as file:
            if has_chunks:
                self._send_chunks(file.fileno(), size)
            else:
                self.sock.sendfile(file)
        status, got = self.answer()
        if status != 204:
            raise Refused(f"{self._target.label}: upload: {status} {got[:300]!r}")

    def _send_chunks(self, file: int, size: int) -> None:
        with mmap.mmap(file, size, prot=mmap.PROT_READ) as content, memoryview(content) as view:
            for start in range(0, size, STEP):
                with view[start : start + STEP] as piece:
                    self._send_whole([b"%x\r\n" % len(piece), piece, b"\r\n"])
        self.sock.sendall(b"0\r\n\r\n")

    def _send_whole(self, parts: list[Any]) -> None:
        count = self.sock.sendmsg(parts)
        if count < sum(map(len, parts)):
            self.sock.sendall(b"".join(parts)[count:])

    def download(self, path: str) -> int:
        """Throw away the bytes of *path*; return how many there were."""
        self.sock.sendall(self.head("GET", path, {}))
        status, length = self._answer_head()
        if status != 200 or length is None:
            raise Refused(f"{self._target.label}: GET {path}: {status}")
        count, room = len(self._held), bytearray(ROOM)
        while count < length:
            got = self.sock.recv_into(room)
            if not got:
                raise Refused(f"{self._target.label}: GET {path} ended at byte {count} of {length}")
            count += got
        return count

    def answer(self) -> tuple[int, bytes]:
        """Read an answer and return its status and its body."""
        status, length = self._answer_head()
        while length is None or len(self._held) < length:
            if status == 204:
                break
            got = self.sock.recv(ROOM)
            if not got:
                break
            self._held += got
        body, self._held = self._held, b""
        return status, body

    def answer_head(self) -> list[str]:
        """Read the head of an answer and return its lines."""
        while b"\r\n\r\n" not in self._held:
            got = self.sock.recv(STEP)
            if not got:
                raise Refused(f"{self._target.label} hung up")
            self._held += got
        head, _, self._held = self._held.partition(b"\r\n\r\n")
        return head.decode("latin-1").split("\r\n")

    def rest(self) -> bytes:
        """Return what has come since."""
        return self._held

    def _answer_head(self) -> tuple[int, int | None]:
        lines = self.answer_head()
        headers = dict(line.lower().split(": ", 1) for line in lines[1:] if ": " in line)
        status = int(lines[0].split(" ")[1])
        if status == 100:
            return self._answer_head()
        self.is_kept = headers.get("connection") != "close"
        return status, int(headers["content-length"]) if "content-length" in headers else None
