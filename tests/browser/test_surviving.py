"""What an upload survives, as the person at the page sees it."""

from __future__ import annotations

import os
import signal
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.browser.chromium import make_people, new_context, sign_in
from tests.browser.conftest import ceph
from tests.browser.looks import complaints
from tests.browser.relay import relay
from tests.browser.uploading import (
    GONE_ON,
    MIB,
    PIECES,
    arrived,
    begin_slowly,
    card_of,
    choose,
    forgetting,
    images,
    make_disk,
    objects,
    pk_of,
    start,
    throttle,
    wait_for_percent,
    wait_until_active,
)
from tests.faults.test_resuming import expire
from tests.live import free_port, serve

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, Locator, Page

    from tests.live import Server

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server on which deleted images go to the trash, also those of the API."""
    variables = {"VITRINE_API_DELETE_TO_TRASH": "true", **ceph()}
    with serve(tmp_path_factory.mktemp("server"), **variables) as running:
        make_people(running)
        yield running


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    """A raw disk of random bytes."""
    return make_disk(tmp_path, size=12 * MIB + 77)


def test_a_lost_network_is_waited_for(page: Page, server: Server, disk: Path) -> None:
    card = begin_slowly(page, server.url, disk)

    page.context.set_offline(True)
    card.get_by_text("waiting, will go on by itself").wait_for()
    page.context.set_offline(False)
    throttle(page, -1)

    assert arrived(page, server, wait_until_active(page)) == disk.read_bytes()


def test_dead_workers_and_a_restarted_server_are_waited_for(
    browser: Browser, tmp_path: Path, disk: Path
) -> None:
    variables = {"VITRINE_LISTEN": f"127.0.0.1:{free_port()}", "VITRINE_GRACE_SECONDS": "1"}
    # A dead worker's claim outlives the time after which the page tells that nothing moves:
    variables |= {"VITRINE_HEARTBEAT_SECONDS": "8"}
    with new_context(browser) as context:
        with serve(tmp_path / "server", **variables) as server:
            make_people(server)
            page = sign_in(context.new_page(), server)
            card = begin_slowly(page, server.url, disk)
            for worker in server.workers:
                os.kill(worker, signal.SIGKILL)
            card.get_by_text(f"Nothing moves just now: {GONE_ON}").wait_for()
            wait_for_percent(page, 40)
        card.get_by_text(f"The server cannot be reached: {GONE_ON}").wait_for()
        with serve(tmp_path / "server", **variables) as server:
            throttle(page, -1)

            assert arrived(page, server, wait_until_active(page)) == disk.read_bytes()


def test_a_closed_tab_is_gone_on_with_by_the_same_file(
    page: Page, server: Server, disk: Path, tmp_path: Path
) -> None:
    begin_slowly(page, server.url, disk)
    page.close(run_before_unload=False)
    fresh = page.context.new_page()
    fresh.goto(f"{server.url}/project")
    fresh.locator(".tray .count", has_text="1").wait_for()
    card = card_of(fresh)
    card.get_by_text("Choose the same file again to go on: disk.raw, until").wait_for()
    assert complaints(fresh) == []

    wrong = make_disk(tmp_path, "other.raw", disk.stat().st_size)
    card.locator("[type=file]").set_input_files(wrong)
    card.get_by_text("another file: other.raw. This upload was begun with disk.raw").wait_for()

    card.locator("[type=file]").set_input_files(disk)
    card.get_by_text("Active").wait_for()
    pk = pk_of(card.get_by_role("link"))
    assert arrived(fresh, server, pk) == disk.read_bytes()


def test_what_expired_during_a_pause_is_told_and_leaves_nothing(
    page: Page, server: Server, disk: Path
) -> None:
    before = images(page, server), objects(server)
    card = begin_slowly(page, server.url, disk)
    card.get_by_role("button", name="Pause").click()
    card.get_by_text("Paused").wait_for()
    reap = "from django.core.management import call_command; call_command('reap')"
    server.run(expire(pk_of(card.get_by_role("link"))) + reap)

    with forgetting(page):
        card.get_by_role("button", name="Resume").click()

    page.locator("form#upload").get_by_text("it has expired, or the image was deleted").wait_for()
    assert (images(page, server), objects(server)) == before


def test_two_tabs_do_not_send_one_upload(page: Page, server: Server, disk: Path) -> None:
    begin_slowly(page, server.url, disk, speed=MIB)
    other = page.context.new_page()
    other.goto(f"{server.url}/project")

    card = card_of(other)
    card.get_by_text("Moving in another tab or window").wait_for()
    assert card.locator("[type=file]").is_hidden()

    throttle(page, -1)
    assert arrived(page, server, wait_until_active(page)) == disk.read_bytes()


def token_of(page: Page) -> dict[str, str]:
    """Return the header that lets *page*'s session change something."""
    return {"X-CSRFToken": str(page.locator("[data-tray]").get_attribute("data-token"))}


