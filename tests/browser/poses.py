"""What one does on a page before its picture is taken, in whatever language; undone afterwards."""

from __future__ import annotations

import re
import tempfile
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

from tests.browser.chromium import PASSWORD
from tests.browser.uploading import MIB, PIECES, forgetting, throttle, wait_for_percent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Locator, Page

CAREFUL = "otto"
"""Who has a second factor."""

SUBMIT = "main form:not([hidden]) button.btn-primary"


@contextmanager
def still(page: Page) -> Iterator[None]:
    """Do nothing."""
    yield


@contextmanager
def wrong_password(page: Page) -> Iterator[None]:
    """Try to sign in as somebody whom nobody knows."""
    _try_password(page, "zoe", "wrong")
    yield


@contextmanager
def throttled(page: Page) -> Iterator[None]:
    """Try until one has to wait."""
    while _try_password(page, "yan", "wrong") != HTTPStatus.TOO_MANY_REQUESTS:
        pass
    yield


@contextmanager
def half_signed_in(page: Page) -> Iterator[None]:
    """Sign in as far as the second factor."""
    page.goto(re.sub(r"(?<=\w)/.*", "/accounts/login/", page.url))
    _try_password(page, CAREFUL, PASSWORD)
    yield


def _try_password(page: Page, user: str, password: str) -> int:
    """Send the form of the sign-in page; return the status of what comes."""
    page.locator("[name=username]").fill(user)
    page.locator("[name=password]").fill(password)
    return _press(page, page.locator(SUBMIT).first)


def _press(page: Page, button: Locator) -> int:
    """Press *button*; return the status of the page that comes."""
    with page.expect_navigation(wait_until="networkidle") as coming:
        button.click()
    return coming.value.status


@contextmanager
def documented(page: Page) -> Iterator[None]:
    """Wait until the document of the APIs is drawn."""
    page.locator(".opblock").first.wait_for()
    yield


@contextmanager
def two_ticked(page: Page) -> Iterator[None]:
    """Tick two rows."""
    for row in (1, 3):
        page.locator("#list tbody .tick input").nth(row).check()
    yield


@contextmanager
def one_trashed(page: Page) -> Iterator[None]:
    """Move an image to the trash, and back."""
    page.locator("#list tbody tr", has_text="rescue-2025").locator(".tick input").check()
    _press(page, page.locator("#bulk button[value=trash]"))
    yield
    _press(page, page.locator("#messages form button").first)


@contextmanager
def row_menu_open(page: Page) -> Iterator[None]:
    """Open the menu of a row."""
    page.locator(".row-acts summary").nth(1).click()
    yield


@contextmanager
def account_menu_open(page: Page) -> Iterator[None]:
    """Open the menu at one's name."""
    page.locator("header details.menu summary").last.click()
    yield


@contextmanager
def keys_shown(page: Page) -> Iterator[None]:
    """Ask for the list of keys."""
    page.keyboard.press("?")
    page.locator("dialog[open]").wait_for()
    yield


@contextmanager
def tray_open(page: Page) -> Iterator[None]:
    """Open the tray, which knows an upload of another day."""
    page.locator("details.tray > summary").click()
    page.locator("details.tray .transfer").first.wait_for()
    yield


@contextmanager
def _disk(size: int) -> Iterator[Path]:
    """Make a qcow2 file of *size* bytes, which are mostly a hole."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "almalinux-9-genericcloud.qcow2"
        with path.open("wb") as disk:
            disk.write(b"QFI\xfb\0\0\0\3")
            disk.truncate(size)
        yield path


@contextmanager
def file_chosen(page: Page) -> Iterator[None]:
    """Choose a file, and look closer."""
    with _disk(48 * MIB) as path:
        page.set_input_files("[data-part=file]", path)
        page.locator("[data-part=rows] [data-part=detected]").get_by_text("qcow2").wait_for()
        page.locator("main details summary").first.click()
        yield


@contextmanager
def too_large_chosen(page: Page) -> Iterator[None]:
    """Choose a file that is larger than what the project has left."""
    with _disk(3 << 30) as path:
        page.set_input_files("[data-part=file]", path)
        page.locator("[data-part=rows] [data-part=detected]").get_by_text("qcow2").wait_for()
        page.locator("[data-part=start]").click()
        page.wait_for_timeout(500)
        yield


@contextmanager
def moving(page: Page) -> Iterator[None]:
    """Upload a file as far as the middle; cancel it afterwards."""
    with _disk(96 * MIB) as path:
        page.set_input_files("[data-part=file]", path)
        page.locator("[data-part=rows] [data-part=detected]").get_by_text("qcow2").wait_for()
        page.evaluate(PIECES, [str(MIB), str(1 << 40)])
        throttle(page, 24 * MIB)
        page.locator("[data-part=start]").click()
        wait_for_percent(page, 40)
        throttle(page, MIB)
        page.evaluate("scrollTo(0, 0)")
        yield
        throttle(page, -1)
        page.locator("details.tray").evaluate("tray => { tray.open = false }")
        with forgetting(page):
            page.locator("main .transfer [data-act=cancel]").click()


@contextmanager
def moving_in_tray(page: Page) -> Iterator[None]:
    """Look at the same upload in the tray."""
    with moving(page):
        page.locator("details.tray > summary").click()
        yield


@contextmanager
def changed_meanwhile(page: Page) -> Iterator[None]:
    """Save what another tab has changed since the page came, and put it back as it was."""
    with page.context.new_page() as other:
        other.goto(page.url)
        _save_name(other, "debian-13-genericcloud-amd64-2026-11")
        _save_name(page, "debian-13-cloud")
        yield
        other.goto(page.url)
        _save_name(other, "debian-13-genericcloud-amd64")


def _save_name(page: Page, name: str) -> None:
    page.locator("[name=name]").fill(name)
    _press(page, page.locator(SUBMIT))


@contextmanager
def wrong_value(page: Page) -> Iterator[None]:
    """Save what cannot be."""
    page.locator("[name=min_disk]").fill("-3")
    _press(page, page.locator(SUBMIT))
    yield


@contextmanager
def link_made(page: Page) -> Iterator[None]:
    """Make a download link."""
    page.locator("[name=note]").fill("for a supplier")
    _press(page, page.locator(SUBMIT))
    yield


@contextmanager
def token_made(page: Page) -> Iterator[None]:
    """Make a token, whose secret is shown once."""
    page.locator("[name=name]").fill(f"laptop-{page.evaluate('document.documentElement.lang')}")
    _press(page, page.locator(SUBMIT).first)
    yield


@contextmanager
def purge_asked(page: Page) -> Iterator[None]:
    """Ask to delete an image for good."""
    _press(page, page.locator("tbody button.btn-danger").first)
    yield


@contextmanager
def sheet_shown(page: Page) -> Iterator[None]:
    """Send a sheet of limits, and look at what it would change."""
    csv = page.request.get(re.sub(r"/import$", ".csv", page.url)).text()
    lines = [
        re.sub(r"^(\w+,farm),[^,]*", r"\1,7 GiB", line) for line in csv.splitlines(keepends=True)
    ]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "limits.csv"
        file.write_text("".join(lines))
        page.set_input_files("main [type=file]", file)
        _press(page, page.locator("main form button").last)
        yield


@contextmanager
def admin_act_asked(page: Page) -> Iterator[None]:
    """Choose an act for two images in the admin."""
    for row in (0, 1):
        page.locator(".action-select").nth(row).check()
    page.locator("select[name=action]").select_option(index=1)
    _press(page, page.locator("button[name=index]"))
    yield
