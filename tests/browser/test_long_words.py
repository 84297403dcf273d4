"""Words without a space, as long as they may be, on pages as wide as a phone and as a desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.chromium import new_context, sign_in
from tests.browser.looks import ask

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.live import Server

pytestmark = pytest.mark.browser

SEED = """
from images.lifecycle.images import create_image
from portal.identity import people
from portal.identity.actors import project_actor

ada = project_actor(people.find_user("ada"), project=people.find_project("lab").pk)
word = "W" * 255
fields = {"name": word, "tags": {word}, "properties": {word: word * 10}}
print(create_image(fields | {"disk_format": "raw", "container_format": "bare"}, actor=ada).pk)
"""
PAGES = (
    *("/", "/activity", "/images/{image}", "/images/{image}/activity", "/images/{image}/edit"),
    "/images/{image}/properties",
    *("/admin/images/image/{image}/change/", "/admin/images/image/{image}/history/"),
)


@pytest.mark.parametrize("width", [320, 1280])
def test_a_long_word_makes_no_page_wider(browser: Browser, server: Server, width: int) -> None:
    image = server.run(SEED).strip()

    with new_context(browser, viewport={"width": width, "height": 700}) as context:
        page = sign_in(context.new_page(), server, "root")
        found = {}
        for path in PAGES:
            page.goto(server.url + path.format(image=image))
            found[path] = ask(page, "overflow")

    assert found == dict.fromkeys(PAGES, 0)
