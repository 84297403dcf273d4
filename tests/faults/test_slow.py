"""Clients that send next to nothing, more of them than there are threads: nobody else waits."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from threading import Event, Thread

import pytest

from tests.faults.site import SHORT_BOUNDS, SILENCE, Site, eventually, open_site
from tests.faults.wire import Wire

THREADS, SLOTS = 8, 4


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Return a server of one process with few threads."""
    size = {"VITRINE_WORKERS": "1", "VITRINE_THREADS": str(THREADS)}
    size["VITRINE_UPLOAD_SLOTS"] = str(SLOTS)
    with open_site(tmp_path_factory.mktemp("small"), **SHORT_BOUNDS, **size) as running:
        yield running


@contextmanager
def trickling(wires: list[Wire], byte: bytes) -> Iterator[None]:
    """Send *byte* on each of *wires* twice a second."""
    is_over = Event()

    def trickle() -> None:
        while not is_over.wait(0.5):
            for wire in wires:
                wire.send(byte)

    sender = Thread(target=trickle)
    sender.start()
    try:
        yield
    finally:
        is_over.set()
        sender.join()


def probe(site: Site, seconds: float) -> float:
    """Ask for lists for so long, each on its own connection; return the 95th percentile."""
    deadline, times = time.monotonic() + seconds, []
    while time.monotonic() < deadline:
        begin = time.monotonic()
        assert site.call("GET", "/v2/images?limit=1").status == 200
        times.append(time.monotonic() - begin)
    return sorted(times)[len(times) * 95 // 100]


@pytest.mark.parametrize("sent", [b"", b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: "])
def test_unsent_heads_hold_no_thread(small: Site, sent: bytes) -> None:
    with ExitStack() as open_wires:
        wires = [open_wires.enter_context(small.wire()) for _ in range(10 * THREADS)]
        for wire in wires:
            wire.send(sent)

        assert probe(small, 1.5) < 1
        endings = [wire.ending() for wire in wires]

    assert set(endings) == {408 if sent else None}


def test_trickling_heads_are_cut(small: Site) -> None:
    with ExitStack() as open_wires:
        wires = [open_wires.enter_context(small.wire()) for _ in range(10 * THREADS)]
        for wire in wires:
            wire.send(b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ")

        with trickling(wires, b"x"):
            assert probe(small, 1.5) < 1
            begin = time.monotonic()
            endings = {wire.ending() for wire in wires}

    assert endings <= {408, None}
    assert time.monotonic() - begin < SILENCE + 2


def test_trickling_bodies_leave_threads_and_are_cut(small: Site) -> None:
    images = [small.create_image() for _ in range(2 * THREADS)]
    with ExitStack() as open_wires:
        wires = [open_wires.enter_context(small.wire()) for _ in images]
        for wire, image in zip(wires, images, strict=True):
            wire.send(small.put_head(image, Content_Length=1000), b"x")

        with trickling(wires, b"x"):
            assert probe(small, 2) < 1
            endings = {wire.ending() for wire in wires}

    assert endings <= {408, 503, None}
    eventually(lambda: all(small.is_undone(image) for image in images))


def test_head_that_can_be_none_is_refused_at_once(small: Site) -> None:
    for noise in (b"\x16\x03\x01\x02\x00\x01", b"\x00" * 10, b"get / HTTP/1.1", b"{}"):
        with small.wire() as wire:
            wire.send(noise)
            begin = time.monotonic()
            assert wire.ending() == 400
            assert time.monotonic() - begin < 1


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"GET /" + b"x" * 200_000 + b" HTTP/1.1\r\n\r\n", 414),
        (b"GET / HTTP/1.1\r\nX: " + b"x" * 100_000 + b"\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\n" + b"X: x\r\n" * 2000 + b"\r\n", 431),
        (b"GET / HTTP/9.9\r\n\r\n", 400),
        (b"GET /\r\n\r\n", 400),
        (b"GET / HTTP/1.1\n\n", 400),
        (b"\r\n\r\n", 400),
    ],
)
def test_bad_head_is_refused_without_an_echo(small: Site, head: bytes, status: int) -> None:
    with small.wire() as wire:
        wire.send(head)
        answer = wire.answer()
        assert wire.is_closed()

    assert answer.status == status
    assert b"9.9" not in answer.body
