from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.chromium import PASSWORD, new_context, sign_in

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.live import Server

pytestmark = pytest.mark.browser

CAST = f"""
from portal.identity.actors import OPERATOR
from portal.identity.people import create_user
for name in ("zoe", "yan"):
    create_user(name, password="{PASSWORD}", actor=OPERATOR)
"""


@pytest.fixture(scope="module", autouse=True)
def newcomers(server: Server) -> None:
    """Make people who are in no project."""
    server.run(CAST)


@pytest.mark.parametrize(("user", "without"), [("zoe", ""), ("yan", "script")])
def test_invited_changed_and_removed(
    browser: Browser, server: Server, user: str, without: str
) -> None:
    options = {"java_script_enabled": not without}
    with new_context(browser, **options) as manager, new_context(browser, **options) as guest:
        ada = sign_in(manager.new_page(), server)
        theirs = sign_in(guest.new_page(), server, user)
        invite(ada, server, user)
        accept(theirs, server)
        change(ada, server, user)
        theirs.goto(f"{server.url}/project")
        roles = theirs.get_by_role("row", name=user).inner_text()
        remove(ada, server, user)

        theirs.goto(f"{server.url}/project")
        assert "reader" in roles
        expect(theirs.get_by_text("You are in no project yet")).to_be_visible()


def invite(page: Page, server: Server, user: str) -> None:
    """Invite *user* to the lab."""
    page.goto(f"{server.url}/project")
    page.get_by_role("link", name="Invite", exact=True).click()
    page.get_by_label("Who").fill(user)
    page.get_by_role("button", name="Invite").click()
    page.get_by_text(f"Invited: {user}.").wait_for()


def accept(page: Page, server: Server) -> None:
    """Accept what the account menu counts."""
    page.goto(f"{server.url}/account")
    page.locator("header details.menu summary").click()
    page.get_by_role("link", name="Invitations 1").click()
    page.get_by_role("button", name="Accept lab").click()
    page.get_by_text("You are in lab now.").wait_for()


def change(page: Page, server: Server, user: str) -> None:
    """Make *user* a reader."""
    page.goto(f"{server.url}/project")
    page.get_by_role("link", name=f"Change the role of {user}").click()
    page.get_by_label("Role").select_option("reader")
    page.get_by_role("button", name="Change the role").click()
    page.get_by_text(f"{user}: reader.").wait_for()


def remove(page: Page, server: Server, user: str) -> None:
    """Put *user* out of the lab."""
    page.goto(f"{server.url}/project")
    page.get_by_role("link", name=f"Remove {user}").click()
    page.get_by_role("button", name="Remove").click()
    page.get_by_text(f"{user} is no longer in lab.").wait_for()
