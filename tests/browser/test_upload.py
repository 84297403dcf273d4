from __future__ import annotations

import hashlib
import json
import os
import re
from typing import TYPE_CHECKING

import pytest

from tests.browser.chromium import new_context, sign_in

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from tests.live import Server

pytestmark = pytest.mark.browser

MIB = 1 << 20
PHASES = """
    const seen = [];
    new MutationObserver(() => {
        const bar = document.querySelector("[data-part=bar]");
        const phase = document.querySelector("[data-part=phase]").textContent;
        seen.push([phase, bar.value]);
        sessionStorage.seen = JSON.stringify(seen);
    }).observe(document.querySelector("form#upload"),
        {subtree: true, childList: true, characterData: true, attributes: true});
"""


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    """A raw disk of random bytes."""
    path = tmp_path / "disk.raw"
    path.write_bytes(os.urandom(24 * MIB + 4321))
    return path


def images(server: Server) -> list[str]:
    """Return name, status and size of every image."""
    return server.run(
        "from images.models import Image\n"
        "for image in Image.objects.order_by('created_at'):\n"
        "    print(image.name, image.status, image.size)"
    ).splitlines()


def objects(server: Server) -> int:
    """Return how many objects and rows of objects there are."""
    code = (
        "from images.models import Location\n"
        "from stores.registry import get_store\n"
        "print(len(list(get_store().keys())) + Location.objects.count())"
    )
    return int(server.run(code))


def digest_in_store(server: Server, pk: str) -> str:
    """Return the sha512 of the bytes that the store gives back."""
    code = (
        "import hashlib\n"
        "from stores.registry import get_store\n"
        f"reader = get_store().open('{pk}')\n"
        "digest = hashlib.sha512()\n"
        "for chunk in reader.chunks(0, reader.size):\n"
        "    digest.update(chunk)\n"
        "print(digest.hexdigest())"
    )
    return server.run(code).strip()


def throttle(page: Page, bytes_a_second: int) -> None:
    """Make the way from *page* to the server slow."""
    session = page.context.new_cdp_session(page)
    speed = {"downloadThroughput": -1, "uploadThroughput": bytes_a_second, "latency": 0}
    session.send("Network.emulateNetworkConditions", {"offline": False, **speed})


def test_a_chosen_file_arrives_and_progress_moves(page: Page, server: Server, disk: Path) -> None:
    page.goto(f"{server.url}/images/new")
    page.set_input_files("[data-part=file]", disk)
    page.get_by_text("raw, detected").wait_for()
    assert page.get_by_label("Name").input_value() == "disk"
    throttle(page, 16 * MIB)
    page.evaluate(PHASES)

    page.get_by_role("button", name="Upload").click()
    page.wait_for_url(re.compile(r"/images/[0-9a-f-]{36}$"))

    pk = page.url[-36:]
    assert digest_in_store(server, pk) == hashlib.sha512(disk.read_bytes()).hexdigest()
    page.get_by_text("active", exact=True).wait_for()
    kept = json.loads(page.evaluate("sessionStorage.seen"))
    values = [value for _, value in kept]
    assert values == sorted(values)
    assert len({value for value in values if 0 < value < 99}) > 3
    assert all(phase == "Active" for phase, value in kept if value == 100)
    assert any(phase.startswith("Verifying") for phase, _ in kept)


def test_a_form_without_javascript_arrives(plain_page: Page, server: Server, disk: Path) -> None:
    page = plain_page
    page.goto(f"{server.url}/images/new")
    assert page.locator("[data-part=drop]").is_hidden()
    page.get_by_label("Name").fill("plain")
    page.get_by_label("Disk format").select_option("raw")
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("File", exact=True).set_input_files(disk)

    page.get_by_role("button", name="Upload").click()

    page.wait_for_url(re.compile(r"/images/[0-9a-f-]{36}$"))
    pk = page.url[-36:]
    assert digest_in_store(server, pk) == hashlib.sha512(disk.read_bytes()).hexdigest()


def test_a_wrong_token_leaves_nothing(plain_page: Page, server: Server, disk: Path) -> None:
    page, before = plain_page, objects(server)
    page.goto(f"{server.url}/images/new")
    page.get_by_label("Name").fill("forged")
    page.get_by_label("Disk format").select_option("raw")
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("File", exact=True).set_input_files(disk)
    page.context.clear_cookies(name="csrf")
    page.context.add_cookies([{"name": "csrf", "value": "x" * 32, "url": server.url}])

    page.get_by_role("button", name="Upload").click()

    page.get_by_role("heading", name="Not permitted").wait_for()
    assert images(server)[-1] == "forged queued None"
    assert objects(server) == before


