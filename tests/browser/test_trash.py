from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.looks import complaints
from tests.browser.test_pages import HOSTILE

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.live import Server

pytestmark = pytest.mark.browser

SEED = f'''
from images.lifecycle.data import receiving
from images.lifecycle.images import create_image
from images.lifecycle.trash import trash_image
from portal.identity.actors import project_actor
from portal.identity.models import User
from portal.identity.people import find_project

def act_as(user, project):
    return project_actor(User.objects.get(username=user), project=find_project(project).pk)

ada, bert = act_as("ada", "lab"), act_as("bert", "farm")
raw = {{"disk_format": "raw", "container_format": "bare", "visibility": "private"}}
for who, name in ((ada, "old-1"), (ada, "old-2"), (ada, """{HOSTILE}"""), (bert, "harvest")):
    image = create_image({{"name": name, **raw}}, actor=who)
    with receiving(image, actor=who) as session:
        session.fill([b"bytes of a disk"])
    trash_image(image, actor=who)
kept = create_image({{"name": "kept", **raw}}, actor=ada)
with receiving(kept, actor=ada) as session:
    session.fill([b"bytes of a disk"])
print(kept.pk)
'''


@pytest.fixture(scope="module")
def kept(server: Server) -> str:
    """Put images into the trash of two projects; return the id of one that is not there."""
    return server.run(SEED).strip()


def test_image_goes_to_the_trash_and_back_by_the_keyboard(
    page: Page, server: Server, kept: str
) -> None:
    page.goto(f"{server.url}/images/{kept}")
    page.get_by_role("button", name="Move to the trash").focus()
    page.keyboard.press("Enter")
    page.get_by_text("Moved to the trash: kept.").wait_for()
    gone = page.get_by_role("link", name="kept").count()

    page.get_by_role("button", name="Undo").focus()
    page.keyboard.press("Enter")

    page.get_by_text("Restored: kept.").wait_for()
    assert gone == 0
    expect(page).to_have_url(f"{server.url}/images/{kept}")
    expect(page.locator(".status-active")).to_have_count(1)


def test_keys_move_along_the_trash_and_tick(page: Page, server: Server, kept: str) -> None:
    page.goto(f"{server.url}/trash")
    boxes = page.get_by_role("checkbox")

    for key in "jjx":
        page.keyboard.press(key)

    expect(boxes.nth(1)).to_be_focused()
    assert [box.is_checked() for box in boxes.all()] == [False, True, False]


def test_ticked_by_the_keyboard_asked_and_gone(page: Page, server: Server, kept: str) -> None:
    page.goto(f"{server.url}/trash")
    for name in ("old-1", "old-2"):
        page.get_by_role("checkbox", name=name).focus()
        page.keyboard.press("Space")

    page.get_by_role("button", name="Delete those ticked").focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Delete 2 images for good?").wait_for()
    assert complaints(page) == []
    page.get_by_role("button", name="Delete now").focus()
    page.keyboard.press("Enter")

    page.get_by_text("Deleted 2 images for good.").wait_for()
    expect(page.get_by_role("checkbox")).to_have_count(1)


def test_without_a_script_it_is_the_same(plain_page: Page, server: Server, kept: str) -> None:
    plain_page.goto(f"{server.url}/images/{kept}")
    plain_page.get_by_role("button", name="Move to the trash").click()
    plain_page.goto(f"{server.url}/trash")

    plain_page.get_by_role("button", name="Restore kept").click()

    expect(plain_page.locator("#messages")).to_contain_text("Restored: kept.")
    expect(plain_page.get_by_role("checkbox", name="kept")).to_have_count(0)
