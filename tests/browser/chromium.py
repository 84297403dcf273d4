"""Chromium as tests and pictures drive it, and people who use the portal in it."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal

from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, Page

    from tests.live import Server

Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
PATH = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",  # tests may run as root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PASSWORD = "correct horse battery staple"

_signed_in: dict[tuple[str, str], list[Any]] = {}
"""The cookies of each user's session, by server and user: a password takes a while to check."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start Chromium, with a profile of its own."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=PATH, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


def make_people(server: Server) -> None:
    """Make two projects, a member of each, and an administrator."""
    server.run(
        "from portal.identity.actors import OPERATOR\n"
        "from portal.identity.people import *\n"
        "for name, user in (('lab', 'ada'), ('farm', 'bert')):\n"
        "    project = create_project(name, actor=OPERATOR)\n"
        f"    user = create_user(user, password='{PASSWORD}', actor=OPERATOR)\n"
        "    give_role(user, project=project, role='manager', actor=OPERATOR)\n"
        f"root = create_user('root', password='{PASSWORD}', actor=OPERATOR)\n"
        "give_role(root, project=find_project('lab'), role='manager', actor=OPERATOR)\n"
        "make_administrator(root, actor=OPERATOR)\n"
    )


def sign_in(page: Page, server: Server, user: str = "ada") -> Page:
    """Open the list of images as *user*, whose session goes on if there was one and still is."""
    home, cookies = f"{server.url}/", _signed_in.get((server.url, user))
    if cookies:
        page.context.add_cookies(cookies)
        page.goto(home)
    if page.url != home:
        fill_in_form(page, server, user)
        _signed_in[server.url, user] = page.context.cookies()
    return page


def fill_in_form(page: Page, server: Server, user: str, *, lands: str = "/") -> None:
    """Sign *user* in by the form, in whatever language it comes; it *lands* on that page."""
    page.goto(f"{server.url}/accounts/login/")
    page.locator("[name=username]").fill(user)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main button[type=submit]").first.click()
    page.wait_for_url(f"{server.url}{lands}")


def new_context(browser: Browser, **options: Any) -> BrowserContext:
    """Return a context in which a test waits half a minute at most for anything."""
    context = browser.new_context(**options)
    context.set_default_timeout(30_000)
    return context
