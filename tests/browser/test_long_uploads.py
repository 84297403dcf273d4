"""Uploads that take their time: what they survive, what they cost, and how far they come."""

from __future__ import annotations

import hashlib
import os
import signal
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bench.meter import Meter
from tests.browser.chromium import make_people, new_context, sign_in
from tests.browser.conftest import ceph
from tests.browser.relay import relay
from tests.browser.uploading import (
    MIB,
    choose,
    digest_in_store,
    make_disk,
    start,
    throttle,
    wait_for_percent,
)
from tests.live import free_port, serve

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from tests.live import Server

pytestmark = [pytest.mark.browser, pytest.mark.soak, pytest.mark.timeout(900)]
GIB = 1 << 30
GROWTH = 100  # MiB
LONG_WAY = 0.1  # seconds each way
STORES = ["file", pytest.param("rbd", marks=pytest.mark.ceph)]


@pytest.fixture(params=STORES)
def settings_of_store(request: pytest.FixtureRequest) -> dict[str, str]:
    """Return the settings of a server whose port stays the same."""
    variables = {"VITRINE_LISTEN": f"127.0.0.1:{free_port()}", "VITRINE_HEARTBEAT_SECONDS": "2"}
    return variables | (ceph() if request.param == "rbd" else {})


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


def survive_network(page: Page, server: Server) -> None:
    """Lose the network for a while, then a worker."""
    wait_for_percent(page, 10, seconds=240)
    page.context.set_offline(True)
    page.locator("main .transfer").get_by_text("waiting, will go on by itself").wait_for()
    page.context.set_offline(False)
    throttle(page, 60 * MIB)
    wait_for_percent(page, 25, seconds=240)
    for worker in server.workers:
        os.kill(worker, signal.SIGKILL)
    wait_for_percent(page, 40, seconds=240)


def test_two_gib_survive_all_there_is(
    browser: Browser, tmp_path: Path, settings_of_store: dict[str, str], large: Path
) -> None:
    var = tmp_path / "server"
    with new_context(browser) as context:
        with serve(var, **settings_of_store) as server, Meter(server.process.pid) as meter:
            make_people(server)
            page = sign_in(context.new_page(), server)
            choose(page, server.url, large, piece=64 * MIB, parts_from=1 << 40)
            throttle(page, 60 * MIB)
            start(page)
            survive_network(page, server)
            page.close(run_before_unload=False)
            page = context.new_page()
            page.goto(f"{server.url}/project")
            page.locator("details.tray > summary").click()
            page.locator(".tray [type=file]").set_input_files(large)
            throttle(page, 60 * MIB)
            wait_for_percent(page, 60, seconds=240)
        with serve(var, **settings_of_store) as server:
            page.locator(".tray").get_by_text("Active").wait_for(timeout=300_000)
            pk = str(page.locator(".tray .transfer a").get_attribute("href"))[-36:]
            arrived = digest_in_store(server, pk)

    print(f"memory grew by {meter.grown:.0f} MiB")  # noqa: T201 -- the number is what the run is for
    assert arrived == digest_of(large)
    assert meter.grown < GROWTH


def seconds_for(page: Page, url: str, disk: Path, *, parts_from: int) -> float:
    """Return how long *disk* takes from the button to the image's page."""
    choose(page, url, disk, piece=64 * MIB, parts_from=parts_from)
    begin = time.monotonic()
    start(page)
    page.wait_for_url("**/images/????????-*", timeout=300_000)
    return time.monotonic() - begin


def test_parallel_parts_are_twice_as_fast_on_a_long_way(
    browser: Browser, server: Server, tmp_path: Path
) -> None:
    disk = make_disk(tmp_path, size=96 * MIB)
    with relay(server.url, delay=LONG_WAY) as far, new_context(browser) as context:
        context.set_default_timeout(60_000)
        page = sign_in(context.new_page(), replace(server, url=far.url))
        one = seconds_for(page, far.url, disk, parts_from=1 << 40)
        four = seconds_for(page, far.url, disk, parts_from=MIB)

    print(f"one stream {one:.1f} s, four parts {four:.1f} s")  # noqa: T201 -- the same
    assert one / four >= 2
