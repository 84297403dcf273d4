"""The pages of robots, links and mails: readable by everybody, on every screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.cast import OPEN, SIGNED_IN, make_cast
from tests.browser.chromium import new_context, sign_in
from tests.browser.conftest import watch
from tests.browser.test_pages import complaints

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.live import Server

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def ids(server: Server) -> dict[str, str]:
    """Make what the pages are about, and return what leads there."""
    return make_cast(server)


def wrongs(page: Page) -> list[str]:
    """Return what axe finds, and whether the page is wider than its screen."""
    wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return complaints(page) + ["wide"] * wide


@pytest.mark.timeout(400)
@pytest.mark.parametrize(
    ("theme", "locale", "width"),
    [("light", "en-GB", 1280), ("dark", "en-GB", 390), ("light", "zh-CN", 390)],
)
def test_axe_finds_nothing_and_nothing_is_wide(
    browser: Browser, server: Server, ids: dict[str, str], theme: str, locale: str, width: int
) -> None:
    found: dict[str, list[str]] = {}
    troubles: list[str] = []
    options = {"color_scheme": theme, "locale": locale}
    with new_context(browser, viewport={"width": width, "height": 800}, **options) as context:
        page = context.new_page()
        watch(page, troubles)
        for path in [*OPEN, *SIGNED_IN]:
            if path == SIGNED_IN[0]:
                sign_in(page, server, "ada")
            page.goto(server.url + path.format(**ids))
            found[path] = wrongs(page)

    assert {path: said for path, said in found.items() if said} == {}
    assert troubles == []


def test_an_answer_in_the_inbox_is_undone_by_the_keyboard(
    page: Page, server: Server, ids: dict[str, str]
) -> None:
    page.goto(f"{server.url}/inbox")
    counted = page.locator(".places .count")
    assert counted.inner_text().startswith("1")

    page.get_by_role("button", name="Accept harvest-pending").focus()
    page.keyboard.press("Enter")
    page.get_by_text("Accepted: harvest-pending.").wait_for()
    assert (counted.count(), complaints(page)) == (0, [])
    page.get_by_role("button", name="Undo").focus()
    page.keyboard.press("Enter")

    page.get_by_text("harvest-pending waits for an answer again.").wait_for()
    assert counted.inner_text().startswith("1")
