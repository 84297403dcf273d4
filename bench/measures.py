"""What is measured: each function does one thing once with every contestant, one after another."""

from __future__ import annotations

import json
import os
import random
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread

from bench.client import OCTETS, Refused, Target
from bench.contestants import BARE, NGINX
from bench.meter import Meter
from bench.results import OURS, Results

MIB = 1 << 20
LIST = "/v2/images?limit=25"
SMALL_CLIENTS = 8
UPLOADS = 8
SLOW_CLIENTS = 64
SLOW_SECONDS = 10
IDLE_SECONDS = 5


@dataclass(slots=True)
class Bench:
    """The contestants, the bytes, and what was measured."""

    ours: Target
    process: int
    bare: Target
    nginx: Target
    peers: list[Target]
    folder: Path
    size: int
    """Bytes of the large image."""
    kinds: list[str]
    small_images: int
    results: Results = field(default_factory=Results)

    def everybody(self) -> list[Target]:
        """Return us and the peers, in another order each time."""
        services = [self.ours, *self.peers]
        return random.sample(services, len(services))

    @contextmanager
    def metered(self, target: Target, figure: str) -> Iterator[Meter]:
        """Measure what happens inside; of us, memory and processor too."""
        settle()
        with Meter(self.process if target is self.ours else None) as meter:
            yield meter
        if target is self.ours:
            self.results.add(f"{figure}: MiB", OURS, meter.grown)
            self.results.add(f"{figure}: processor", OURS, meter.processor)


def settle() -> None:
    """Let what was written reach the disk, and the monitor rest, before the next measurement."""
    os.sync()
    time.sleep(1.5)


@contextmanager
def images(target: Target, count: int = 1) -> Iterator[list[str]]:
    """Make records, and delete them with their data afterwards."""
    names = [target.create(f"bench {number}") for number in range(count)]
    try:
        yield names
    finally:
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(target.delete, names))


def random_file(folder: Path, size: int) -> Path:
    """Return a file of *size* random bytes, in the page cache."""
    path = folder / f"random-{size}"
    if not path.exists():
        with path.open("wb") as file:
            for start in range(0, size, MIB):
                file.write(os.urandom(min(MIB, size - start)))
    return path


def sparse_file(folder: Path, size: int) -> Path:
    """Return a file of which 95 % is zeros, as on a guest's disk.

    1 MiB of data at each 128 MiB (a file system's block groups), the rest in runs of 16 MiB.
    """
    path = folder / f"sparse-{size}"
    if not path.exists():
        where, left = random.Random(5), size // 20
        with path.open("wb") as file:
            file.truncate(size)
            for start in range(0, size, 128 * MIB):
                file.seek(start)
                file.write(os.urandom(MIB))
                left -= MIB
            while left > 0:
                file.seek(where.randrange(0, size - 16 * MIB, 4096))
                file.write(os.urandom(min(16 * MIB, left)))
                left -= 16 * MIB
        with path.open("rb") as file:
            while file.read(8 * MIB):
                pass
    return path


def large_images(bench: Bench) -> None:
    """One image of the full size in and out, for each kind of store."""
    path = random_file(bench.folder, bench.size)
    for kind in bench.kinds:
        for has_chunks in (False, True):
            figure = f"PUT {kind}{' chunked' if has_chunks else ''}"
            loop(bench, figure, path, kind, is_unknown=has_chunks)
            for target in bench.everybody():
                with images(target) as [image]:
                    with bench.metered(target, figure) as meter:
                        target.upload(image, path, kind, has_chunks=has_chunks)
                    bench.results.add(figure, target.label, meter.seconds)
                    bench.results.add(
                        f"{figure}: rate", target.label, bench.size / MIB / meter.seconds
                    )
                    check(target, image, bench.size)
                    if not has_chunks:
                        get(bench, target, f"GET {kind}", f"/v2/images/{image}/file")
    if "rbd" in bench.kinds:
        with images(bench.bare) as [image]:
            bench.bare.upload(image, path, "rbd")
            get(bench, bench.bare, "GET rbd", f"/v2/images/{image}/file")
    get(bench, bench.nginx, "GET file", f"/{path.name}")


def get(bench: Bench, target: Target, figure: str, path: str) -> None:
    """Download once."""
    with bench.metered(target, figure) as meter:
        count = target.download(path)
    if count != bench.size:
        raise Refused(f"{target.label}: {count} bytes came")
    bench.results.add(figure, target.label, meter.seconds)


def loop(bench: Bench, figure: str, path: Path, kind: str, *, is_unknown: bool = False) -> None:
    """Let the bare program do alone what an upload does."""
    settle()
    question = {"path": str(path), "store": kind, "is_unknown": is_unknown}
    with bench.bare.connect() as connection:
        answer = connection.ask("POST", "/loop", json.dumps(question).encode())
    bench.results.add(figure, BARE, json.loads(answer))


