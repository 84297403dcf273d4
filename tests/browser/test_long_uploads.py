"""Uploads that take their time: what they survive, what they cost, and how far they come."""

from __future__ import annotations

import hashlib
import os
import signal
import time
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from bench.longline import LongLine
from bench.meter import Meter
from tests.browser.chromium import make_people, new_context, sign_in
from tests.browser.conftest import ceph
from tests.browser.uploading import (
    GONE_ON,
    MIB,
    card_of,
    choose,
    digest_in_store,
    make_disk,
    pk_of,
    start,
    throttle,
    wait_for_percent,
    wait_until_active,
)
from tests.live import free_port, serve

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, Page

    from tests.live import Server

pytestmark = [pytest.mark.browser, pytest.mark.soak, pytest.mark.timeout(3600)]
GIB = 1 << 30
SPEED = 60 * MIB  # bytes a second, so that there is time to interrupt
GROWTH = 100  # MiB
PATIENCE = 600  # seconds: the machine may have other work
TRIP = 0.2  # seconds there and back
ONE_STREAM, PARTS = 1 << 40, MIB  # from how many bytes on a file goes in parts
STORES = ["file", pytest.param("rbd", marks=pytest.mark.ceph)]


@pytest.fixture(params=STORES)
def variables(request: pytest.FixtureRequest) -> dict[str, str]:
    """Return the settings of a server that has the same port after a restart."""
    place = {"VITRINE_LISTEN": f"127.0.0.1:{free_port()}", "VITRINE_HEARTBEAT_SECONDS": "6"}
    return place | (ceph() if request.param == "rbd" else {})


@pytest.fixture
def large(tmp_path: Path) -> Iterator[Path]:
    """A disk of 2 GiB, written in pieces."""
    path = tmp_path / "large.raw"
    with path.open("wb") as file:
        for _ in range(2 * GIB // (16 * MIB)):
            file.write(os.urandom(16 * MIB))
    yield path
    path.unlink()


def digest_of(path: Path) -> str:
    """Return the sha512 of the file at *path*."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha512").hexdigest()


def lose_the_network(page: Page) -> None:
    """Be offline until the page says so."""
    page.context.set_offline(True)
    page.locator("main .transfer").get_by_text(GONE_ON).wait_for()
    page.context.set_offline(False)
    throttle(page, SPEED)


def kill_the_workers(page: Page, server: Server) -> None:
    """Let every worker die at once, until the page says so; gunicorn starts others."""
    for worker in server.workers:
        os.kill(worker, signal.SIGKILL)
    page.locator("main .transfer").get_by_text(GONE_ON).wait_for()


def open_another_tab(context: BrowserContext, server: Server, disk: Path) -> Page:
    """Go on, on another page, with *disk*, which is chosen again."""
    page = context.new_page()
    page.goto(f"{server.url}/project")
    card = card_of(page)
    card.get_by_text("Choose the same file again").wait_for()
    card.locator("[type=file]").set_input_files(disk)
    throttle(page, SPEED)
    return page


def warm_up(page: Page, server: Server, disk: Path) -> None:
    """Send a small file first: what a process loads once is not what a large one costs."""
    choose(page, server.url, disk)
    start(page)
    wait_until_active(page)


def interrupt_and_go_on(page: Page, server: Server, disk: Path) -> Page:
    """Send most of *disk* in spite of all but a restart; return the page that sends it then."""
    choose(page, server.url, disk, piece=64 * MIB, parts_from=ONE_STREAM)
    throttle(page, SPEED)
    start(page)
    wait_for_percent(page, 10, seconds=PATIENCE)
    lose_the_network(page)
    wait_for_percent(page, 25, seconds=PATIENCE)
    kill_the_workers(page, server)
    wait_for_percent(page, 40, seconds=PATIENCE)
    page.close(run_before_unload=False)
    page = open_another_tab(page.context, server, disk)
    wait_for_percent(page, 60, seconds=PATIENCE)
    return page


def test_two_gib_survive_all_there_is(
    browser: Browser, tmp_path: Path, variables: dict[str, str], large: Path
) -> None:
    var = tmp_path / "server"
    with new_context(browser) as context:
        context.set_default_timeout(60_000)
        with serve(var, **variables) as server:
            make_people(server)
            page = sign_in(context.new_page(), server)
            warm_up(page, server, make_disk(tmp_path))
            with Meter(server.process.pid) as before:
                page = interrupt_and_go_on(page, server, large)
        with serve(var, **variables) as server, Meter(server.process.pid) as after:
            card = page.locator("details.tray .transfer")
            card.get_by_text("Active").wait_for(timeout=1000 * PATIENCE)
            arrived = digest_in_store(server, pk_of(card.get_by_role("link")))

    grown = max(before.peak, after.peak) - (before.peak - before.grown)
    print(f"grown by {grown:.0f} MiB, {before.grown:.0f} before the restart")  # noqa: T201 -- told
    assert arrived == digest_of(large)
    assert grown < GROWTH


def seconds_for(page: Page, url: str, disk: Path, *, parts_from: int) -> float:
    """Return how long *disk* takes from the button to the image's page."""
    choose(page, url, disk, piece=64 * MIB, parts_from=parts_from)
    begin = time.monotonic()
    start(page)
    wait_until_active(page, seconds=PATIENCE)
    return time.monotonic() - begin


def test_parallel_parts_are_twice_as_fast_on_a_long_way(
    browser: Browser, server: Server, tmp_path: Path
) -> None:
    disk = make_disk(tmp_path, size=96 * MIB)
    place = urlsplit(server.url)
    line = LongLine(str(place.hostname), int(place.port or 0), trip=TRIP, window=MIB)
    with line.listening() as port, new_context(browser) as context:
        url = f"http://127.0.0.1:{port}"
        context.set_default_timeout(60_000)
        page = sign_in(context.new_page(), replace(server, url=url))
        one = seconds_for(page, url, disk, parts_from=ONE_STREAM)
        four = seconds_for(page, url, disk, parts_from=PARTS)

    print(f"one stream {one:.1f} s, four parts {four:.1f} s")  # noqa: T201 -- the same
    assert one / four >= 2
