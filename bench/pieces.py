"""`bench/resumable`: what an upload in pieces costs beside a plain one, and what parts win.

Each run sends a file into the store once by PUT, once as one piece and once in pieces of 64 MiB,
in another order each time; the table shows medians and their ratio to the PUT (at most 1.5 is aimed
at). Then a smaller one goes over a line of 200 ms and a window of 1 MiB, in one stream and in four
parallel parts (at least twice as fast is aimed at).
"""

from __future__ import annotations

import argparse
import base64
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

from bench.client import Connection, Refused, Target
from bench.contestants import vitrine
from bench.longline import LongLine
from bench.measures import MIB, random_file, settle

PIECE = 64 * MIB
TYPE = "application/offset+octet-stream"
TRIP, WINDOW, PARTS = 0.2, MIB, 4


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser("bench/resumable", description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--size", type=int, default=1024, help="MiB of the large file (1024)")
    parser.add_argument("--far", type=int, default=48, help="MiB that go over the long line (48)")
    parser.add_argument("--database", metavar="URL", help="PostgreSQL; SQLite without it")
    asked = parser.parse_args()
    kind = "rbd" if os.environ.get("VITRINE_CEPH_POOL") else "file"
    with (
        tempfile.TemporaryDirectory(prefix="vitrine-bench-") as name,
        vitrine(Path(name) / "var", asked.database) as (target, _),
    ):
        folder = Path(name)
        near(target, random_file(folder, asked.size * MIB), kind, asked.runs)
        (folder / "far").mkdir()
        far(target, random_file(folder / "far", asked.far * MIB), kind)


def near(target: Target, path: Path, kind: str, runs: int) -> None:
    """Measure on loopback."""
    ways: dict[str, Callable[[str], None]] = {
        "PUT": lambda image: target.upload(image, path, kind),
        "one piece": partial(send, target, path, kind, path.stat().st_size),
        "pieces of 64 MiB": partial(send, target, path, kind, PIECE),
    }
    took: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(runs):
        for name in random.sample(list(ways), len(ways)):
            image = target.create(name)
            settle()
            took[name].append(timed(partial(ways[name], image)))
            target.delete(image)
    print(f"{path.stat().st_size // MIB} MiB into {kind}, seconds (median of {runs}), ratio to PUT")
    base = statistics.median(took["PUT"])
    for name, seconds in took.items():
        middle = statistics.median(seconds)
        print(f"| {name} | {middle:.2f} | {middle / base:.2f} |")


def far(target: Target, path: Path, kind: str) -> None:
    """Measure over a long line."""
    line = LongLine(target.host, target.port, TRIP, WINDOW)
    with line.listening() as port:
        away = replace(target, host="127.0.0.1", port=port)
        size = path.stat().st_size
        one = timed(partial(send, away, path, kind, PIECE, target.create("one stream")))
        parts = timed(partial(send_parts, away, path, kind, target.create("parts")))
    print(
        f"{size // MIB} MiB over {TRIP * 1000:.0f} ms and a window of {WINDOW // MIB} MiB, seconds"
    )
    print(f"| one stream | {one:.2f} |\n| {PARTS} parts | {parts:.2f} | {one / parts:.2f} times |")


def timed(act: Callable[[], None]) -> float:
    """Return how many seconds *act* took."""
    begun = time.monotonic()
    act()
    return time.monotonic() - begun


def send(target: Target, path: Path, kind: str, piece: int, image: str) -> None:
    """Upload *path* in pieces of so many bytes."""
    size = path.stat().st_size
    with target.connect() as connection:
        address = begin(connection, size, image=image, store=target.store(kind))
        _pieces(connection, address, path, range(0, size, piece), size)


def send_parts(target: Target, path: Path, kind: str, image: str) -> None:
    """Upload *path* in parallel parts."""
    size = path.stat().st_size
    step = -(-size // PARTS)

    def send_part(start: int) -> str:
        told = {"image": image, "store": target.store(kind), "offset": start, "size": size}
        stop = min(size, start + step)
        with target.connect() as connection:
            address = begin(connection, stop - start, concat="partial", **told)
            _pieces(connection, address, path, range(start, stop, PIECE), stop)
        return address

    with ThreadPoolExecutor(PARTS) as pool:
        addresses = list(pool.map(send_part, range(0, size, step)))
    with target.connect() as connection:
        begin(connection, None, concat="final;" + " ".join(addresses))


def _pieces(connection: Connection, address: str, path: Path, starts: range, stop: int) -> None:
    with path.open("rb") as file:
        for start in starts:
            count = min(starts.step, stop - start)
            headers: dict[str, object] = {
                "Upload-Offset": start - starts.start,
                "Content-Length": count,
            }
            connection.sock.sendall(connection.head("PATCH", address, said(headers)))
            connection.sock.sendfile(file, start, count)
            demand(connection, 204)


def begin(connection: Connection, length: int | None, *, concat: str = "", **told: object) -> str:
    """Begin an upload, or join parts, and return its address."""
    pairs = (f"{key} {base64.b64encode(str(text).encode()).decode()}" for key, text in told.items())
    headers: dict[str, object] = {"Upload-Metadata": ",".join(pairs), "Content-Length": 0}
    headers |= {"Upload-Length": length} if length is not None else {}
    headers |= {"Upload-Concat": concat} if concat else {}
    connection.sock.sendall(connection.head("POST", "/uploads", said(headers)))
    return demand(connection, 201)


def said(headers: dict[str, object]) -> dict[str, object]:
    """Return *headers* with those that every request has."""
    return {"Tus-Resumable": "1.0.0", "Content-Type": TYPE} | headers


def demand(connection: Connection, wanted: int) -> str:
    """Read an answer, which must be *wanted*, and return its `Location`."""
    head = connection.answer_head()
    status, location = int(head[0].split(" ")[1]), ""
    for line in head[1:]:
        name, _, value = line.partition(": ")
        location = value if name.lower() == "location" else location
    if status != wanted:
        raise Refused(f"{status}: {connection.rest()!r}")
    return location


if __name__ == "__main__":
    main()
