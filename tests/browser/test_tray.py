"""The tray: an upload is stopped, goes on, stays while pages change, and is found again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.chromium import fill_in_form, new_context, sign_in
from tests.browser.conftest import watch
from tests.browser.looks import complaints
from tests.browser.uploading import (
    MIB,
    arrived,
    begin_slowly,
    card_of,
    forgetting,
    images,
    make_disk,
    objects,
    pk_of,
    throttle,
    wait_until_active,
)
from tests.faults.site import eventually

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page, Request

    from tests.live import Server

pytestmark = pytest.mark.browser

ALSO_IN_LAB = """
from portal.identity.actors import OPERATOR
from portal.identity.people import find_project, find_user, give_role
give_role(find_user("bert"), project=find_project("lab"), role="manager", actor=OPERATOR)
"""


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    """A raw disk of random bytes."""
    return make_disk(tmp_path, size=12 * MIB + 77)


def note_offset(request: Request, offsets: list[int]) -> None:
    """Note where the bytes of *request* begin, if it brings some."""
    if request.method == "PATCH":
        offsets.append(int(request.headers["upload-offset"]))


def test_pause_keeps_what_was_sent_and_resume_goes_on(
    page: Page, server: Server, disk: Path
) -> None:
    card = begin_slowly(page, server.url, disk)

    card.get_by_role("button", name="Pause").click()
    card.get_by_text("Paused").wait_for()
    kept = int(card.locator("progress").evaluate("bar => bar.value"))
    throttle(page, -1)
    offsets: list[int] = []
    page.on("request", lambda request: note_offset(request, offsets))
    card.get_by_role("button", name="Resume").click()

    assert arrived(page, server, wait_until_active(page)) == disk.read_bytes()
    assert offsets[0] * 100 // disk.stat().st_size >= kept > 0


def test_cancel_leaves_nothing(page: Page, server: Server, disk: Path) -> None:
    before = images(page, server), objects(server)
    card = begin_slowly(page, server.url, disk)

    with forgetting(page):
        card.get_by_role("button", name="Cancel").click()

    page.locator("form#upload").get_by_text("Cancelled. Nothing was kept.").wait_for()
    assert eventually(lambda: (images(page, server), objects(server)) == before)


def test_it_goes_on_while_one_moves_to_other_pages(page: Page, server: Server, disk: Path) -> None:
    begin_slowly(page, server.url, disk)
    page.evaluate("window.sameDocument = true")

    page.get_by_role("link", name="Project", exact=True).click()
    page.wait_for_url(f"{server.url}/project")
    page.get_by_role("heading", name="Upload an image").wait_for(state="hidden")
    page.get_by_label("Search images").press_sequentially("disk")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{server.url}/?q=disk")
    page.go_back()
    page.wait_for_url(f"{server.url}/project")
    throttle(page, -1)
    card = card_of(page)
    card.get_by_text("Active").wait_for()

    assert page.evaluate("window.sameDocument") is True
    pk = pk_of(card.get_by_role("link"))
    assert arrived(page, server, pk) == disk.read_bytes()


def test_leaving_asks_only_while_bytes_are_under_way(
    page: Page, server: Server, disk: Path
) -> None:
    card = begin_slowly(page, server.url, disk)
    asked = "window.dispatchEvent(new Event('beforeunload', {cancelable: true}))"

    assert page.evaluate(asked) is False
    card.get_by_role("button", name="Pause").click()
    card.get_by_text("Paused").wait_for()
    assert page.evaluate(asked) is True
    with forgetting(page):
        card.get_by_role("button", name="Cancel").click()


def test_what_cannot_be_cancelled_is_said_to_stay(
    browser: Browser, server: Server, disk: Path
) -> None:
    with new_context(browser) as context:
        page = context.new_page()
        fill_in_form(page, server, "ada")
        card = begin_slowly(page, server.url, disk)
        card.get_by_role("button", name="Pause").click()
        card.get_by_text("Paused").wait_for()
        mine: list[Any] = context.cookies()
        context.clear_cookies()
        fill_in_form(context.new_page(), server, "bert")

        card.get_by_role("button", name="Cancel").click()
        page.locator("form#upload").get_by_text("It could not be cancelled").wait_for()
        context.add_cookies(mine)
        page.goto(f"{server.url}/")
        card_of(page).get_by_text("Choose the same file again").wait_for()
        context.clear_cookies()
        page.locator(".tray .transfer").get_by_role("button", name="Cancel").click()
        page.locator(".tray .transfer").get_by_text("It could not be cancelled").wait_for()

        context.add_cookies(mine)
        with forgetting(page):
            page.locator(".tray .transfer").get_by_role("button", name="Cancel").click()
        page.locator(".tray").get_by_text("Nothing is moving.").wait_for()


def test_who_acts_in_another_project_meanwhile_reads_how_to_go_on(
    browser: Browser, server: Server, disk: Path
) -> None:
    server.run(ALSO_IN_LAB)
    with new_context(browser) as context:
        page, other = context.new_page(), context.new_page()
        fill_in_form(page, server, "bert")
        begin_slowly(page, server.url, disk, speed=MIB)
        other.goto(f"{server.url}/")
        projects = other.locator("header select[name=project]")
        mine = projects.input_value()
        with other.expect_navigation():
            projects.select_option(index=1 - projects.evaluate("one => one.selectedIndex"))
        card = page.locator("main .transfer")
        card.get_by_text("Change back to that project to go on.").wait_for()

        with other.expect_navigation():
            projects.select_option(mine)
        throttle(page, -1)
        card.get_by_role("button", name="Resume").click()
        assert arrived(page, server, wait_until_active(page)) == disk.read_bytes()


def test_one_of_another_day_is_cancelled(page: Page, server: Server, disk: Path) -> None:
    before = images(page, server), objects(server)
    begin_slowly(page, server.url, disk)
    page.close(run_before_unload=False)
    fresh = page.context.new_page()
    fresh.goto(f"{server.url}/")

    with forgetting(fresh):
        card_of(fresh).get_by_role("button", name="Cancel").click()

    fresh.locator(".tray").get_by_text("Nothing is moving.").wait_for()
    assert (images(fresh, server), objects(server)) == before


@pytest.mark.parametrize(("theme", "locale"), [("light", "en-GB"), ("dark", "zh-CN")])
def test_axe_finds_nothing_while_it_moves(
    browser: Browser, server: Server, disk: Path, theme: str, locale: str
) -> None:
    troubles: list[str] = []
    options = {"color_scheme": theme, "locale": locale}
    with new_context(browser, viewport={"width": 390, "height": 800}, **options) as context:
        page = context.new_page()
        watch(page, troubles)
        sign_in(page, server)
        page.goto(f"{server.url}/images/new")
        page.set_input_files("[data-part=file]", disk)
        page.locator("[data-part=detected]:not([hidden])").wait_for()
        found = complaints(page)
        throttle(page, 2 * MIB)
        page.locator("[data-part=start]").click()
        page.locator("main .transfer progress").wait_for()
        found += complaints(page)
        page.locator("details.tray summary").click()
        found += complaints(page)
        is_wide = page.evaluate("document.documentElement.scrollWidth") > 390
        with forgetting(page):
            page.locator("details.tray [data-act=cancel]").click()

    assert (found, troubles, is_wide) == ([], [], False)


def test_the_tray_is_worked_by_keyboard(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/project")
    summary = page.locator("details.tray > summary")

    summary.press("Enter")
    page.get_by_text("Nothing is moving.").wait_for()
    page.keyboard.press("Escape")

    assert page.get_by_text("Nothing is moving.").is_hidden()
    assert summary.evaluate("one => one === document.activeElement") is True
