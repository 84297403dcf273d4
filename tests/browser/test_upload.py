from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import pytest

from tests.browser.chromium import fill_in_form, new_context, sign_in
from tests.browser.uploading import (
    MIB,
    arrived,
    choose,
    digest_in_store,
    forgetting,
    images,
    make_disk,
    objects,
    pk_of,
    start,
    throttle,
    wait_until_active,
)

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, FilePayload, Page

    from tests.live import Server

pytestmark = pytest.mark.browser

PHASES = """
    const seen = [], said = [];
    new MutationObserver(() => {
        const card = document.querySelector("main .transfer");
        if (!card) return;
        const part = (name) => card.querySelector(`[data-part=${name}]`);
        seen.push([part("phase").textContent, part("bar").value]);
        sessionStorage.seen = JSON.stringify(seen);
    }).observe(document.querySelector("form#upload"),
        {subtree: true, childList: true, characterData: true, attributes: true});
    new MutationObserver(() => {
        said.push(document.querySelector("[data-part=spoken]").textContent);
        sessionStorage.said = JSON.stringify(said);
    }).observe(document.querySelector("[data-part=spoken]"), {childList: true});
"""


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    """A raw disk of random bytes."""
    return make_disk(tmp_path, size=8 * MIB + 4321)


def sha512(disk: Path) -> str:
    """Return the sha512 of *disk*."""
    return hashlib.sha512(disk.read_bytes()).hexdigest()


def test_a_chosen_file_arrives_and_progress_moves(page: Page, server: Server, disk: Path) -> None:
    choose(
        page, server.url, disk, piece=MIB // 4, parts_from=MIB
    )  # joined in the end, for all to see
    assert page.get_by_label("Name").input_value() == "disk"
    throttle(page, 3 * MIB)
    page.evaluate(PHASES)

    start(page)

    assert digest_in_store(server, wait_until_active(page)) == sha512(disk)
    kept = json.loads(page.evaluate("sessionStorage.seen"))
    values = [value for _, value in kept]
    assert values == sorted(values)
    assert len({value for value in values if 0 < value < 99}) > 3
    assert all(phase == "Active" for phase, value in kept if value == 100)
    assert any(phase.startswith("Verifying") for phase, _ in kept)


def test_progress_is_spoken_by_quarters(page: Page, server: Server, disk: Path) -> None:
    choose(page, server.url, disk)
    throttle(page, 8 * MIB)
    page.evaluate(PHASES)

    start(page)

    wait_until_active(page)
    said = json.loads(page.evaluate("sessionStorage.said"))
    steps = [f"disk: Uploading, {step} percent" for step in (0, 25, 50, 75)]
    assert [one for one in said if one.startswith("disk: Uploading")] == steps
    assert said[-1] == "disk: Active, 100 percent"


def test_several_files_arrive_by_one_button(page: Page, server: Server, tmp_path: Path) -> None:
    disks = [make_disk(tmp_path, f"several-{number}.raw", MIB + number) for number in range(3)]
    rows = choose(page, server.url, *disks)
    rows.nth(1).get_by_label("Name").fill("in the middle")

    start(page)

    cards = page.locator("main .transfer", has_text="Active")
    cards.nth(2).wait_for()
    names = ("several-0", "in the middle", "several-2")
    pks = [pk_of(cards.get_by_role("link", name=name)) for name in names]
    assert [arrived(page, server, pk) for pk in pks] == [disk.read_bytes() for disk in disks]


def test_parallel_parts_make_one_image(page: Page, server: Server, disk: Path) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(f"{request.method} {request.url}"))
    choose(page, server.url, disk, parts_from=MIB)

    start(page)

    assert arrived(page, server, wait_until_active(page)) == disk.read_bytes()
    assert sum(one == f"POST {server.url}/uploads" for one in asked) == 5


def test_a_checksum_is_recognised_and_compared(page: Page, server: Server, disk: Path) -> None:
    before = images(page, server), objects(server)
    row = choose(page, server.url, disk)
    right = hashlib.sha256(disk.read_bytes()).hexdigest()
    wrong = "0" * 64
    row.get_by_label("Expected checksum").fill(f"{wrong}  disk.raw")
    row.get_by_text("sha256, recognised by its length").wait_for()

    with forgetting(page):
        start(page)
    row.get_by_text(f"{wrong} was expected, {right} came. Nothing was kept.").wait_for()
    assert (images(page, server), objects(server)) == before

    row.get_by_label("Expected checksum").fill(right.upper())
    start(page)
    assert arrived(page, server, wait_until_active(page)) == disk.read_bytes()


