"""What a first view costs: kilobytes and requests, of others and of our own."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest

from tests.browser.uploading import make_disk, start, wait_until_active

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page, Response

    from tests.live import Server

pytestmark = pytest.mark.browser

ALL, OURS, CLIENT = 150_000, 15_000, 23_000  # bytes, compressed
REQUESTS = 12


class Scales:
    """What a page loads, compressed: by address."""

    def __init__(self, page: Page) -> None:
        self.sizes: dict[str, int] = {}
        page.on("response", self.weigh)

    def weigh(self, answer: Response) -> None:
        """Note the size of *answer*."""
        path = answer.url.partition("://")[2].partition("/")[2]
        if answer.ok and answer.request.method == "GET":
            self.sizes[path] = len(gzip.compress(answer.body()))

    def of(self, room: str, *endings: str) -> int:
        """Return the bytes of all below *room* that end so."""
        found = self.sizes.items()
        return sum(n for path, n in found if path.startswith(room) and path.endswith(endings))


@pytest.mark.parametrize("path", ["/", "/images/new"])
def test_first_view_is_small(page: Page, server: Server, path: str) -> None:
    scales = Scales(page)
    page.goto(server.url + path)
    page.wait_for_load_state("networkidle")

    assert len(scales.sizes) <= REQUESTS
    assert sum(scales.sizes.values()) <= ALL
    assert 0 < scales.of("static/portal/", ".css", ".js") <= OURS


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
    assert sum(scales.sizes.values()) <= ALL + CLIENT
