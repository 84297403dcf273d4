"""Clients that take an answer slowly, or leave in the middle of it: nobody else notices."""

from __future__ import annotations

import json
import socket
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from threading import Event, Thread

import pytest

from tests.faults.conftest import environment
from tests.faults.site import MIB, SHORT_BOUNDS, SILENCE, Site, eventually, noise, open_site
from tests.faults.test_slow import THREADS, probe
from tests.faults.wire import Wire

READERS = 2 * THREADS
RATE = 2048  # bytes a second
CONTENT = noise(24 * MIB)


@pytest.fixture(scope="module", params=["file", pytest.param("rbd", marks=pytest.mark.ceph)])
def small(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """Return a server of one process with few threads."""
    size = {"VITRINE_WORKERS": "1", "VITRINE_THREADS": str(THREADS), "VITRINE_UPLOAD_SLOTS": "2"}
    with environment(request.param) as variables:
        place = tmp_path_factory.mktemp("small")
        bounds = SHORT_BOUNDS | size | variables
        with open_site(place, store=request.param, **bounds) as running:
            yield running


@pytest.fixture(scope="module")
def image(small: Site) -> str:
    """Return an image of `CONTENT`."""
    made = small.create_image()
    assert small.put(made, CONTENT).status == 204
    return made


@pytest.fixture(scope="module")
def calm(small: Site, image: str) -> int:
    """Return how many descriptors are open while nobody reads, but somebody did."""
    assert small.call("GET", f"/v2/images/{image}/file").body == CONTENT
    return descriptors(small, image) + CEPHS_OWN


@contextmanager
def reading(site: Site, image: str) -> Iterator[Wire]:
    """Ask for the image's data, with next to no room for them."""
    with Wire(site.address, room=2048) as wire:
        wire.send(site.head("GET", f"/v2/images/{image}/file"))
        wire.interim()
        yield wire


@contextmanager
def sipping(wires: list[Wire]) -> Iterator[None]:
    """Take `RATE` bytes a second of each of *wires*."""
    is_over = Event()

    def sip() -> None:
        while not is_over.wait(1):
            for wire in wires:
                wire.more(RATE)

    reader = Thread(target=sip)
    reader.start()
    try:
        yield
    finally:
        is_over.set()
        reader.join()


def descriptors(site: Site, image: str) -> int:
    """Return how many sockets, and files of *image*, the server's processes have open."""
    links = [link for worker in site.server.workers for link in open_of(worker)]
    return sum(link.startswith("socket:") or image in link for link in links)


def open_of(process: int) -> list[str]:
    """Return what the descriptors of *process* point to."""
    found = []
    for descriptor in Path(f"/proc/{process}/fd").iterdir():
        with suppress(OSError):  # closed meanwhile
            found.append(str(descriptor.readlink()))
    return found


CEPHS_OWN = 8
"""Connections that librbd keeps to each daemon, whoever reads."""


def watchers(site: Site, image: str) -> int:
    """Return how many clients have the image open in Ceph."""
    known = site.server.environment
    if "VITRINE_CEPH_POOL" not in known:
        return 0
    access = ["-c", known["VITRINE_CEPH_CONF"], "--id", known["VITRINE_CEPH_USER"]]
    command = [
        "rbd",
        *access,
        "status",
        "--format",
        "json",
        f"{known['VITRINE_CEPH_POOL']}/{image}",
    ]
    done = subprocess.run(command, capture_output=True, check=True, timeout=60)
    return len(json.loads(done.stdout)["watchers"])


def test_slow_readers_leave_threads_and_get_all(small: Site, image: str, calm: int) -> None:
    with ExitStack() as opened:
        wires = [opened.enter_context(reading(small, image)) for _ in range(READERS)]

        with sipping(wires):
            assert probe(small, 3) < 1
            assert small.call("GET", f"/v2/images/{image}/file").body == CONTENT

        for wire in wires[:2]:
            wire.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, MIB)
            assert wire.rest(len(CONTENT)) == CONTENT


def test_reader_that_takes_nothing_is_cut(small: Site, image: str, calm: int) -> None:
    eventually(lambda: descriptors(small, image) <= calm)

    with ExitStack() as opened:
        for _ in range(READERS):
            opened.enter_context(reading(small, image))
        eventually(lambda: descriptors(small, image) > calm)

        eventually(lambda: descriptors(small, image) <= calm, within=5 * SILENCE)
    assert watchers(small, image) == 0


def test_readers_that_vanish_leave_nothing(small: Site, image: str, calm: int) -> None:
    def vanish(number: int) -> None:
        with small.wire() as wire:
            wire.send(small.head("GET", f"/v2/images/{image}/file"))
            wire.interim()
            wire.break_off("reset" if number % 2 else "close")

    with ThreadPoolExecutor(10) as threads:
        list(threads.map(vanish, range(100)))

    eventually(lambda: descriptors(small, image) <= calm, within=5)
    assert watchers(small, image) == 0
    assert small.call("GET", f"/v2/images/{image}/file").body == CONTENT
