from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.chromium import SCHEMES, Scheme, new_context
from tests.browser.conftest import watch

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.live import Server

pytestmark = pytest.mark.browser
PATIENCE = 90_000  # milliseconds: it draws every act of every API at once


def test_page_of_the_apis_keeps_the_policy(
    browser: Browser, server: Server, troubles: list[str]
) -> None:
    with new_context(browser) as context:
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        watch(page, troubles)
        page.goto(f"{server.url}/docs/")
        page.locator("#operations-Images-change_an_image button").first.click()
        page.get_by_role("button", name="Try it out").click()
        page.locator("textarea").wait_for()

    assert troubles == []


@pytest.mark.parametrize("scheme", SCHEMES)
def test_page_of_the_apis_follows_the_system(page: Page, server: Server, scheme: Scheme) -> None:
    page.set_default_timeout(PATIENCE)
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{server.url}/docs/", wait_until="domcontentloaded")

    page.locator("html.dark-mode").wait_for(state="attached" if scheme == "dark" else "detached")


def test_who_is_signed_in_may_try(page: Page, server: Server) -> None:
    page.set_default_timeout(PATIENCE)
    page.goto(f"{server.url}/docs/")
    page.locator("#operations-Images-create_an_image button").first.click()
    page.get_by_role("button", name="Try it out").click()

    with page.expect_response("**/v2/images") as answered:
        page.get_by_role("button", name="Execute").click()

    assert answered.value.status == 201