def test_a_wrong_token_of_the_script_leaves_nothing(page: Page, server: Server, disk: Path) -> None:
    before = objects(server)
    page.goto(f"{server.url}/images/new")
    page.set_input_files("[data-part=file]", disk)
    page.get_by_text("raw, detected").wait_for()
    page.evaluate(
        "document.querySelector('#upload [name=csrfmiddlewaretoken]').value = 'x'.repeat(64)"
    )

    page.get_by_role("button", name="Upload").click()

    page.get_by_text("too old or came from another page").wait_for()
    assert objects(server) == before


def test_cancel_leaves_nothing(page: Page, server: Server, disk: Path) -> None:
    before = images(server), objects(server)
    page.goto(f"{server.url}/images/new")
    page.set_input_files("[data-part=file]", disk)
    page.get_by_text("raw, detected").wait_for()
    throttle(page, 2 * MIB)
    page.get_by_role("button", name="Upload").click()
    page.locator("[data-part=numbers]", has_text="MiB").wait_for()

    page.get_by_role("button", name="Cancel").click()

    page.get_by_text("Cancelled. Nothing was kept.").wait_for()
    page.wait_for_timeout(2000)
    assert (images(server), objects(server)) == before


def test_a_refusal_is_told_and_leaves_nothing(page: Page, server: Server, disk: Path) -> None:
    before = images(server), objects(server)
    page.goto(f"{server.url}/images/new")
    page.set_input_files("[data-part=file]", disk)
    page.get_by_text("raw, detected").wait_for()
    page.get_by_label("Disk format").select_option("qcow2")

    page.get_by_role("button", name="Upload").click()

    page.get_by_text("said to be qcow2, but the content is raw").wait_for()
    page.wait_for_timeout(500)
    assert (images(server), objects(server)) == before


def test_over_quota_is_refused_before_a_byte(browser: Browser, server: Server, disk: Path) -> None:
    server.manage("set_limit", "farm", f"image_size_total={MIB}")
    before = images(server)
    with new_context(browser) as context:
        page = sign_in(context.new_page(), server, "bert")
        page.goto(f"{server.url}/images/new")
        page.set_input_files("[data-part=file]", disk)
        page.get_by_text("raw, detected").wait_for()

        page.get_by_role("button", name="Upload").click()
        page.get_by_text("1.0 MiB are left for this project").wait_for()

        page.evaluate("delete document.querySelector('#upload').dataset.room")
        page.get_by_role("button", name="Upload").click()
        page.get_by_text("image_size_total").wait_for()
    assert images(server) == before


def test_a_file_dropped_on_the_list_opens_the_upload_page(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/")
    page.locator("[data-drop-to]").wait_for()

    page.evaluate(
        """() => {
            const transfer = new DataTransfer();
            transfer.items.add(new File(["QFI\\xfb" + "x".repeat(600)], "debian.qcow2"));
            const drop = new DragEvent("drop", {dataTransfer: transfer, bubbles: true});
            document.querySelector("h1").dispatchEvent(drop);
        }"""
    )

    page.wait_for_url(f"{server.url}/images/new")
    assert page.get_by_label("Name").input_value() == "debian"


@pytest.mark.parametrize(
    ("head", "at", "found"),
    [
        (b"QFI\xfb", 0, "qcow2"),
        (b"KDMV", 0, "vmdk"),
        (b"vhdxfile", 0, "vhdx"),
        (b"conectix", 0, "vhd"),
        (b"\x7f\x10\xda\xbe", 0x40, "vdi"),
        (b"CD001", 0x8001, "iso"),
        (b"conectix", 65536 - 512, "vhd"),
        (b"", 0, "raw"),
    ],
)
def test_formats_are_detected(page: Page, server: Server, head: bytes, at: int, found: str) -> None:
    content = bytes(at) + head
    page.goto(f"{server.url}/images/new")

    page.set_input_files(
        "[data-part=file]",
        {"name": "a.img", "mimeType": "", "buffer": content + bytes(65536 - len(content))},
    )

    page.get_by_text(f"{found}, detected").wait_for()
    assert page.get_by_label("Disk format").input_value() == found


def test_a_packed_file_is_pointed_out(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/images/new")

    page.set_input_files(
        "[data-part=file]", {"name": "a.gz", "mimeType": "", "buffer": b"\x1f\x8b" + bytes(99)}
    )

    page.get_by_text("packed (gzip)").wait_for()
