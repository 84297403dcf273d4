from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.chromium import PASSWORD, make_people
from tests.browser.looks import wrongs
from tests.live import serve
from tests.portal.identity.conftest import code_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import CDPSession, Page

    from tests.live import Server

pytestmark = pytest.mark.browser

HOSTS = "localhost,127.0.0.1"
STEP = "**/accounts/second-factor/authenticate/"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server under a name, without which no browser keeps a passkey."""
    with serve(tmp_path_factory.mktemp("named"), VITRINE_ALLOWED_HOSTS=HOSTS) as running:
        make_people(running)
        yield replace(running, url=running.url.replace("127.0.0.1", "localhost"))


@pytest.fixture
def key(page: Page) -> CDPSession:
    """A security key in the browser that asks for a finger, and is shown it."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return session


def open_step(page: Page, server: Server) -> None:
    """Sign out, and in again as far as the second factor."""
    page.context.clear_cookies()
    page.goto(f"{server.url}/accounts/login/?next=/project")
    page.locator("[name=username]").fill("ada")
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(STEP)


@pytest.fixture(autouse=True)
def nothing_set_up(server: Server) -> None:
    """Take every second factor away before somebody signs in."""
    server.run("from allauth.mfa.models import *; Authenticator.objects.all().delete()")


def set_up_app(page: Page, server: Server) -> tuple[str, list[str]]:
    """Set an app up from the account's page; return its secret and the recovery codes."""
    page.goto(f"{server.url}/account")
    page.get_by_role("link", name="Set up an authenticator app").click()
    secret = page.locator("main code").inner_text()
    page.get_by_label("Authenticator code").fill(code_of(secret))
    page.get_by_role("button", name="Switch it on").click()
    page.wait_for_url("**/recovery-codes/")
    return secret, page.locator(".codes li").all_inner_texts()


def test_an_app_is_set_up_and_asked_for(page: Page, server: Server) -> None:
    secret, codes = set_up_app(page, server)
    assert len(codes) == 10
    open_step(page, server)

    page.get_by_label("Code").fill("000000")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_text("This code is wrong").wait_for()
    page.get_by_label("Code").fill(code_of(secret, 1))
    page.keyboard.press("Enter")

    page.wait_for_url("**/project")
    page.goto(f"{server.url}/account")
    expect(page.get_by_role("row", name=re.compile("Authenticator app"))).to_have_count(1)


def test_a_recovery_code_stands_in_for_the_app(page: Page, server: Server) -> None:
    _, codes = set_up_app(page, server)
    open_step(page, server)

    page.get_by_label("Code").fill(codes[0])
    page.get_by_role("button", name="Sign in").click()

    page.wait_for_url("**/project")
    page.goto(f"{server.url}/account")
    page.get_by_text("9 are left").wait_for()


def test_a_passkey_is_added_and_opens_the_portal_alone(
    page: Page, server: Server, key: CDPSession
) -> None:
    page.goto(f"{server.url}/account")
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Name").fill("my telephone")
    page.get_by_role("button", name="Add the passkey").click()
    page.wait_for_url("**/recovery-codes/")

    page.context.clear_cookies()
    page.goto(f"{server.url}/accounts/login/?next=/project")
    page.get_by_role("button", name="Sign in with a passkey").click()

    page.wait_for_url(f"{server.url}/project")
    page.goto(f"{server.url}/account")
    expect(page.get_by_role("row", name=re.compile("my telephone"))).to_have_count(1)


def test_a_passkey_is_renamed_and_removed(page: Page, server: Server, key: CDPSession) -> None:
    page.goto(f"{server.url}/accounts/second-factor/webauthn/add/")
    page.get_by_label("Name").fill("old telephone")
    page.get_by_role("button", name="Add the passkey").click()
    page.wait_for_url("**/recovery-codes/")
    page.goto(f"{server.url}/account")

    page.get_by_role("link", name="Rename old telephone").click()
    assert wrongs(page) == []
    page.get_by_label("Name").fill("new telephone")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/account")
    page.get_by_role("link", name="Remove new telephone").click()
    assert wrongs(page) == []
    page.get_by_role("button", name="Remove the passkey").click()

    page.wait_for_url("**/account")
    expect(page.get_by_text("Your password alone signs you in.")).to_be_visible()


def test_a_passkey_is_the_second_factor_after_a_password(
    page: Page, server: Server, key: CDPSession
) -> None:
    page.goto(f"{server.url}/accounts/second-factor/webauthn/add/")
    page.get_by_role("button", name="Add the passkey").click()
    page.wait_for_url("**/recovery-codes/")
    open_step(page, server)

    page.get_by_role("button", name="Use a passkey").click()

    page.wait_for_url("**/project")


def test_a_passkey_that_is_not_there_is_told(page: Page, server: Server, key: CDPSession) -> None:
    page.context.clear_cookies()
    page.goto(f"{server.url}/accounts/login/")

    page.get_by_role("button", name="Sign in with a passkey").click()

    page.get_by_text("The passkey was not used").wait_for()
