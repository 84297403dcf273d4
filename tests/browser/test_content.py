"""Hostile words, names, bytes and secrets in a real browser (scorecard C12 to C15)."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests import leaks
from tests.browser.chromium import make_people, new_context, sign_in
from tests.browser.conftest import ceph, watch
from tests.live import serve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from tests.live import Server

pytestmark = pytest.mark.browser

HOSTILE = "<img src=x onerror=alert(1)>\"'"
FILE_NAME = 'x"; filename="../evil.html\r\nSet-Cookie: evil=1\r\n\r\n<script>alert(3)</script>'
FORMULA = "=cmd|'/C calc'!A0"
BYTES = b"window.owned = 1 //<html><script>window.owned = 1; alert(4)</script></html>"
SEED = f"""
from images.lifecycle.changes import Change, Op
from images.lifecycle.data import receiving
from images.lifecycle.grants import grant_image
from images.lifecycle.images import create_image, update_image
from images.lifecycle.links import NewLink, make_link
from images.lifecycle.members import share_image
from portal.sharing.grantees import find_grantee
from portal.identity import groups, people
from portal.identity.actors import OPERATOR, project_actor
from portal.identity.credentials import NewCredential, create_credential

def act_as(user, project):
    return project_actor(people.find_user(user), project=people.find_project(project).pk)

hostile, raw = {HOSTILE!r}, {{"disk_format": "raw", "container_format": "bare"}}
ada, bert = act_as("ada", "lab"), act_as("bert", "farm")
theirs = people.create_project(hostile, description=hostile, actor=OPERATOR)
people.give_role(people.find_user("ada"), project=theirs, role="manager", actor=OPERATOR)
group = groups.create_group(hostile, project=people.find_project("lab"), actor=OPERATOR)
people.find_user("bert").groups.add(group.group)
words = {{"tags": {{hostile}}, "properties": {{hostile: hostile}}}}
image = create_image({{"name": hostile, **raw, **words}}, actor=ada)
with receiving(image, actor=ada) as session:
    session.fill([{BYTES!r}])
share_image(image, actor=ada, project=theirs.pk)
grant_image(image, actor=ada, to=find_grantee("user", "bert"), rights=["view"], expires_at=None)
link, _ = make_link(image, NewLink(note=hostile), actor=ada)
_, token = create_credential(NewCredential(name=hostile), actor=ada)
farms = create_image({{"name": hostile, **raw}}, actor=bert)
share_image(farms, actor=bert, project=ada.project)
named = create_image({{"name": {FILE_NAME!r}, **raw}}, actor=ada)
with receiving(named, actor=ada) as session:
    session.fill([{BYTES!r}])
plain = create_image({{"name": "plain", **raw, "tags": {{{FORMULA!r}}}}}, actor=ada)
update_image(plain, [Change(Op.SET, "name", {FORMULA!r})], actor=ada)
print(image.pk, named.pk, link, token.pk, theirs.pk, group.pk, ada.project)
"""
PAGES = [
    "/",
    "/?q=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E&tag=%3Cscript%3Ealert(1)%3C/script%3E",
    "/images/new",
    *(f"/images/{{image}}{end}" for end in ("", "/edit", "/share", "/links", "/delete")),
    *("/inbox", "/project", "/account", "/activity", "/account/tokens/{token}"),
    *("/account/tokens/{token}/revoke", "/projects/{theirs}/invite", "/projects/{theirs}/groups"),
    *(f"/projects/{{lab}}/groups/{{group}}{end}" for end in ("", "/name", "/delete")),
    *("/operate/projects", "/operate/projects/{theirs}", "/operate/projects/{theirs}/delete"),
    *("/links/{link}", "/links/%3Cscript%3Ealert(1)%3C/script%3E", "/docs/"),
    *("/%3Cscript%3Ealert(1)%3C/script%3E", "/activity?what=%3Cscript%3Ealert(1)%3C/script%3E"),
]
ADMIN = [
    *("/admin/", "/admin/images/image/", "/admin/images/image/{image}/change/"),
    "/admin/images/image/?q=%3Cscript%3Ealert(1)%3C/script%3E",
    *("/admin/images/event/", "/admin/images/member/", "/admin/images/link/"),
    *("/admin/identity/project/", "/admin/identity/applicationcredential/"),
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server, with a hostile description of its own store."""
    variables = {"VITRINE_FILES_DESCRIPTION": HOSTILE, **ceph()}
    with serve(tmp_path_factory.mktemp("hostile"), **variables) as running:
        make_people(running)
        yield running


