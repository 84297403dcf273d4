"""A proxy that keeps every answer it is let keep: nobody gets another's from it (scorecard A13)."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from tests.faults.proxy import MAIN, await_port
from tests.faults.site import Site, on_files
from tests.faults.test_pages import SIGN_IN
from tests.live import free_port

pytestmark = on_files

GREEDY = """
proxy_cache_path {place}/kept keys_zone=kept:1m;
server {{
    listen 127.0.0.1:{port};
    location / {{
        proxy_pass http://{address};
        proxy_set_header Host $http_host;
        proxy_cache kept;
        proxy_cache_key $request_uri;
        proxy_cache_methods GET HEAD;
        proxy_cache_valid any 10m;
        add_header X-Kept $upstream_cache_status always;
    }}
}}
"""
LYING = {
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Scheme": "https",
    "X-Forwarded-Port": "666",
    "X-Forwarded-Prefix": "/evil",
    "X-Forwarded-For": "203.0.113.66",
    "Forwarded": "host=evil.example;proto=https",
    "X-Host": "evil.example",
    "X-Original-URL": "/evil",
    "X-Rewrite-URL": "/evil",
    "X-HTTP-Method-Override": "DELETE",
}
PAGES = ("/", "/images/{}", "/images/{}/share", "/inbox", "/account", "/activity.csv")
APIS = ("/v2/images", "/v2/images/{}", "/v2/images/{}/file", "/api/images/{}/grants", "/api/events")
OPEN = ("/v2/", "/versions", "/docs/", "/docs/openapi.json", "/accounts/login/")


@dataclass(frozen=True, slots=True)
class Proxy:
    """The proxy, and what opens the service behind it: a session and a token of one member."""

    url: str
    image: str
    session: str
    token: str

    def get(self, path: str, **headers: str) -> requests.Response:
        """Ask for *path*, in which `{}` is the image."""
        address = self.url + path.format(self.image)
        named = {"Accept": "text/html"} | {k.replace("_", "-"): v for k, v in headers.items()}
        return requests.get(address, headers=named, timeout=30, allow_redirects=False)


@contextmanager
def greedy(place: Path, address: tuple[str, int]) -> Iterator[str]:
    """Run the proxy, and yield where it answers."""
    port = free_port()
    site = GREEDY.format(place=place, port=port, address="{}:{}".format(*address))
    user = "" if os.geteuid() else "user root;"  # who writes where only root may look
    (place / "nginx.conf").write_text(user + MAIN.format(place=place, site=site))
    command = ["nginx", "-c", str(place / "nginx.conf"), "-e", str(place / "error.log")]
    process = subprocess.Popen(command)
    try:
        await_port(port, process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(30)


@pytest.fixture(scope="module")
def proxy(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    """The proxy in front of a server with a private image."""
    image = site.create_image(name="secret plans", visibility="private")
    site.put(image, b"secret bytes")
    session = site.server.run(SIGN_IN).strip()
    with greedy(tmp_path_factory.mktemp("greedy"), site.address) as url:
        yield Proxy(url, image, session, site.token)


def test_it_keeps_what_it_may(proxy: Proxy) -> None:
    address = "/static/vendor/manifest.json"
    first, second = (proxy.get(address) for _ in range(2))

    assert [first.headers["X-Kept"], second.headers["X-Kept"]] == ["MISS", "HIT"]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_of_somebody_is_nobodys(proxy: Proxy, path: str) -> None:
    mine = proxy.get(path, Cookie=f"session={proxy.session}")
    nobodys = proxy.get(path)

    assert mine.status_code == 200
    assert (nobodys.status_code, nobodys.headers["Location"][:17]) == (302, "/accounts/login/?")
    assert "HIT" not in {mine.headers["X-Kept"], nobodys.headers["X-Kept"]}


@pytest.mark.parametrize("path", APIS)
def test_an_answer_to_a_token_is_nobodys(proxy: Proxy, path: str) -> None:
    refused = proxy.get(path, Accept="application/json")
    mine = proxy.get(path, Accept="application/json", X_Auth_Token=proxy.token)
    nobodys = proxy.get(path, Accept="application/json")

    assert [one.status_code for one in (refused, mine, nobodys)] == [401, 200, 401]
    assert proxy.image not in nobodys.text.replace(path.format(proxy.image), "")


def test_what_was_not_there_is_there_when_it_is(proxy: Proxy, site: Site) -> None:
    address = "/v2/images/00000000-0000-4000-8000-0000000000a1"
    before = proxy.get(address, X_Auth_Token=proxy.token)
    site.create_image(id=address.rpartition("/")[2])

    assert [before.status_code, proxy.get(address, X_Auth_Token=proxy.token).status_code] == [
        404,
        200,
    ]


@pytest.mark.parametrize("path", [*OPEN, "/v2/images/{}"])
def test_headers_that_no_cache_looks_at_change_nothing(proxy: Proxy, path: str) -> None:
    lying = proxy.get(f"{path}?lie", X_Auth_Token=proxy.token, **LYING)
    plain = proxy.get(f"{path}?plain", X_Auth_Token=proxy.token)

    assert (lying.status_code, plain.status_code) == (200, 200)
    assert "evil" not in lying.text + json.dumps(dict(lying.headers))
