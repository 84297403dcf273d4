from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from tests import leaks
from tests.browser.chromium import chromium, make_people, new_context, sign_in
from tests.live import serve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Dialog, Page

    from tests.live import Server


def ceph() -> dict[str, str]:
    """Return the settings of the test cluster, if there is one: then bytes go to RBD."""
    if "VITRINE_TEST_CEPH_CONF" not in os.environ:
        return {}
    return {
        f"VITRINE_CEPH_{name}": os.environ[f"VITRINE_TEST_CEPH_{name}"]
        for name in ("CONF", "POOL", "USER")
    }


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The real server, with people; each module's has nothing else in it."""
    with serve(tmp_path_factory.mktemp("server"), **ceph()) as running:
        make_people(running)
        yield running


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium, for this room: while it runs, Django would refuse the database to other tests."""
    with chromium() as running:
        yield running


@pytest.fixture
def troubles() -> list[str]:
    """What the page complained of: violations of the security policy, script errors, dialogs."""
    return []


def watch(page: Page, troubles: list[str]) -> None:
    """Write down what goes wrong in *page*."""
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("dialog", lambda dialog: _dismiss(dialog, troubles))
    page.on("console", lambda said: troubles.append(said.text) if _is_violation(said) else None)


def _is_violation(said: ConsoleMessage) -> bool:
    return "Content Security Policy" in said.text


def _dismiss(dialog: Dialog, troubles: list[str]) -> None:
    troubles.append(dialog.message)
    dialog.dismiss()


@pytest.fixture(scope="module")
def session() -> list[dict[str, Any]]:
    """The cookies of whoever signed in last, for the next test of the module to come back with."""
    return []


def come_back(page: Page, server: Server, session: list[dict[str, Any]]) -> Page:
    """Go on with *session*, or sign in where it is over: that takes most of a test's time."""
    page.context.add_cookies(session)  # type: ignore[arg-type] # it gave them itself
    page.goto(f"{server.url}/")
    if page.url != f"{server.url}/":
        sign_in(page, server)
    session[:] = [dict(cookie) for cookie in page.context.cookies()]
    return page


@pytest.fixture
def page(
    browser: Browser, server: Server, session: list[dict[str, Any]], troubles: list[str]
) -> Iterator[Page]:
    """A page in which a manager of the lab is signed in; it must complain of nothing."""
    with new_context(browser) as context:
        fresh = context.new_page()
        watch(fresh, troubles)
        yield come_back(fresh, server, session)
        learn_cookies(context)
    assert troubles == []


@pytest.fixture
def plain_page(browser: Browser, server: Server, session: list[dict[str, Any]]) -> Iterator[Page]:
    """The same without JavaScript."""
    with new_context(browser, java_script_enabled=False) as context:
        yield come_back(context.new_page(), server, session)
        learn_cookies(context)


def learn_cookies(context: BrowserContext) -> None:
    """Know the session, to look for it in the server's log."""
    leaks.learn(*(cookie["value"] for cookie in context.cookies() if cookie["httpOnly"]))
