from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.chromium import Scheme, new_context, sign_in
from tests.browser.looks import complaints

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.live import Server

pytestmark = pytest.mark.browser

SEED = """
from django.contrib.auth.models import Group
from images.lifecycle.data import receiving
from images.lifecycle.images import create_image
from portal.identity.actors import project_actor
from portal.identity.models import User
from portal.identity.people import find_project

ada = project_actor(User.objects.get(username="ada"), project=find_project("lab").pk)
group, _ = Group.objects.get_or_create(name="testers")
group.user_set.add(User.objects.get(username="bert"))
raw = {"disk_format": "raw", "container_format": "bare", "visibility": "private"}
image = create_image({"name": "debian", **raw}, actor=ada)
with receiving(image, actor=ada) as session:
    session.fill([b"bytes of a disk"])
print(image.pk)
"""


SHARED = """
from images.lifecycle.images import create_image
from images.lifecycle.members import share_image
from portal.identity.actors import project_actor
from portal.identity.models import User
from portal.identity.people import find_project

bert = project_actor(User.objects.get(username="bert"), project=find_project("farm").pk)
theirs = create_image({"name": "harvest", "visibility": "shared"}, actor=bert)
share_image(theirs, actor=bert, project=find_project("lab").pk)
"""


@pytest.fixture
def image(server: Server) -> str:
    """Return the address of a private image of the lab."""
    return f"{server.url}/images/{server.run(SEED).strip()}"


@pytest.mark.parametrize(
    ("kind", "name", "scheme"),
    [("person", "bert", "light"), ("group", "testers", "dark"), ("project", "farm", "light")],
)
def test_granted_seen_downloaded_and_lost_again(
    page: Page, browser: Browser, server: Server, image: str, kind: str, name: str, scheme: Scheme
) -> None:
    page.emulate_media(color_scheme=scheme)
    with new_context(browser) as context:
        theirs = sign_in(context.new_page(), server, "bert")
        assert status(theirs, image) == 404

        give(page, image, kind, name)
        assert complaints(page) == []
        theirs.goto(image)
        with theirs.expect_download() as started:
            theirs.get_by_role("link", name="Download", exact=True).click()
        assert started.value.path().read_bytes() == b"bytes of a disk"
        page.get_by_role("button", name=f"Take back from {name}").click()
        page.get_by_role("button", name="Undo").wait_for()
        assert complaints(page) == []
        assert status(theirs, image) == 404

        page.get_by_role("button", name="Undo").click()
        assert status(theirs, image) == 200


def status(page: Page, address: str) -> int | None:
    """Return the status with which *address* is answered."""
    answer = page.goto(address)
    return answer.status if answer else None


def give(page: Page, image: str, kind: str, name: str) -> None:
    """Grant *name* to see and download, by the keyboard alone."""
    page.goto(f"{image}/share")
    page.get_by_text(f"Grant a {kind} rights", exact=True).focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type(name)
    page.keyboard.press("Enter")
    page.get_by_text(f"Granted to {name}.").wait_for()


def test_an_answer_in_the_inbox_is_undone_by_the_keyboard(page: Page, server: Server) -> None:
    server.run(SHARED)
    page.goto(f"{server.url}/inbox")
    counted = page.locator(".places .count")
    expect(counted).to_have_text(re.compile(r"^\s*1"))

    page.get_by_role("button", name="Accept harvest").focus()
    page.keyboard.press("Enter")
    page.get_by_text("Accepted: harvest.").wait_for()
    expect(counted).to_have_count(0)
    assert complaints(page) == []
    page.get_by_role("button", name="Undo").focus()
    page.keyboard.press("Enter")

    page.get_by_text("harvest waits for an answer again.").wait_for()
    expect(counted).to_have_text(re.compile(r"^\s*1"))


def test_wrong_names_are_told_beside_the_field_without_a_script(
    plain_page: Page, image: str
) -> None:
    plain_page.goto(f"{image}/share")
    plain_page.get_by_text("Grant a person rights").click()
    plain_page.get_by_label("Person").fill("nobody")
    plain_page.get_by_role("button", name="Grant", exact=True).click()

    field = plain_page.get_by_label("Person", exact=True)
    assert field.input_value() == "nobody"
    assert field.get_attribute("aria-invalid") == "true"
    assert "user_name_error" in str(field.get_attribute("aria-describedby"))
    told = plain_page.locator("#user_name_error").text_content()
    assert str(told).strip() == "There is no person of that name."
