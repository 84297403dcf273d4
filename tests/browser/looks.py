"""How a page is to people who see, hear or touch it; asked in the page, by axe and `judge.js`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from axe_playwright_python.base import AXE_SCRIPT

if TYPE_CHECKING:
    from playwright.sync_api import Page

JUDGE = f"{AXE_SCRIPT}\n;{Path(__file__).with_name('judge.js').read_text()}"


def ask(page: Page, question: str, argument: object = None) -> Any:
    """Return what the judge in *page* answers to *question*."""
    if not page.evaluate("'judge' in window"):
        page.evaluate(JUDGE)
    return page.evaluate(f"argument => judge.{question}(argument)", argument)


def complaints(page: Page) -> list[str]:
    """Return what axe finds."""
    found: list[str] = ask(page, "axe")
    return found


def wrongs(page: Page) -> list[str]:
    """Return what axe finds, and whether the page is wider than its screen."""
    return complaints(page) + ["wide"] * (ask(page, "overflow") > 0)
