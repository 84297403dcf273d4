"""The weight of what a page loads, as it is sent: compressed."""

from __future__ import annotations

import gzip
from contextlib import suppress
from typing import TYPE_CHECKING

from playwright.sync_api import Error

if TYPE_CHECKING:
    from playwright.sync_api import Page, Request, Response

KEPT = "static/"


class Scales:
    """What a page loads, in compressed bytes by address; `empty` it for the next page."""

    def __init__(self, page: Page) -> None:
        self.sizes: dict[str, int] = {}
        self._files: dict[str, int] = {}
        self._asked: set[Request] = set()
        page.on("request", self.note)
        page.on("response", self.weigh)

    def note(self, request: Request) -> None:
        """Note a request; those that the last page still makes before the next one are its own."""
        if self._asked or request.is_navigation_request():
            self._asked.add(request)

    def weigh(self, answer: Response) -> None:
        """Note the size of *answer*; a file is weighed once, however often it comes."""
        path = answer.url.partition("://")[2].partition("/")[2]
        if not answer.ok or answer.request.method != "GET" or answer.request not in self._asked:
            return
        if path.startswith(KEPT) and path in self._files:
            self.sizes[path] = self._files[path]
            return
        with suppress(Error):  # of a page that was left the body is gone
            self.sizes[path] = self._files[path] = len(gzip.compress(answer.body()))

    def empty(self) -> None:
        """Forget what was loaded, but not what the files weigh."""
        self.sizes.clear()
        self._asked.clear()

    @property
    def total(self) -> int:
        """The bytes of all."""
        return sum(self.sizes.values())

    def of(self, room: str, *endings: str) -> int:
        """Return the bytes of all below *room* that end so."""
        found = self.sizes.items()
        return sum(n for path, n in found if path.startswith(room) and path.endswith(endings))
