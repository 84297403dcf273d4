"""Two people edit one image, and its data are checked: what each of them sees."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.chromium import SCHEMES, new_context, sign_in
from tests.browser.conftest import watch
from tests.browser.looks import complaints
from tests.browser.test_grants import SEED

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.live import Server

pytestmark = pytest.mark.browser

DEFINE = """
from images.actors import Actor, with_implied
from images.metadefs.documents import read_namespace
from images.metadefs.lifecycle.namespaces import create_namespace

admin = Actor(user="x", project="x", roles=with_implied("admin"))
create_namespace(read_namespace({
    "namespace": "Hardware", "visibility": "public", "owner": "x",
    "resource_type_associations": [{"name": "OS::Glance::Image", "prefix": "hw_"}],
    "properties": {"disk_bus": {"title": "Disk bus", "type": "string", "enum": ["virtio", "ide"],
                                "description": "How the disk is wired"}},
}), actor=admin)
"""


@pytest.fixture
def image(server: Server) -> str:
    """Return the address of a private image of the lab."""
    return f"{server.url}/images/{server.run(SEED).strip()}"


def test_of_two_values_one_is_chosen(
    page: Page, browser: Browser, server: Server, image: str, troubles: list[str]
) -> None:
    page.goto(f"{image}/edit")
    with new_context(browser) as context:
        theirs = sign_in(context.new_page(), server, "root")
        watch(theirs, troubles)
        theirs.goto(f"{image}/edit")
        theirs.get_by_label("Name", exact=True).fill("theirs")
        theirs.get_by_role("button", name="Save").click()
        theirs.get_by_text("Saved.").wait_for()

    page.get_by_label("Name", exact=True).fill("mine")
    page.get_by_label("Minimal RAM").fill("512")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("cell", name="Theirs: theirs").wait_for()
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        assert complaints(page) == []
    page.get_by_role("checkbox", name="Keep theirs").check()
    page.get_by_role("button", name="Save").click()

    page.get_by_role("heading", name="theirs").wait_for()
    expect(page.locator("main")).to_contain_text("512 MB of RAM")


def test_a_defined_property_is_chosen(page: Page, server: Server, image: str) -> None:
    server.run(DEFINE)
    page.goto(f"{image}/edit")
    page.get_by_label("Property").first.fill("hw_disk_bus")
    page.get_by_label("Value").first.fill("floppy")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("One of these is wanted: virtio, ide.").wait_for()
    assert complaints(page) == []

    page.get_by_label("Value").first.select_option("ide")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Saved.").wait_for()
    page.get_by_role("link", name="Properties").click()

    expect(page.locator("main")).to_contain_text("How the disk is wired")
    assert complaints(page) == []


def test_data_are_checked_while_one_looks(page: Page, server: Server, image: str) -> None:
    page.goto(image)
    page.get_by_role("button", name="Verify now").click()
    page.get_by_text("A worker will read them").wait_for()
    assert complaints(page) == []

    server.manage("db_worker", "--batch")

    page.get_by_text("intact").wait_for()
    assert complaints(page) == []
