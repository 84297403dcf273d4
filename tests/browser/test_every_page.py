"""Every page, in both languages and both themes, on a screen and on a phone.

One walk a language: a page is loaded once, looked at on a screen in one theme, and on a phone in
the other with everything open. In English the theme is the system's, in Chinese a chosen one, and
the themes change places: so each page is seen in both themes in each language.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.album import HALF_WAY, STILL, enter, make_world
from tests.browser.chromium import fill_in_form, make_people, new_context
from tests.browser.conftest import learn_cookies, watch
from tests.browser.looks import ask
from tests.browser.poses import CAREFUL
from tests.browser.scales import Scales
from tests.live import serve
from tests.routes import route_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from tests.live import Server

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

HOSTS = "localhost,127.0.0.1"  # a name, without which nobody is offered a passkey
STORE = {"VITRINE_FILES_DESCRIPTION": "NVMe"}  # words of the operator, in no language
SCREEN, PHONE, ZOOMED = 1280, 390, 320  # pixels; the last is a screen at 400 %
HEIGHT = 800
ALL, OURS = 150_000, 15_000  # bytes, compressed
REQUESTS = 12
PASSKEY = 2  # requests more, where a passkey is set up or shown: its scripts are allauth's files
CALM = 0.15  # seconds that something may move
WRITTEN = [
    *("Ready to use", "for the auditors", "for a supplier", "Trying things out"),
    *("Disk bus", "The bus by which the disk is wired to the machine."),
]
"""What the people of `tests.browser.world` wrote, in their language."""
SET_THEME = "theme => { document.documentElement.dataset.bsTheme = theme }"

Theme = Literal["light", "dark"]
SAME = {
    "/images/{pk}/download": "/images/{pk}",  # both are not here
    "/images/{pk}/grants/{kind}": "/images/{pk}/share",
    "/projects/{project}/leave": "/projects/{project}/people/{user}/remove",
    "/accounts/second-factor/reauthenticate/": "/accounts/again/",
    "/accounts/second-factor/webauthn/reauthenticate/": "/accounts/again/",
}
"""Addresses that show what another shows, and so under the same title."""

VISITS = {
    user: [shot for shot in STILL if shot.user == user]
    for user in sorted({shot.user for shot in STILL}, key=lambda user: (user != CAREFUL, user))
}
"""Who opens which; who has a second factor comes first, while the sign-in is fresh."""
Answers = dict[str, dict[str, Any]]
"""What each question was answered: by question, then by the name of the shot."""


@dataclass(frozen=True, slots=True)
class Walk:
    """One way through all pages: in which language, and in which theme first and then."""

    locale: str
    language: str
    themes: tuple[Theme, Theme]
    is_chosen: bool

    @property
    def is_longer(self) -> bool:
        """Are the texts made longer at last?"""
        return self.language == "en"

    def options(self) -> dict[str, Any]:
        """Return the options of a browser's context."""
        motion = "no-preference" if self.is_longer else "reduce"
        size = {"width": SCREEN, "height": HEIGHT}
        return {"locale": self.locale, "viewport": size, "reduced_motion": motion}

    def put_on(self, page: Page, theme: Theme) -> None:
        """Show *page* in *theme*, as the system or the reader's choice has it."""
        if self.is_chosen:
            page.evaluate(SET_THEME, theme)
        else:
            page.emulate_media(color_scheme=theme)


