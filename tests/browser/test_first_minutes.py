"""The first five minutes of an operator and of a developer, on a service that was just started."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests import leaks
from tests.browser.chromium import PASSWORD, make_people, new_context, sign_in
from tests.browser.conftest import learn_cookies, watch
from tests.browser.test_pages import complaints
from tests.live import serve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from tests.live import Server

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A service with the embedded defaults."""
    with serve(tmp_path_factory.mktemp("fresh")) as running:
        yield running


@pytest.fixture
def first_page(browser: Browser, server: Server, troubles: list[str]) -> Iterator[Page]:
    """The page to which the link leads that `scripts/run` prints, for the first administrator."""
    link = server.manage("sign_in_link").strip()
    leaks.learn(link.rpartition("/")[2])
    with new_context(browser) as context:
        page = context.new_page()
        watch(page, troubles)
        page.goto(link)
        page.locator("main button[type=submit]").click()
        for field in page.locator("main input[type=password]").all():
            field.fill(PASSWORD)
        page.locator("main button[type=submit]").click()
        page.wait_for_url(f"{server.url}/")
        learn_cookies(context)
        yield page
    assert troubles == []


def test_an_operator_sees_what_is_to_be_done_and_opens_a_project(
    first_page: Page, server: Server
) -> None:
    page = first_page
    page.get_by_role("link", name="Operate", exact=True).click()
    page.get_by_role("heading", name="To set up").wait_for()
    page.locator("#stores").get_by_text("answers").wait_for()
    assert complaints(page) == []

    page.locator("#stores").get_by_role("button", name="Write, read and remove 4 MiB").click()
    page.get_by_text("file works: 4 MiB written, read and removed in").wait_for()
    page.get_by_role("link", name="Projects", exact=True).click()
    page.get_by_role("link", name="New project").click()
    page.get_by_label("Name", exact=True).fill("orchard")
    page.get_by_role("button", name="Make the project").click()

    page.get_by_role("heading", name="orchard").wait_for()
    assert page.get_by_role("img", name="Bytes").or_(page.locator("svg.plot")).count() >= 1
    assert complaints(page) == []


def test_a_developer_pastes_what_the_page_shows(
    browser: Browser, server: Server, tmp_path: Path
) -> None:
    make_people(server)
    with new_context(browser) as context:
        page = sign_in(context.new_page(), server)
        page.goto(f"{server.url}/account")
        page.get_by_label("Name", exact=True).fill("laptop")
        page.get_by_role("button", name="Make the token").click()
        page.get_by_role("heading", name="Your new secret").wait_for()
        leaks.learn(page.locator("dl.facts code").nth(1).inner_text())
        with page.expect_download() as started:
            page.get_by_role("link", name="Download clouds.yaml").click()
        started.value.save_as(tmp_path / "clouds.yaml")
        command = page.locator(".snippet pre").last.inner_text().strip()
        learn_cookies(context)

    assert command == "openstack --os-cloud vitrine image list"
    programs = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    surroundings = {"PATH": programs, "HOME": str(tmp_path)}
    done = subprocess.run(
        [*command.split(), "-f", "json"],
        cwd=tmp_path,
        env=surroundings,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stderr
