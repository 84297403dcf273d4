"""The list of images as people use it: narrowed, ticked, by the keyboard, while something moves."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.chromium import fill_in_form, new_context
from tests.browser.looks import complaints

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.live import Server

pytestmark = pytest.mark.browser

ALSO_IN_LAB = """
from portal.identity.actors import OPERATOR
from portal.identity.people import find_project, find_user, give_role
give_role(find_user("bert"), project=find_project("lab"), role="manager", actor=OPERATOR)
"""

SEED = """
from images.lifecycle.data import receiving
from images.lifecycle.images import create_image
from portal.identity.actors import project_actor
from portal.identity.models import User
from portal.identity.people import find_project

ada = project_actor(User.objects.get(username="ada"), project=find_project("lab").pk)
raw = {"disk_format": "raw", "container_format": "bare", "visibility": "private"}
for name, tags in (("alpha", {"lts"}), ("beta", set()), ("gamma", set()), ("delta", {"lts"})):
    fields = {"name": name, "tags": tags, "protected": name == "delta", **raw}
    image = create_image(fields, actor=ada)
    with receiving(image, actor=ada) as session:
        session.fill([b"bytes of a disk"])
create_image({"name": "empty", **raw}, actor=ada)
"""

IS_SEEN = """() => {
    const { activeElement: one } = document;
    const { x, y, width, height } = one.getBoundingClientRect();
    return one.contains(document.elementFromPoint(x + width / 2, y + height / 2));
}"""


@pytest.fixture(scope="module", autouse=True)
def images(server: Server) -> None:
    """Make some images of the lab."""
    server.run(SEED)


def expect_names(page: Page, *shown: str) -> None:
    """Wait until the list shows just these."""
    expect(page.locator("#results tbody th a")).to_have_text(shown)


def names(page: Page) -> list[str]:
    """Return what the list shows."""
    return page.locator("#results tbody th a").all_inner_texts()


def tick(page: Page, *wanted: str) -> None:
    """Tick rows by their names."""
    for name in wanted:
        page.get_by_role("checkbox", name=f"Tick {name}").check()


SETTLED = "() => !document.querySelector('.htmx-added, .htmx-settling, .htmx-swapping')"
"""For some milliseconds nobody listens yet to what the server sent anew."""


def test_filters_become_chips_that_are_taken_off(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/?sort=name:asc")
    page.get_by_label("Tag", exact=True).first.fill("lts")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?sort=name*tag=lts")
    page.wait_for_function(SETTLED)
    page.get_by_label("Status").select_option("active")
    page.wait_for_url(re.compile("status=active"))
    page.get_by_role("link", name="Take off Status: active").wait_for()
    expect_names(page, "alpha", "delta")
    assert complaints(page) == []

    page.get_by_role("link", name="Take off Tag: lts").click()
    page.wait_for_url(re.compile(r"\?status=active&sort=name%3Aasc$"))
    expect_names(page, "alpha", "beta", "delta", "gamma")
    page.go_back()
    page.get_by_role("link", name="Take off Tag: lts").wait_for()
    expect_names(page, "alpha", "delta")


def test_a_filter_is_saved_used_and_removed(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/?tag=lts&sort=name:asc")
    page.get_by_text("Save this filter").click()
    page.locator("form[action='/images/filters'] [name=name]").fill("long lived")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("Saved: long lived.").wait_for()

    page.goto(server.url)
    page.get_by_role("link", name="long lived").click()
    page.wait_for_url(re.compile("tag=lts"))
    expect_names(page, "alpha", "delta")
    page.get_by_role("link", name="Rename or remove").click()
    page.get_by_role("button", name="Remove long lived").click()
    page.get_by_text("Removed: long lived.").wait_for()
    assert complaints(page) == []


def test_many_are_changed_at_once_and_undone(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/?sort=name:asc")
    bar = page.get_by_role("form", name="What to do with the ticked images")
    expect(bar).to_be_hidden()

    tick(page, "beta", "gamma", "empty")
    expect(page.locator("[data-ticked]")).to_have_text("3")
    assert complaints(page) == []
    bar.get_by_role("button", name="Deactivate").click()
    page.get_by_text("2 images deactivated").wait_for()
    expect(page.get_by_text("Left as it was: empty.")).to_be_visible()
    expect(page.locator(".status-deactivated")).to_have_count(2)

    page.get_by_role("button", name="Undo").click()
    page.get_by_text("2 images reactivated").wait_for()
    expect(page.locator(".status-deactivated")).to_have_count(0)


def test_ticks_and_focus_outlive_what_the_server_sends_anew(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/?sort=name:asc")
    tick(page, "beta")
    page.get_by_role("link", name="gamma").focus()
    with page.expect_response(re.compile("/\\?")):
        page.evaluate("htmx.ajax('GET', location.href, {source: '#results', select: '#results'})")

    expect(page.get_by_role("checkbox", name="Tick beta")).to_be_checked()
    assert page.evaluate("document.activeElement.textContent") == "gamma"


@pytest.mark.parametrize("control", ["Tick all rows of this page", "Size"])
def test_the_head_of_the_list_keeps_the_focus_as_well(
    page: Page, server: Server, control: str
) -> None:
    page.goto(f"{server.url}/?sort=name:asc")
    head = page.locator("#results thead")
    wanted = head.get_by_label(control).or_(head.get_by_role("link", name=control))
    wanted.focus()
    with page.expect_response(re.compile("/\\?")):
        page.evaluate("htmx.ajax('GET', location.href, {source: '#results', select: '#results'})")

    expect(wanted).to_be_focused()


@pytest.mark.parametrize("height", [256, 700], ids=["zoomed", "phone"])
def test_the_bar_of_ticked_rows_covers_no_focus(page: Page, server: Server, height: int) -> None:
    page.set_viewport_size({"width": 320, "height": height})
    page.goto(f"{server.url}/?sort=name:asc")
    tick(page, "alpha")
    page.get_by_role("link", name="alpha").focus()

    for _ in names(page)[1:]:
        page.keyboard.press("j")
        assert page.evaluate(IS_SEEN)


def refresh(page: Page) -> None:
    """Ask for the list anew, as a poll does."""
    with page.expect_response(re.compile("/\\?")):
        page.evaluate("htmx.ajax('GET', location.href, {source: '#results', select: '#results'})")


def test_a_list_whose_reader_is_signed_out_stays_and_says_so(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/?sort=name:asc")
    shown, mine = names(page), page.context.cookies()
    told = page.get_by_role("link", name="You are signed out. Sign in again.")
    page.context.clear_cookies()

    refresh(page)
    told.wait_for()
    expect_names(page, *shown)
    assert complaints(page) == []
    page.context.add_cookies(mine)  # type: ignore[arg-type] # it gave them itself
    refresh(page)

    told.wait_for(state="hidden")
    expect_names(page, *shown)


def test_a_list_of_one_project_is_not_filled_with_anothers(
    browser: Browser, server: Server
) -> None:
    server.run(ALSO_IN_LAB)
    with new_context(browser) as context:
        page, other = context.new_page(), context.new_page()
        fill_in_form(page, server, "bert")
        other.goto(f"{server.url}/")
        projects = other.locator("header select[name=project]")
        with other.expect_navigation():
            projects.select_option(label="lab")
        page.goto(f"{server.url}/?sort=name:asc")
        shown = names(page)
        with other.expect_navigation():
            projects.select_option(label="farm")

        refresh(page)
        page.get_by_role("link", name="You act in another project now").click()

        expect(page.locator("header option[selected]")).to_have_text("farm")
        assert len(shown) > len(names(page))


def test_one_works_by_keys_alone(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/images/new")
    page.locator("h1").click()
    page.keyboard.type("gi")
    page.wait_for_url(f"{server.url}/")
    page.goto(f"{server.url}/?sort=name:asc")
    for key in ("j", "j", "j", "k", "x"):
        page.keyboard.press(key)
    page.locator("#results tbody input:checked").wait_for()
    assert page.evaluate("document.activeElement.textContent") == "beta"
    expect(page.get_by_role("checkbox", name="Tick beta")).to_be_checked()

    page.keyboard.press(".")
    page.get_by_role("link", name="Open", exact=True).wait_for()
    page.keyboard.press("Escape")
    expect(page.locator("details[open]")).to_have_count(0)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="delta").wait_for()


def test_keys_are_listed_and_do_nothing_in_a_field(page: Page, server: Server) -> None:
    page.goto(server.url)
    page.keyboard.press("/")
    page.keyboard.type("/u?gi")
    search = page.get_by_role("searchbox")
    assert search.input_value() == "/u?gi"
    page.locator("h1").click()

    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keyboard")
    dialog.wait_for()
    assert complaints(page) == []
    page.keyboard.press("u")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    assert page.url == f"{server.url}/"


def test_keys_are_turned_off(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/account")
    page.get_by_role("button", name="Turn single keys off").click()
    page.get_by_text("Single keys are off.").wait_for()

    page.keyboard.press("u")
    page.keyboard.press("?")
    expect(page.locator("dialog#keys")).to_have_count(0)
    expect(page).to_have_url(f"{server.url}/account")
    page.get_by_role("button", name="Turn single keys on").click()
    page.get_by_text("Single keys are on.").wait_for()


def test_all_of_it_works_without_a_script(plain_page: Page, server: Server) -> None:
    plain_page.goto(f"{server.url}/?sort=name:asc")
    plain_page.get_by_label("Status").select_option("active")
    plain_page.get_by_role("button", name="Filter").click()
    tick(plain_page, "alpha", "beta")
    plain_page.get_by_label("Tag", exact=True).last.fill("plain")
    plain_page.get_by_role("button", name="Add tag").click()

    expect(plain_page.get_by_text("Tag “plain” put on 2 images.")).to_be_visible()
    plain_page.get_by_role("button", name="Undo").click()
    expect(plain_page.get_by_text("Tag “plain” taken from 2 images.")).to_be_visible()
