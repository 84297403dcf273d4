"""The upload page as a person uses it, and what then lies in the store."""

from __future__ import annotations

import os
import re
import time
from http import HTTPStatus
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

    from playwright.sync_api import CDPSession, Locator, Page

    from tests.live import Server

MIB = 1 << 20
GONE_ON = "waiting, will go on by itself"
SESSIONS: WeakKeyDictionary[Page, CDPSession] = WeakKeyDictionary()
PIECES = """([piece, partsFrom]) =>
    Object.assign(document.querySelector("[data-tray]").dataset, {piece, partsFrom})"""
PERCENT = """
(document.querySelector("main [data-part=bar]") ?? document.querySelector(".tray [data-part=bar]"))
    ?.value ?? 0"""
DIGEST = """
import hashlib
from stores.registry import get_store
reader = get_store().open("{pk}")
digest = hashlib.sha512()
for chunk in reader.chunks(0, reader.size):
    digest.update(chunk)
print(digest.hexdigest())
"""
OBJECTS = """
from images.models import Location, Trashed
from stores.registry import get_store
print(len(list(get_store().keys())) + Location.objects.count() + Trashed.objects.count())
"""


def make_disk(folder: Path, name: str = "disk.raw", size: int = 8 * MIB) -> Path:
    """Make a raw disk of random bytes."""
    path = folder / name
    path.write_bytes(os.urandom(size))
    return path


def images(page: Page, server: Server) -> list[str]:
    """Return name, status and size of every image that *page* may list, the oldest first."""
    answer = page.request.get(f"{server.url}/v2/images?sort=created_at:asc&limit=1000")
    listed = answer.json()["images"]
    return [f"{one['name']} {one['status']} {one['size']}" for one in listed]


def objects(server: Server) -> int:
    """Return how many objects, rows of objects and images in the trash there are."""
    return int(server.run(OBJECTS))


def arrived(page: Page, server: Server, pk: str) -> bytes:
    """Return the bytes of an image as they are downloaded."""
    answer = page.request.get(f"{server.url}/images/{pk}/download")
    assert answer.status == HTTPStatus.OK
    return answer.body()


def forgetting(page: Page) -> AbstractContextManager[object]:
    """Wait, at the end, until the page has taken back the record that it made, for good."""
    return page.expect_response(
        lambda answer: answer.request.method == "DELETE" and "/api/trash/" in answer.url
    )


def digest_in_store(server: Server, pk: str) -> str:
    """Return the sha512 of the bytes that the store gives back."""
    return server.run(DIGEST.format(pk=pk)).strip()


def throttle(page: Page, bytes_a_second: int) -> None:
    """Make the way from *page* to the server slow; -1 is as fast as can be."""
    if page not in SESSIONS:
        SESSIONS[page] = page.context.new_cdp_session(page)
    speed = {"downloadThroughput": -1, "uploadThroughput": bytes_a_second, "latency": 0}
    SESSIONS[page].send("Network.emulateNetworkConditions", {"offline": False, **speed})


def choose(
    page: Page, url: str, *disks: Path, piece: int = MIB, parts_from: int = 1 << 40
) -> Locator:
    """Choose *disks* on the upload page at *url*; return the rows."""
    page.goto(f"{url}/images/new")
    page.evaluate(PIECES, [str(piece), str(parts_from)])
    page.set_input_files("[data-part=file]", list(disks))
    rows = page.locator("[data-part=rows] > *")
    rows.nth(len(disks) - 1).get_by_text("detected").wait_for()
    return rows


def start(page: Page) -> None:
    """Press the one button."""
    page.get_by_role("button", name="Upload", exact=True).click()


def begin_slowly(page: Page, url: str, disk: Path, *, speed: int = 2 * MIB) -> Locator:
    """Bring *disk* to a few confirmed pieces, slowly on; return its card on the page."""
    choose(page, url, disk)
    throttle(page, speed)
    start(page)
    wait_for_percent(page, 16)
    return page.locator("main .transfer")


def wait_for_percent(page: Page, least: int, *, seconds: float = 30) -> None:
    """Wait until the server confirmed *least* percent of the one upload that this tab sends."""
    deadline = time.monotonic() + seconds
    while page.evaluate(PERCENT) < least:
        assert time.monotonic() < deadline, f"{page.evaluate(PERCENT)} percent"
        page.wait_for_timeout(50)


def card_of(page: Page) -> Locator:
    """Open the tray, and return its card."""
    page.locator("details.tray:not([open]) > summary").click()
    return page.locator("details.tray .transfer")


def pk_of(link: Locator) -> str:
    """Return the id of the image to which *link* leads."""
    return str(link.get_attribute("href"))[-36:]


def wait_until_active(page: Page, *, seconds: float = 60) -> str:
    """Wait for the page of the image, and return the image's id."""
    page.wait_for_url(re.compile(r"/images/[0-9a-f-]{36}$"), timeout=1000 * seconds)
    page.get_by_text("active", exact=True).wait_for()
    return page.url[-36:]
