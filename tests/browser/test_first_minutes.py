"""The first five minutes of a newcomer, an operator and a developer, on a service just started."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests import leaks
from tests.browser.chromium import PASSWORD, make_people, new_context, sign_in
from tests.browser.conftest import ceph, learn_cookies, watch
from tests.browser.looks import complaints
from tests.browser.uploading import arrived, start, wait_until_active
from tests.live import serve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from tests.live import Server

pytestmark = pytest.mark.browser

DISK = os.urandom(40_000)
DROPPED = """bytes => {
    const carried = new DataTransfer();
    carried.items.add(new File([new Uint8Array(bytes)], "first.raw"));
    return carried;
}"""


@pytest.fixture(scope="module", params=["file", pytest.param("rbd", marks=pytest.mark.ceph)])
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """A service in which nobody was yet, over each store."""
    variables = {"VITRINE_WORKERS": "2"} | (ceph() if request.param == "rbd" else {})
    with serve(tmp_path_factory.mktemp("fresh"), **variables) as running:
        yield running


@pytest.fixture(scope="module")
def cookies(browser: Browser, server: Server) -> Any:
    """Follow the link that `scripts/run` prints, and return what the browser keeps then."""
    link = server.manage("sign_in_link").strip()
    leaks.learn(link.rstrip("/").rpartition("/")[2])
    with new_context(browser) as context:
        page = context.new_page()
        page.goto(link)
        page.locator("main button[type=submit]").click()
        fields = page.locator("main input[type=password]")
        fields.first.wait_for()  # a press ends before the next page is there
        for field in fields.all():
            field.fill(PASSWORD)
        page.locator("main button[type=submit]").click()
        page.wait_for_url(f"{server.url}/")
        learn_cookies(context)
        return context.cookies()


@pytest.fixture
def first_page(
    browser: Browser, server: Server, cookies: Any, troubles: list[str]
) -> Iterator[Page]:
    """The first administrator's page, which must complain of nothing."""
    with new_context(browser) as context:
        context.add_cookies(cookies)
        page = context.new_page()
        watch(page, troubles)
        page.goto(f"{server.url}/")
        yield page
    assert troubles == []


def test_a_newcomer_drops_a_file_on_the_empty_list_and_downloads_it(
    first_page: Page, server: Server
) -> None:
    page = first_page
    page.get_by_text("No images yet.").wait_for()
    assert complaints(page) == []
    carried = page.evaluate_handle(DROPPED, [*DISK])
    page.dispatch_event("main", "drop", {"dataTransfer": carried})
    page.locator("[data-part=rows]").get_by_text("detected").wait_for()
    assert page.get_by_label("Name").input_value() == "first"
    start(page)
    pk = wait_until_active(page)

    page.get_by_role("link", name="Sharing", exact=True).click()
    page.get_by_role("link", name="Share it, grant rights, make a link").wait_for()
    page.get_by_role("link", name="Overview", exact=True).click()
    with page.expect_download() as started:
        page.get_by_role("link", name="Download", exact=True).click()

    assert started.value.path().read_bytes() == DISK == arrived(page, server, pk)


def test_an_operator_sees_what_is_to_be_done_and_opens_a_project(first_page: Page) -> None:
    page = first_page
    page.get_by_role("link", name="Operate", exact=True).click()
    page.get_by_role("heading", name="To set up").wait_for()
    stores = page.locator("#stores")
    stores.get_by_text("answers").first.wait_for()
    assert complaints(page) == []

    stores.get_by_role("button", name="Write, read and remove 4 MiB").first.click()
    page.get_by_text("works: 4 MiB written, read and removed in").wait_for()
    page.get_by_role("link", name="Projects", exact=True).click()
    page.get_by_role("link", name="New project").click()
    page.get_by_label("Name", exact=True).fill("orchard")
    page.get_by_role("button", name="Make the project").click()

    page.get_by_role("heading", name="orchard").wait_for()
    expect(page.locator("svg[role=img]")).to_have_count(1)
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
    assert pasted(command, tmp_path) == ""


def pasted(command: str, folder: Path) -> str:
    """Run *command* as a person would in *folder*, with nothing exported; return what it prints."""
    programs = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        command.split(),
        cwd=folder,
        env={"PATH": programs, "HOME": str(folder)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()