def test_a_form_without_javascript_arrives(plain_page: Page, server: Server, disk: Path) -> None:
    page = plain_page
    page.goto(f"{server.url}/images/new")
    assert page.locator("[data-part=drop]").is_hidden()
    assert page.locator("[data-tray]").is_hidden()
    page.get_by_label("Name").fill("plain")
    page.get_by_label("Disk format").select_option("raw")
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("File", exact=True).set_input_files(disk)

    page.get_by_role("button", name="Upload").click()

    assert arrived(page, server, wait_until_active(page)) == disk.read_bytes()


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
    assert images(page, server)[-1] == "forged queued None"
    assert objects(server) == before


def test_a_wrong_token_of_the_script_leaves_nothing(page: Page, server: Server, disk: Path) -> None:
    before = images(page, server), objects(server)
    choose(page, server.url, disk)
    page.evaluate(
        "Object.assign(document.querySelector('[data-tray]').dataset,"
        " {token: 'x'.repeat(64), home: '/healthz'})"  # which gives no other
    )

    start(page)

    page.get_by_text("too old or came from another page").wait_for()
    assert (images(page, server), objects(server)) == before


def test_who_is_signed_out_is_told_so_and_goes_on_after_signing_in(
    browser: Browser, server: Server, disk: Path
) -> None:
    with new_context(browser) as context:
        page = context.new_page()
        fill_in_form(page, server, "ada")
        row = choose(page, server.url, disk)
        other = context.new_page()
        other.goto(f"{server.url}/account")
        other.locator("header details.menu summary").last.click()
        other.get_by_role("button", name="Sign out").click()
        other.get_by_role("heading", name="Sign in").wait_for()

        start(page)
        row.get_by_text("You are signed out, and nothing was sent.").wait_for()
        fill_in_form(other, server, "ada")
        start(page)

        assert arrived(page, server, wait_until_active(page)) == disk.read_bytes()


def test_a_refusal_is_told_and_leaves_nothing(page: Page, server: Server, disk: Path) -> None:
    before = images(page, server), objects(server)
    row = choose(page, server.url, disk)
    row.get_by_label("Disk format").select_option("qcow2")

    with forgetting(page):
        start(page)

    row.get_by_text("said to be qcow2, but the content is raw").wait_for()
    assert (images(page, server), objects(server)) == before
    assert row.get_by_label("Name").input_value() == "disk"


def test_over_quota_is_refused_before_a_byte(browser: Browser, server: Server, disk: Path) -> None:
    server.manage("set_limit", "farm", f"image_size_total={MIB}")
    with new_context(browser) as context:
        page = sign_in(context.new_page(), server, "bert")
        choose(page, server.url, disk)
        page.get_by_text("1.0 MiB are left for this project").wait_for()

        start(page)
        assert page.get_by_role("alert").first.evaluate("one => one === document.activeElement")
        page.evaluate("document.querySelector('#upload').dataset.room = ''")
        with forgetting(page):
            start(page)
        page.locator("#upload").get_by_text("image_size_total").wait_for()
        assert images(page, server) == []


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ({"name": "a.gz", "mimeType": "", "buffer": b"\x1f\x8b" + bytes(99)}, "packed (gzip)"),
        ({"name": "a.raw", "mimeType": "", "buffer": b""}, "This file is empty"),
    ],
)
def test_what_cannot_be_an_image_is_refused_at_once(
    page: Page, server: Server, file: FilePayload, said: str
) -> None:
    page.goto(f"{server.url}/images/new")

    page.set_input_files("[data-part=file]", file)

    page.get_by_text(said).wait_for()


def test_files_dropped_on_the_list_open_the_upload_page(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/")
    page.locator("[data-drop-to]").wait_for()

    page.evaluate(
        """() => {
            const transfer = new DataTransfer();
            for (const name of ["debian.qcow2", "fedora.qcow2"])
                transfer.items.add(new File(["QFI\\xfb" + "x".repeat(600)], name));
            const drop = new DragEvent("drop", {dataTransfer: transfer, bubbles: true});
            document.querySelector("h1").dispatchEvent(drop);
        }"""
    )

    page.wait_for_url(f"{server.url}/images/new")
    page.get_by_label("Name").nth(1).wait_for()
    assert [one.input_value() for one in page.get_by_label("Name").all()] == ["debian", "fedora"]


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
