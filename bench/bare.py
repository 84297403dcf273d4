"""The least that can be done with the same bytes: a yardstick, never a service.

`python -m bench.bare PORT FOLDER` serves, with records in a dict and nobody asked who they are:
uploads and downloads, a constant list of 25 images, and `POST /loop`, which does what an upload
does, but from a file and in this process alone.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import time
import uuid
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from queue import Queue, SimpleQueue
from socketserver import ThreadingTCPServer
from threading import Semaphore, Thread
from typing import Any

BLOCK = 1 << 22
WINDOW = 4
ORDER = 23
ZEROS = bytes(BLOCK)
GRAIN = 1 << 16
SOME = {"status": "queued", "size": None, **{f"property{n}": "x" * 60 for n in range(12)}}
LIST = json.dumps({"images": [{"id": str(uuid.uuid4()), **SOME} for _ in range(25)]}).encode()


class Hashes:
    """md5 and sha512, a thread each."""

    def __init__(self) -> None:
        self._lanes = [self._lane(name) for name in ("md5", "sha512")]

    def _lane(self, name: str) -> tuple[Queue[bytes], Thread]:
        blocks: Queue[bytes] = Queue(2)
        thread = Thread(target=self._hash, args=(hashlib.new(name), blocks))
        thread.start()
        return blocks, thread

    @staticmethod
    def _hash(digest: Any, blocks: Queue[bytes]) -> None:
        while block := blocks.get():
            digest.update(block)
        digest.hexdigest()

    def update(self, block: bytes) -> None:
        """Hash *block* beside whatever comes next."""
        for blocks, _ in self._lanes:
            blocks.put(block)

    def finish(self) -> None:
        """Wait for both."""
        self.update(b"")
        for _, thread in self._lanes:
            thread.join()


class RbdWriter:
    """A window of writes, and a protected snapshot at the end."""

    def __init__(self, name: str, size: int) -> None:
        self._free, self._bad, self._at, self._size = Semaphore(WINDOW), 0, 0, size or BLOCK
        rbd.RBD().create(pool, name, self._size, order=ORDER)
        self._image = rbd.Image(pool, name)

    def _done(self, completion: Any) -> None:
        self._bad = min(self._bad, completion.get_return_value())
        self._free.release()

    def write(self, block: bytes) -> None:
        if self._at + len(block) > self._size:
            self._size = max(2 * self._size, self._at + len(block))
            self._image.resize(self._size)
        for start, stop in full_runs(block):
            self._free.acquire()
            self._image.aio_write(block[start:stop], self._at + start, self._done)
        self._at += len(block)

    def finish(self) -> None:
        for _ in range(WINDOW):
            self._free.acquire()
        self._image.flush()
        if self._at != self._size:
            self._image.resize(self._at)
        self._image.create_snap("snap")
        self._image.protect_snap("snap")
        self._image.close()
        assert not self._bad


class FileWriter:
    """A file, on the disk when it is finished."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb", buffering=0)

    def write(self, block: bytes) -> None:
        self._file.write(block)

    def finish(self) -> None:
        os.fsync(self._file.fileno())
        self._file.close()


def full_runs(block: bytes) -> Iterator[tuple[int, int]]:
    """Yield (start, stop) of what is not zeros."""
    if block == ZEROS[: len(block)]:
        return
    if ZEROS[:GRAIN] not in block:
        yield 0, len(block)
        return
    start = 0
    for at in range(0, len(block), GRAIN):
        if block.startswith(ZEROS[: min(GRAIN, len(block) - at)], at):
            if start < at:
                yield start, at
            start = at + GRAIN
    if start < len(block):
        yield start, len(block)


def store(blocks: Iterable[bytes], name: str, kind: str, size: int) -> int:
    """Hash and write *blocks*; return their bytes."""
    hashes, count = Hashes(), 0
    writer = RbdWriter(name, size) if kind == "rbd" else FileWriter(folder / name)
    for block in blocks:
        hashes.update(block)
        writer.write(block)
        count += len(block)
    writer.finish()
    hashes.finish()
    return count


def read_file(path: str) -> Iterator[bytes]:
    """Yield the blocks of a file."""
    with Path(path).open("rb", buffering=0) as file:
        while block := file.read(BLOCK):
            yield block


