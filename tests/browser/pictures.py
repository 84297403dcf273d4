"""Take pictures of the pages: all of them into var/screenshots, or those of the documents."""

from __future__ import annotations

import argparse
import sys
import tempfile
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from playwright.sync_api import Error

from tests.browser.album import FIRST_SHOTS, SHOTS, Shot, enter, make_world
from tests.browser.chromium import chromium, make_people, new_context
from tests.live import ROOT, serve

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from playwright.sync_api import Browser, Page

    from tests.live import Server

HOSTS = "localhost,127.0.0.1"
LANGUAGES = {"en": "en-GB", "zh-hans": "zh-CN"}
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
SIZES = {1280: 800, 390: 844}
SCREEN = {1280: 800}
ALL = ROOT / "var" / "screenshots"
DOCUMENTS = ROOT / "docs" / "pictures"
SHOWN = {
    "list": "images",
    "image": "image",
    "upload": "upload-moving",
    "admin": "admin-images-image",
}
"""The pictures of the documents, and which shots they are."""


@dataclass(frozen=True, slots=True)
class Studio:
    """Where pictures are taken: a server with content, what its addresses want, a browser."""

    server: Server
    names: dict[str, str]
    browser: Browser

    @contextmanager
    def page(self, user: str, language: str) -> Iterator[Page]:
        """Open a page of *user* in *language*."""
        with new_context(
            self.browser, locale=LANGUAGES[language], reduced_motion="reduce"
        ) as context:
            page = context.new_page()
            enter(page, self.server, user, self.names)
            yield page

    def shoot(self, page: Page, shot: Shot, files: str, *, is_whole: bool = True) -> None:
        """Take *shot* in each theme and size into *files*, which has their names in braces.

        Unless *is_whole*, only what a screen holds of it, and on no phone.
        """
        page.goto(self.server.url + shot.path.format(**self.names), wait_until="networkidle")
        with shot.pose(page):
            for theme in THEMES:
                page.emulate_media(color_scheme=theme)
                for width, height in (SIZES if is_whole else SCREEN).items():
                    page.set_viewport_size({"width": width, "height": height})
                    file = files.format(name=shot.name, theme=theme, width=width)
                    page.screenshot(path=file, full_page=is_whole, animations="disabled")


@contextmanager
def studio() -> Iterator[Studio]:
    """Serve a site with people, under a name, without which no browser offers a passkey."""
    with ExitStack() as stack:
        var = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        running = stack.enter_context(serve(var, VITRINE_ALLOWED_HOSTS=HOSTS))
        server = replace(running, url=running.url.replace("127.0.0.1", "localhost"))
        make_people(server)
        yield Studio(server, {}, stack.enter_context(chromium()))


def take_all(at: Studio, shots: Sequence[Shot]) -> list[str]:
    """Take *shots* in both languages into `ALL`; return what went wrong."""
    troubles = []
    for language in LANGUAGES:
        folder = ALL / language
        for theme in THEMES:
            for width in SIZES:
                (folder / f"{theme}-{width}").mkdir(parents=True, exist_ok=True)
        for user in sorted({shot.user for shot in shots}):
            with at.page(user, language) as page:
                for shot in shots:
                    if shot.user == user:
                        troubles += _tried(
                            at, page, shot, f"{folder}/{{theme}}-{{width}}/{{name}}.png"
                        )
    return troubles


def _tried(at: Studio, page: Page, shot: Shot, files: str) -> list[str]:
    """Take one shot; return what kept it from being taken, so that the others still are."""
    try:
        at.shoot(page, shot, files)
    except (Error, AssertionError) as error:
        sys.stderr.write(f"{shot.name}: {error}\n")
        return [shot.name]
    return []


def take_documents(at: Studio) -> None:
    """Take what the documents show, as much of it as a screen holds."""
    for name, shown in SHOWN.items():
        shot = next(shot for shot in SHOTS if shot.name == shown)
        with at.page(shot.user, "en") as page:
            files = f"{DOCUMENTS}/{name}-{{theme}}-{{width}}.png"
            at.shoot(page, shot, files, is_whole=False)


def main() -> None:
    """Do what the command line asks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="the shots whose names begin so; else all")
    parser.add_argument("--documents", action="store_true", help="those in docs/pictures")
    asked = parser.parse_args()
    wanted = (*asked.names,) or ""
    first, later = (
        [shot for shot in shots if shot.name.startswith(wanted)] for shots in (FIRST_SHOTS, SHOTS)
    )
    with studio() as at:
        troubles = [] if asked.documents else take_all(at, first)
        at.names.update(make_world(at.server))
        if asked.documents:
            take_documents(at)
        else:
            troubles += take_all(at, later)
    if troubles:
        sys.exit(f"not taken: {', '.join(troubles)}")


if __name__ == "__main__":
    main()
