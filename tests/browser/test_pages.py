from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.chromium import new_context, sign_in

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.live import Server

pytestmark = pytest.mark.browser

HOSTILE = "<img src=x onerror=alert(1)><script>alert(2)</script>\"'"
PAGES = [
    "/",
    "/?q=nothing&status=active",
    "/images/new",
    "/images/{pk}",
    *(f"/images/{{pk}}/{tab}" for tab in ("properties", "sharing", "activity", "use")),
    "/images/filters",
    "/images/{pk}/edit",
    "/images/{pk}/share",
    "/images/{pk}/links",
    "/images/{pk}/delete",
    "/images/{queued}/upload",
    "/inbox",
    "/project",
    "/activity",
    "/activity?what=nothing",
    "/account",
    "/images/00000000-0000-4000-8000-000000000000",
]
ADMIN = ["/admin/", "/admin/images/image/", "/admin/images/image/{pk}/change/"]
SEED = f'''
from images.lifecycle.data import receiving
from images.lifecycle.images import create_image
from images.lifecycle.members import share_image
from portal.identity.actors import project_actor
from portal.identity.models import User
from portal.identity.people import find_project

def act_as(user, project):
    return project_actor(User.objects.get(username=user), project=find_project(project).pk)

raw = {{"disk_format": "raw", "container_format": "bare"}}
hostile = """{HOSTILE}"""
ada, bert = act_as("ada", "lab"), act_as("bert", "farm")
words = {{"tags": {{hostile}}, "properties": {{hostile: hostile}}}}
image = create_image({{"name": hostile, **raw, **words}}, actor=ada)
with receiving(image, actor=ada) as session:
    session.fill([b"bytes of a disk"])
share_image(image, actor=ada, project=bert.project)
queued = create_image({{"name": "queued", **raw}}, actor=ada)
theirs = create_image({{"name": hostile, **raw}}, actor=bert)
share_image(theirs, actor=bert, project=ada.project)
print(image.pk, queued.pk)
'''


@pytest.fixture(scope="module")
def ids(server: Server) -> dict[str, str]:
    """Make images with hostile words, and return their ids."""
    pk, queued = server.run(SEED).split()
    return {"pk": pk, "queued": queued}


def test_hostile_words_do_nothing(page: Page, server: Server, ids: dict[str, str]) -> None:
    for path in PAGES:
        page.goto(server.url + path.format(**ids))
        page.wait_for_load_state("networkidle")

    expect(page.locator("img[src=x]")).to_have_count(0)


def test_the_admin_keeps_the_policy(browser: Browser, server: Server, ids: dict[str, str]) -> None:
    said: list[str] = []
    with new_context(browser) as context:
        page = sign_in(context.new_page(), server, "root")
        page.on("console", lambda line: said.append(line.text))
        for path in ADMIN:
            page.goto(server.url + path.format(**ids))
            page.wait_for_load_state("networkidle")

    assert [line for line in said if "Content Security Policy" in line] == []


def test_download_comes_as_a_file(page: Page, server: Server, ids: dict[str, str]) -> None:
    page.goto(f"{server.url}/images/{ids['pk']}")

    with page.expect_download() as started:
        page.get_by_role("link", name="Download", exact=True).click()

    assert started.value.path().read_bytes() == b"bytes of a disk"
    assert started.value.suggested_filename.endswith(".raw")


def test_filters_work_without_a_button(page: Page, server: Server, ids: dict[str, str]) -> None:
    page.goto(f"{server.url}/")

    page.get_by_label("Status").select_option("queued")

    page.wait_for_url(re.compile("status=queued"))
    page.get_by_role("link", name="queued", exact=True).wait_for()
    expect(page.locator("#results tbody tr")).to_have_count(1)
    page.go_back()
    page.locator("#results tbody tr").nth(1).wait_for()
    kept = page.evaluate("[...Object.keys(localStorage), ...Object.keys(sessionStorage)]")
    assert "htmx-history-cache" not in kept


def test_a_property_is_added_in_a_new_row(page: Page, server: Server, ids: dict[str, str]) -> None:
    page.goto(f"{server.url}/images/{ids['queued']}/edit")
    page.get_by_role("button", name="Add a property").click()
    page.keyboard.type("os_distro")
    page.keyboard.press("Tab")
    page.keyboard.type("debian")

    page.get_by_role("button", name="Save").click()

    page.get_by_text("Saved.").wait_for()
    page.get_by_role("link", name="Properties").click()
    term = page.get_by_role("term").filter(has_text="os_distro")
    expect(term.locator("+ dd")).to_have_text("debian")


def test_clouds_yaml_is_a_file(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/account")
    page.get_by_label("Name", exact=True).fill("laptop")
    page.get_by_role("button", name="Make the token").click()

    with page.expect_download() as started:
        page.get_by_role("link", name="Download clouds.yaml").click()

    assert started.value.suggested_filename == "clouds.yaml"
    assert "application_credential_secret" in started.value.path().read_text()


def test_what_is_copied_is_said_and_the_focus_stays(
    page: Page, server: Server, ids: dict[str, str]
) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{server.url}/images/{ids['queued']}")
    button = page.locator("[data-copy]").first

    button.click()
    expect(page.locator("#spoken")).to_have_text("Copied")
    button.click()

    assert page.evaluate("navigator.clipboard.readText()") == button.get_attribute("data-copy")
    expect(button).to_be_focused()
    expect(button).to_have_text("Copied")
    expect(button).to_have_text("Copy")


def test_what_a_browser_refuses_to_copy_is_said(
    page: Page, server: Server, ids: dict[str, str]
) -> None:
    page.goto(f"{server.url}/images/{ids['queued']}")
    page.evaluate("""() => {
        navigator.clipboard.writeText = () => Promise.reject(new Error("refused"));
        document.execCommand = () => false;
    }""")
    button = page.locator("[data-copy]").first

    button.click()

    expect(page.locator("#spoken")).to_contain_text("Not copied")
    expect(button).to_be_focused()


def test_the_theme_is_there_before_the_first_paint(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/")
    page.locator("header details.menu summary").click()
    page.get_by_role("button", name="Dark").click()

    page.locator("html[data-bs-theme=dark]").wait_for()
    body = page.locator("body")
    ground = body.evaluate("body => getComputedStyle(body).backgroundColor")

    assert ground == "rgb(18, 21, 27)"