def check(target: Target, image: str, size: int) -> None:
    """Raise `Refused` unless the image is whole."""
    record = target.show(image)
    if (record["status"], record["size"]) != ("active", size):
        raise Refused(f"{target.label}: {record['status']}, {record['size']} bytes")


def sparse_image(bench: Bench) -> None:
    """An image of four times the size with 95 % zeros, into RBD."""
    if "rbd" not in bench.kinds:
        return
    path = sparse_file(bench.folder, 4 * bench.size)
    loop(bench, "sparse", path, "rbd")
    for target in bench.everybody():
        with images(target) as [image]:
            with bench.metered(target, "sparse") as meter:
                target.upload(image, path, "thin")
            bench.results.add("sparse", target.label, meter.seconds)
            check(target, image, 4 * bench.size)


def small_images(bench: Bench) -> None:
    """Many images of 64 KiB by eight clients: record and data."""
    path, count = random_file(bench.folder, 1 << 16), bench.small_images
    for kind in bench.kinds:
        for target in [bench.bare, *bench.everybody()]:

            def one(number: int, target: Target = target, kind: str = kind) -> str:
                return target.make(f"small {number}", path, kind)

            figure = f"small {kind}"
            with bench.metered(target, figure) as meter, ThreadPoolExecutor(SMALL_CLIENTS) as pool:
                made = list(pool.map(one, range(count)))
            bench.results.add(figure, target.label, count / meter.seconds)
            with ThreadPoolExecutor(4) as pool:
                list(pool.map(target.delete, made))


def uploads_at_once(bench: Bench) -> None:
    """Eight uploads of a quarter of the size at once, while somebody lists."""
    path = random_file(bench.folder, bench.size // 4)
    for kind in bench.kinds:
        for target in [bench.bare, *bench.everybody()]:
            figure = f"at once {kind}"
            with ExitStack() as held:
                names = held.enter_context(images(target, UPLOADS))
                pool = held.enter_context(ThreadPoolExecutor(UPLOADS))
                with bench.metered(target, figure) as meter, lister(target) as waits:
                    list(pool.map(lambda name, t=target, k=kind: t.upload(name, path, k), names))
            rate = UPLOADS * bench.size / 4 / MIB / meter.seconds
            bench.results.add(figure, target.label, rate)
            bench.results.add(f"{figure}: p99", target.label, percentile_99(waits))
            if target is bench.ours:
                bench.results.add(f"{figure}: MiB each", OURS, meter.grown / UPLOADS)


def slow_clients(bench: Bench) -> None:
    """How long a list takes while many clients send slowly, and while nobody does."""
    for target in bench.everybody():
        settle()
        with lister(target, 2) as waits:
            time.sleep(IDLE_SECONDS)
        bench.results.add("idle: p99", target.label, percentile_99(waits))
        with images(target, SLOW_CLIENTS) as names:
            with bench.metered(target, "slow"), lister(target, 2, timeout=10) as waits:
                trickle(target, names)
            bench.results.add("slow: p99", target.label, percentile_99(waits))


def trickle(target: Target, names: list[str]) -> None:
    """Send 10 kB/s for each of *names*, then hang up."""
    with ExitStack() as opened:
        connections = [opened.enter_context(target.connect()) for _ in names]
        for connection, name in zip(connections, names, strict=True):
            headers = {"Content-Type": OCTETS, "Content-Length": MIB}
            headers["X-Image-Meta-Store"] = target.store("file")
            connection.sock.sendall(connection.head("PUT", f"/v2/images/{name}/file", headers))
        for _ in range(10 * SLOW_SECONDS):
            for connection in connections:
                connection.sock.send(bytes(1000))
            time.sleep(0.1)
    time.sleep(2)


@contextmanager
def lister(target: Target, count: int = 1, timeout: float = 60) -> Iterator[list[float]]:
    """Ask for a list again and again; the milliseconds that it took are there afterwards."""
    waits: list[float] = []
    over = Event()

    def ask() -> None:
        while not over.wait(0.02):
            start = time.perf_counter()
            try:
                with target.connect(timeout) as connection:
                    connection.ask("GET", LIST)
            except TimeoutError:
                pass
            waits.append(1000 * (time.perf_counter() - start))

    threads = [Thread(target=ask) for _ in range(count)]
    for thread in threads:
        thread.start()
    try:
        yield waits
    finally:
        over.set()
        for thread in threads:
            thread.join()


def percentile_99(samples: list[float]) -> float:
    """Return the value that 99 % of *samples* do not exceed."""
    return sorted(samples)[int(len(samples) * 0.99)]


MEASURES: dict[str, Callable[[Bench], None]] = {
    "large": large_images,
    "sparse": sparse_image,
    "small": small_images,
    "parallel": uploads_at_once,
    "slow": slow_clients,
}
__all__ = ["MEASURES", "NGINX", "Bench"]