WALKS = [
    Walk("en-GB", "en", ("light", "dark"), is_chosen=False),
    Walk("zh-CN", "zh-hans", ("dark", "light"), is_chosen=True),
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server under a name, with people."""
    with serve(tmp_path_factory.mktemp("named"), VITRINE_ALLOWED_HOSTS=HOSTS, **STORE) as running:
        make_people(running)
        yield replace(running, url=running.url.replace("127.0.0.1", "localhost"))


@pytest.fixture(scope="module")
def names(server: Server) -> dict[str, str]:
    """Make what the pages are about, and return what stands in their addresses."""
    return make_world(server)


@pytest.fixture(scope="module", params=WALKS, ids=lambda walk: walk.language)
def walk(request: pytest.FixtureRequest) -> Walk:
    """Each way in turn."""
    way: Walk = request.param
    return way


@pytest.fixture(scope="module")
def answers(walk: Walk, browser: Browser, server: Server, names: dict[str, str]) -> Answers:
    """Ask every page every question."""
    found: Answers = defaultdict(dict)
    for user, shots in VISITS.items():
        with new_context(browser, **walk.options()) as context:
            page = context.new_page()
            watch(page, found["troubles"].setdefault(user, []))
            scales = Scales(page)
            enter(page, server, user, names)
            for shot in shots:
                scales.empty()
                address = shot.path.format(**names)
                page.goto(server.url + address)
                found["led"][shot.name] = led_elsewhere(address, page.url)
                look(page, shot.name, walk, found)
                most = REQUESTS + PASSKEY * ("webauthn" in address)
                found["size"][shot.name] = weigh(scales, most)
            learn_cookies(context)
    with new_context(browser, **walk.options()) as context:
        page = context.new_page()
        page.goto(f"{server.url}/accounts/login/")
        fill_in_form(page, server, CAREFUL, lands=HALF_WAY)
        look(page, HALF_WAY, walk, found)
    return found


def led_elsewhere(asked: str, came: str) -> str:
    """Return where one *came*, if it is another page than the one that was *asked* for."""
    return "" if route_to(asked) == route_to(came) else came


def route_to(address: str) -> str:
    """Return the route of the page at *address*."""
    path = urlsplit(address).path
    return (route_of("GET", path) or ("", path))[1]


def look(page: Page, place: str, walk: Walk, found: Answers) -> None:
    """Ask *page*, which shows *place*, everything; write down the answers."""
    expect(page.locator(".htmx-request")).to_have_count(0)
    first, then = walk.themes
    walk.put_on(page, first)
    found["facts"][place] = ask(page, "facts")
    found["axe"][f"{place} {first}"] = ask(page, "axe")
    found["focus"][place] = ask(page, "focus")
    found["motion"][place] = ask(page, "motion", CALM if walk.is_longer else 0)
    found["english"][place] = ask(page, "english", WRITTEN)
    for width in (ZOOMED, PHONE):
        page.set_viewport_size({"width": width, "height": HEIGHT})
        found["width"][f"{place} {width}"] = ask(page, "overflow")
    walk.put_on(page, then)
    ask(page, "open")
    found["axe"][f"{place} {then}"] = ask(page, "axe")
    if walk.is_longer:
        ask(page, "lengthen")
        found["width"][f"{place} longer"] = ask(page, "overflow")
        found["spilled"][place] = ask(page, "spilled")
    page.set_viewport_size({"width": SCREEN, "height": HEIGHT})


def weigh(scales: Scales, requests: int) -> list[str]:
    """Return in what the first view of a page is above its budget; *requests* are of the most."""
    amounts = {
        "requests": (len(scales.sizes), requests),
        "bytes": (scales.total, ALL),
        "bytes of ours": (scales.of("static/portal/", ".css", ".js"), OURS),
    }
    above = [f"{count} {what}" for what, (count, most) in amounts.items() if count > most]
    return [*above, *sorted(scales.sizes)] if above else []


def said(answers: dict[str, Any]) -> dict[str, Any]:
    """Return those of *answers* that say something."""
    return {place: answer for place, answer in answers.items() if answer}


def test_the_pages_are_those_that_are_meant(answers: Answers) -> None:
    assert said(answers["led"]) == {}


def test_axe_finds_nothing(answers: Answers) -> None:
    assert said(answers["axe"]) == {}


def test_nothing_breaks_the_policy(answers: Answers) -> None:
    assert said(answers["troubles"]) == {}


def test_language_heading_and_help_are_where_they_belong(answers: Answers, walk: Walk) -> None:
    facts = answers["facts"].values()

    assert {one["lang"] for one in facts} == {walk.language}
    assert [place for place, one in answers["facts"].items() if one["headings"] != 1] == []
    assert len({tuple(one["help"]) for one in facts}) == 1


@pytest.mark.parametrize("user", VISITS)
def test_titles_tell_pages_apart(answers: Answers, names: dict[str, str], user: str) -> None:
    titled = defaultdict(set)
    for shot in VISITS[user]:
        page = route_to(shot.path.format(**names))
        titled[answers["facts"][shot.name]["title"]].add(SAME.get(page, page))

    assert {title: pages for title, pages in titled.items() if len(pages) > 1} == {}


def test_nothing_is_wider_than_its_screen(answers: Answers) -> None:
    assert said(answers["width"]) == {}


def test_longer_texts_fit(answers: Answers) -> None:
    assert said(answers["spilled"]) == {}


def test_the_focus_is_seen(answers: Answers) -> None:
    assert said(answers["focus"]) == {}


def test_nothing_moves_for_long_or_for_who_wants_none(answers: Answers) -> None:
    assert said(answers["motion"]) == {}


def test_chinese_pages_hold_no_english(answers: Answers, walk: Walk) -> None:
    assert walk.language == "en" or said(answers["english"]) == {}


def test_first_views_are_small(answers: Answers) -> None:
    assert said(answers["size"]) == {}
