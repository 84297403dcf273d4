from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.chromium import PASSWORD, new_context, sign_in
from tests.browser.conftest import watch
from tests.browser.test_pages import complaints

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.live import Server

pytestmark = pytest.mark.browser

CAST = f"""
from portal.identity import groups
from portal.identity.actors import OPERATOR
from portal.identity.people import *
for name in ("zoe", "yan"):
    create_user(name, password="{PASSWORD}", actor=OPERATOR)
lab = find_project("lab")
group = groups.create_group("builders", project=lab, actor=OPERATOR)
print(lab.pk, group.pk, find_user("ada").public_id)
"""


@pytest.fixture(scope="module")
def ids(server: Server) -> dict[str, str]:
    """Make people who are in no project, and a group; return the ids of what pages are about."""
    names = ("lab", "group", "ada")
    return dict(zip(names, server.run(CAST).split(), strict=True))


PAGES = [
    "/projects/{lab}/invite",
    "/projects/{lab}/people/{ada}",
    "/projects/{lab}/people/{ada}/remove",
    "/projects/{lab}/groups",
    "/projects/{lab}/groups/{group}",
    "/projects/{lab}/groups/{group}/name",
    "/projects/{lab}/groups/{group}/delete",
    "/invitations",
    "/operate/projects",
    "/operate/projects?name=none",
    "/operate/projects/new",
    "/operate/projects/{lab}",
    "/operate/projects/{lab}/delete",
    "/accounts/password/",
]
OPEN = ["/accounts/password/reset/", "/accounts/password/reset/sent/", "/invitations/vn_x"]


@pytest.mark.timeout(400)
@pytest.mark.parametrize(("theme", "locale"), [("light", "en-GB"), ("dark", "zh-CN")])
def test_axe_finds_nothing_and_nothing_is_wide(
    browser: Browser, server: Server, ids: dict[str, str], theme: str, locale: str
) -> None:
    found: dict[str, list[str]] = {}
    troubles: list[str] = []
    options = {"color_scheme": theme, "locale": locale}
    with new_context(browser, viewport={"width": 390, "height": 800}, **options) as context:
        page = context.new_page()
        watch(page, troubles)
        for path in [*OPEN, *PAGES]:
            if path == PAGES[0]:
                sign_in(page, server, "root")
            page.goto(server.url + path.format(**ids))
            wide = page.evaluate("document.documentElement.scrollWidth") > 390
            found[path] = complaints(page) + ["wide"] * wide

    assert {path: said for path, said in found.items() if said} == {}
    assert troubles == []


@pytest.mark.parametrize(("user", "without"), [("zoe", ""), ("yan", "script")])
def test_invited_changed_and_removed(
    browser: Browser, server: Server, ids: dict[str, str], user: str, without: str
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
        assert theirs.get_by_text("You are in no project yet").is_visible()


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
