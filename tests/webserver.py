"""A web server of a test's own: pages by path, on loopback."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, cast


@dataclass
class Page:
    """What the server says to one path; *body* is cut short after *cut* bytes."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    has_length: bool = True
    takes_ranges: bool = True
    cut: int | None = None
    pause: float = 0


@dataclass
class WebServer:
    """Pages that may be changed while it serves, and what was asked of it."""

    port: int
    pages: dict[str, Page] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def put(self, path: str, body: bytes = b"", **given: Any) -> str:
        """Serve *body* at *path*; return its URL."""
        self.pages[path] = Page(body, **given)
        return f"http://127.0.0.1:{self.port}{path}"


class Handler(BaseHTTPRequestHandler):
    """Answers from the server's pages."""

    def do_GET(self) -> None:
        site = cast("Any", self.server).site
        site.asked.append((self.path, dict(self.headers)))
        page = site.pages.get(self.path, Page(status=404))
        body, status, headers = page.body, page.status, dict(page.headers)
        asked = self.headers.get("Range")
        if asked and page.takes_ranges:
            first, last = asked.removeprefix("bytes=").split("-")
            headers["Content-Range"] = f"bytes {first}-{last}/{len(body)}"
            body, status = body[int(first) : int(last) + 1], 206
        self.send_response(status)
        if page.has_length:
            headers.setdefault("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        time.sleep(page.pause)
        self.wfile.write(body[: page.cut])

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 -- the base's
        """Say nothing."""


@contextmanager
def serving() -> Iterator[WebServer]:
    """Serve on a free port until the block ends."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        site = WebServer(server.server_port)
        cast("Any", server).site = site
        thread = Thread(target=server.serve_forever, args=[0.02], daemon=True)  # asks so often
        thread.start()
        yield site
        server.shutdown()
        thread.join()
