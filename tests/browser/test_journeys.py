"""Three ways of letting somebody in, from the page on which they begin to their end."""

from __future__ import annotations

import re
import subprocess
from email import message_from_bytes
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests import leaks
from tests.browser.chromium import make_people, new_context
from tests.browser.conftest import ceph, watch
from tests.browser.looks import complaints
from tests.browser.test_grants import SEED, status
from tests.live import serve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from tests.live import Server

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server, whose worker puts mails into a folder."""
    var = tmp_path_factory.mktemp("posting")
    variables = {"VITRINE_EMAIL_URL": f"filemail:///{var / 'mails'}", **ceph()}
    with serve(var, **variables) as running:
        make_people(running)
        yield running


@pytest.fixture
def image(server: Server) -> str:
    """Return the address of a private image of the lab."""
    return f"{server.url}/images/{server.run(SEED).strip()}"


@pytest.fixture
def theirs(browser: Browser, troubles: list[str]) -> Iterator[Page]:
    """A page of somebody who has no account; it must complain of nothing, too."""
    with new_context(browser) as context:
        fresh = context.new_page()
        watch(fresh, troubles)
        yield fresh


def make_link(page: Page, image: str, note: str) -> str:
    """Make a link for two downloads on the image's page of sharing, and return its address."""
    page.goto(f"{image}/share")
    page.get_by_label("For whom").fill(note)
    page.get_by_label("Downloads at most").fill("2")
    page.get_by_role("button", name="Make the link").click()
    page.get_by_role("heading", name="Your new link").wait_for()
    assert complaints(page) == []
    address = page.locator(".snippet pre").first.inner_text().strip()
    leaks.learn(address.rpartition("/")[2])
    return address


def download(page: Page, address: str) -> bytes:
    """Download what the link leads to, by the button."""
    page.goto(address)
    with page.expect_download() as started:
        page.get_by_role("link", name="Download", exact=True).click()
    return started.value.path().read_bytes()


def test_a_link_is_used_counted_and_revoked(page: Page, theirs: Page, image: str) -> None:
    address = make_link(page, image, "a supplier")
    assert download(theirs, address) == b"bytes of a disk"
    assert complaints(theirs) == []

    page.get_by_role("link", name="Done").click()
    row = page.get_by_role("row", name="a supplier")
    expect(row).to_contain_text("1 / 2")
    row.get_by_role("button", name=re.compile("^Revoke")).click()
    row.get_by_role("button", name=re.compile("^Undo")).wait_for()
    assert status(theirs, address) == 403
    expect(theirs.get_by_role("heading", name="This link opens nothing")).to_be_visible()
    assert complaints(theirs) == []

    row.get_by_role("button", name=re.compile("^Undo")).click()
    row.get_by_role("button", name=re.compile("^Revoke")).wait_for()
    assert download(theirs, address) == b"bytes of a disk"
    assert status(theirs, address) == 403


def mailed_address(server: Server, room: str) -> str:
    """Let the worker send what waits, and return the address below *room* in the last mail."""
    server.manage("db_worker", "--batch")
    newest = max((server.var / "mails").iterdir(), key=lambda file: file.stat().st_mtime_ns)
    body = message_from_bytes(newest.read_bytes()).get_payload(decode=True)
    assert isinstance(body, bytes)
    found = re.search(rf"{server.url}/{room}/(\S+)", body.decode())
    assert found, body
    leaks.learn(*found[1].strip("/").split("/"))
    return found[0]


def test_an_invitation_by_mail_is_accepted_by_its_reader(
    page: Page, theirs: Page, server: Server
) -> None:
    page.goto(f"{server.url}/project")
    page.get_by_role("link", name="Invite", exact=True).click()
    page.get_by_label("Who").fill("eve@example.org")
    page.get_by_role("button", name="Invite").click()
    page.get_by_text("Invited: eve@example.org.").wait_for()
    address = mailed_address(server, "invitations")

    theirs.goto(address)
    assert complaints(theirs) == []
    theirs.locator("[name=username]").fill("eve")
    for field in ("password1", "password2"):
        theirs.locator(f"[name={field}]").fill("a horse of another colour")
    theirs.get_by_role("button", name="Make the account and accept").click()
    theirs.get_by_text("Welcome to lab.").wait_for()

    theirs.goto(f"{server.url}/project")
    expect(theirs.get_by_role("row", name="eve")).to_contain_text("member")
    assert status(theirs, address) == 404
    expect(theirs.get_by_text("This invitation was answered or withdrawn")).to_be_visible()


def test_a_forgotten_password_is_set_by_mail(page: Page, theirs: Page, server: Server) -> None:
    server.run(
        "from portal.identity.models import User\n"
        "User.objects.filter(username='bert').update(email='bert@example.org')"
    )
    theirs.goto(f"{server.url}/accounts/login/")
    theirs.get_by_role("link", name="Forgot your password?").click()
    theirs.get_by_label("Mail address").fill("bert@example.org")
    theirs.get_by_role("button", name="Send the link").click()
    theirs.get_by_role("heading", name="Look into your mail").wait_for()

    theirs.goto(mailed_address(server, "accounts/password/reset"))
    assert complaints(theirs) == []
    for field in ("new_password1", "new_password2"):
        theirs.locator(f"[name={field}]").fill("a horse of another colour")
    theirs.get_by_role("button", name="Set password").click()
    theirs.locator("[name=username]").fill("bert")
    theirs.locator("[name=password]").fill("a horse of another colour")
    theirs.get_by_role("button", name="Sign in", exact=True).click()

    theirs.wait_for_url(f"{server.url}/")


def curl(server: Server, robot: tuple[str, str]) -> str:
    """Return the status with which curl is answered by id and secret."""
    command = ["curl", "--silent", "--output", "/dev/null", "--write-out", "%{http_code}"]
    command += ["--user", ":".join(robot), f"{server.url}/v2/images"]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout


def shown_robot(page: Page) -> tuple[str, str]:
    """Return the id and the secret that the page shows this once."""
    page.get_by_role("heading", name="Your new secret").wait_for()
    assert complaints(page) == []
    pk, secret = page.locator("dl.facts code").all_inner_texts()
    leaks.learn(secret)
    return pk, secret


def test_a_service_account_works_with_its_token_until_it_is_revoked(
    page: Page, server: Server
) -> None:
    page.goto(f"{server.url}/project/service-accounts")
    page.get_by_label("Name", exact=True).fill("nightly-build")
    page.get_by_role("button", name="Make the account").click()
    page.get_by_text("Made: nightly-build.").wait_for()
    page.get_by_label("Name", exact=True).fill("ci")
    page.get_by_role("button", name="Make the token").click()
    first = shown_robot(page)
    assert curl(server, first) == "200"

    page.get_by_role("link", name="Done").click()
    page.get_by_role("link", name="ci", exact=True).click()
    expect(page.get_by_text("just now")).to_have_count(1)
    page.get_by_role("button", name="Make a new secret").click()
    second = shown_robot(page)
    assert (second[0], curl(server, second), curl(server, first)) == (first[0], "200", "200")

    page.get_by_role("link", name="Done").click()
    page.get_by_role("link", name="Revoke ci").click()
    page.get_by_role("button", name="Revoke the token").click()
    page.get_by_text("Revoked: ci.").wait_for()
    assert [curl(server, one) for one in (first, second)] == ["401", "401"]