def read_rbd(name: str, size: int) -> Iterator[bytes]:
    """Yield the blocks of an image, with a window of reads under way."""
    with rbd.Image(pool, name, read_only=True) as image:
        ahead: deque[SimpleQueue[bytes]] = deque()
        for at in range(0, size, BLOCK):
            answer: SimpleQueue[bytes] = SimpleQueue()
            image.aio_read(at, min(BLOCK, size - at), lambda _, data, to=answer: to.put(data))
            ahead.append(answer)
            if len(ahead) == WINDOW:
                yield ahead.popleft().get()
        for answer in ahead:
            yield answer.get()


def remove(image: dict[str, Any]) -> None:
    """Remove what an image's upload left."""
    if image.get("store") == "rbd":
        with rbd.Image(pool, image["id"]) as source:
            source.unprotect_snap("snap")
            source.remove_snap("snap")
        rbd.RBD().remove(pool, image["id"])
    elif "store" in image:
        (folder / image["id"]).unlink()


class Handler(BaseHTTPRequestHandler):
    """The requests that the benchmark sends, and no other."""

    protocol_version = "HTTP/1.1"
    rbufsize = 1 << 20
    disable_nagle_algorithm = True
    server: Server

    def log_message(self, *_: object) -> None:
        pass

    def _answer(self, status: int, body: bytes = b"") -> None:
        length = "" if status == 204 else f"Content-Length: {len(body)}\r\n"
        self.wfile.write(f"HTTP/1.1 {status} OK\r\n{length}\r\n".encode() + body)

    def _json(self) -> dict[str, Any]:
        body: dict[str, Any] = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        return body

    def _blocks(self) -> Iterator[bytes]:
        left = int(self.headers["Content-Length"])
        while left and (block := self.rfile.read(min(BLOCK, left))):
            left -= len(block)
            yield block

    def do_POST(self) -> None:
        body = self._json()
        name = str(uuid.uuid4())
        if self.path == "/loop":
            start = time.perf_counter()
            path, kind = body["path"], body["store"]
            size = 0 if body["is_unknown"] else Path(path).stat().st_size
            store(read_file(path), name, kind, size)
            seconds = time.perf_counter() - start
            remove({"id": name, "store": kind})
            self._answer(200, json.dumps(seconds).encode())
            return
        self.server.images[name] = {**body, "id": name, "status": "queued"}
        self._answer(201, json.dumps(self.server.images[name]).encode())

    def do_PUT(self) -> None:
        image = self.server.images[self.path.split("/")[3]]
        image["store"] = self.headers["X-Image-Meta-Store"]
        size = int(self.headers["Content-Length"])
        image["size"] = store(self._blocks(), image["id"], image["store"], size)
        image["status"] = "active"
        self._answer(204)

    def do_GET(self) -> None:
        parts = self.path.partition("?")[0].split("/")
        if len(parts) == 3:
            self._answer(200, LIST)
        elif len(parts) == 4:
            self._answer(200, json.dumps(self.server.images[parts[3]]).encode())
        else:
            self._send(self.server.images[parts[3]])

    def _send(self, image: dict[str, Any]) -> None:
        head = f"HTTP/1.1 200 OK\r\nContent-Length: {image['size']}\r\n\r\n"
        self.connection.sendall(head.encode())
        for block in read_rbd(image["id"], image["size"]):
            self.connection.sendall(block)

    def do_DELETE(self) -> None:
        remove(self.server.images.pop(self.path.split("/")[3]))
        self._answer(204)


class Server(ThreadingTCPServer):
    """A thread for each connection."""

    allow_reuse_address = daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.images: dict[str, dict[str, Any]] = {}


if __name__ == "__main__":
    port, folder = int(sys.argv[1]), Path(sys.argv[2])
    folder.mkdir(exist_ok=True)
    if "VITRINE_CEPH_POOL" in os.environ:
        import rados
        import rbd

        cluster = rados.Rados(
            conffile=os.environ["VITRINE_CEPH_CONF"],
            rados_id=os.environ.get("VITRINE_CEPH_USER", "vitrine"),
            conf={"rbd_cache": "false", "rbd_disable_zero_copy_writes": "true"},
        )
        cluster.connect()
        pool = cluster.open_ioctx(os.environ["VITRINE_CEPH_POOL"])
    with suppress(KeyboardInterrupt):
        Server(port).serve_forever()
