"""What an upload loads beside its page; `test_every_page.py` weighs every first view."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.scales import Scales
from tests.browser.uploading import make_disk, start, wait_until_active

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.live import Server

pytestmark = pytest.mark.browser

ALL, CLIENT = 150_000, 23_000  # bytes, compressed


def test_an_upload_loads_the_client_and_little_more(
    page: Page, server: Server, tmp_path: Path
) -> None:
    scales = Scales(page)
    page.goto(f"{server.url}/images/new")
    page.set_input_files("[data-part=file]", make_disk(tmp_path, size=4096))
    page.get_by_text("raw, detected").wait_for()
    start(page)
    wait_until_active(page)

    assert 0 < scales.of("static/vendor/tus/", ".js") <= CLIENT
    assert scales.total <= ALL + CLIENT