@pytest.fixture(scope="module")
def ids(server: Server) -> dict[str, str]:
    """Make hostile things everywhere, and return their ids."""
    names = ("image", "named", "link", "token", "theirs", "group", "lab")
    found = dict(zip(names, server.run(SEED).split(), strict=True))
    leaks.learn(found["link"])
    return found


@pytest.mark.timeout(300)
@pytest.mark.parametrize("paths", [PAGES, ADMIN], ids=["portal", "admin"])
def test_hostile_words_are_words(
    browser: Browser, server: Server, ids: dict[str, str], troubles: list[str], paths: list[str]
) -> None:
    hurt = []
    with new_context(browser) as context:
        page = sign_in(context.new_page(), server, "root")
        watch(page, troubles)
        for path in paths:
            page.goto(server.url + path.format(**ids))
            page.wait_for_load_state("networkidle")
            if page.locator("img[src=x], script:not([src]):not([type])").count():
                hurt.append(path)

    assert (hurt, troubles) == ([], [])


WRITTEN = """async () => {
  document.body.insertAdjacentHTML("beforeend", "<img src=x onerror='window.ran = 1'>");
  const script = document.createElement("script");
  script.textContent = "window.ran = 2";
  document.body.append(script);
  await new Promise((done) => setTimeout(done, 500));
  return window.ran ?? 0;
}"""


def test_the_policy_stops_what_would_slip_through(browser: Browser, server: Server) -> None:
    said: list[str] = []
    with new_context(browser) as context:
        page = sign_in(context.new_page(), server)
        watch(page, said)
        page.goto(f"{server.url}/account")

        ran = page.evaluate(WRITTEN)

    assert ran == 0
    assert ["Content Security Policy" in one for one in said] == [True, True]


DOORS = ("/images/{image}/download", "/v2/images/{image}/file", "/links/{link}/file")


@pytest.mark.parametrize("door", DOORS)
def test_bytes_that_are_a_page_are_a_file(
    page: Page, server: Server, ids: dict[str, str], door: str
) -> None:
    address = server.url + door.format(**ids)
    page.goto(f"{server.url}/account")

    with page.expect_download() as started:
        page.evaluate("address => { location.href = address }", address)

    headers = page.request.get(address).headers
    assert started.value.path().read_bytes() == BYTES
    expect(page).to_have_url(f"{server.url}/account")
    assert headers["content-type"] == "application/octet-stream"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-disposition"].startswith("attachment")
    assert "sandbox" in headers["content-security-policy"]


@pytest.mark.parametrize("door", DOORS)
def test_bytes_that_are_a_script_do_not_run(
    page: Page, server: Server, ids: dict[str, str], door: str
) -> None:
    page.goto(f"{server.url}/account")

    ended = page.evaluate(
        """address => new Promise((done) => {
          const script = document.createElement("script");
          script.onload = () => done("loaded");
          script.onerror = () => done("refused");
          script.src = address;
          document.body.append(script);
        })""",
        server.url + door.format(**ids),
    )

    assert (ended, page.evaluate("window.owned ?? 0")) == ("refused", 0)


def test_a_name_splits_no_header_and_leads_to_no_folder(
    page: Page, server: Server, ids: dict[str, str]
) -> None:
    page.goto(f"{server.url}/images/{ids['named']}")

    with page.expect_download() as started:
        page.get_by_role("link", name="Download", exact=True).click()

    name = started.value.suggested_filename
    assert started.value.path().read_bytes() == BYTES
    assert re.fullmatch(r"[^/\\\r\n]+\.raw", name)
    assert "evil" not in {cookie["name"] for cookie in page.context.cookies()}


def test_no_cell_of_the_file_is_a_formula(page: Page, server: Server, ids: dict[str, str]) -> None:
    page.goto(f"{server.url}/activity")
    with page.expect_download() as started:
        page.get_by_role("link", name="CSV").click()

    text = started.value.path().read_text()
    rows = list(csv.reader(io.StringIO(text)))
    assert {len(row) for row in rows} == {len(rows[0])}
    assert [cell for row in rows for cell in row if cell.lstrip().startswith(("=", "+", "-"))] == []
    assert FORMULA in text


def test_no_page_tells_a_secret(browser: Browser, server: Server, ids: dict[str, str]) -> None:
    told = {}
    with new_context(browser) as context:
        page = sign_in(context.new_page(), server, "root")
        key = {one["value"] for one in context.cookies() if one["name"] == "session"}
        leaks.learn(*key, server.environment["VITRINE_SECRET_KEY"])
        for path in [*(path for path in PAGES if "{link}" not in path), *ADMIN]:
            page.goto(server.url + path.format(**ids))
            told[path] = leaks.secrets_in(page.content())

    assert {path: found for path, found in told.items() if found} == {}