def test_to_cancel_in_a_second_tab_does_not_end_what_the_first_one_sends(
    page: Page, server: Server, disk: Path
) -> None:
    sent = {"disk_format": "raw", "container_format": "bare"}
    made = page.request.post(f"{server.url}/v2/images", data=sent, headers=token_of(page))
    pk = made.json()["id"]
    other = page.context.new_page()
    for tab in (page, other):
        tab.goto(f"{server.url}/images/{pk}/upload")
        tab.evaluate(PIECES, [str(MIB), str(1 << 40)])
        tab.set_input_files("[data-part=file]", disk)
    throttle(page, MIB)
    start(page)
    wait_for_percent(page, 8)
    start(other)
    other.locator("main .transfer").get_by_text("Moving in another tab").wait_for()

    other.locator("main .transfer").get_by_role("button", name="Cancel").click()
    other.locator("[data-part=rows]").get_by_text("Moving in another tab").wait_for()
    throttle(page, -1)

    assert arrived(page, server, wait_until_active(page)) == disk.read_bytes()


def resume(context: BrowserContext, server: Server, disk: Path) -> tuple[Page, Locator]:
    """Choose *disk* again in a new tab, from which bytes go slowly; return it and its card."""
    page = context.new_page()
    page.goto(f"{server.url}/project")
    card = card_of(page)
    card.get_by_text("Choose the same file again").wait_for()
    throttle(page, 2 * MIB)
    card.locator("[type=file]").set_input_files(disk)
    return page, card


def test_two_tabs_that_resume_one_upload_finish_it_together(
    page: Page, server: Server, disk: Path
) -> None:
    begin_slowly(page, server.url, disk)
    page.close(run_before_unload=False)
    context = page.context
    late = context.new_page()
    late.goto(f"{server.url}/project")
    late_card = card_of(late)
    late_card.get_by_text("Choose the same file again").wait_for()

    first, card = resume(context, server, disk)
    late_card.locator("[type=file]").set_input_files(disk)
    late_card.get_by_text("Moving in another tab or window").wait_for()
    throttle(first, -1)
    card.get_by_text("Active").wait_for()
    late_card.get_by_role("button", name="Resume").click()
    late_card.get_by_text("Active").wait_for()

    assert arrived(first, server, pk_of(card.get_by_role("link"))) == disk.read_bytes()


def test_two_browsers_that_resume_one_upload_do_not_mix(
    browser: Browser, page: Page, server: Server, disk: Path
) -> None:
    begin_slowly(page, server.url, disk)
    page.close(run_before_unload=False)
    with new_context(browser) as elsewhere:
        sign_in(elsewhere.new_page(), server)
        first, card = resume(page.context, server, disk)
        second, other_card = resume(elsewhere, server, disk)

        for tab in (first, second):
            throttle(tab, -1)
        for shown in (card, other_card):
            shown.get_by_text("Active").wait_for(timeout=30_000)

        assert arrived(first, server, pk_of(card.get_by_role("link"))) == disk.read_bytes()


def test_smaller_pieces_go_through_a_proxy_that_refuses_large_ones(
    browser: Browser, server: Server, disk: Path
) -> None:
    with relay(server.url, most=3 * MIB) as proxy, new_context(browser) as context:
        page = sign_in(context.new_page(), replace(server, url=proxy.url))
        choose(page, proxy.url, disk, piece=8 * MIB)

        start(page)
        whole = arrived(page, server, wait_until_active(page))

    assert proxy.refused == [8 * MIB, 4 * MIB]
    assert max(proxy.passed) == 2 * MIB
    assert whole == disk.read_bytes()
