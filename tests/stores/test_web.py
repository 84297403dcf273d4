from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from stores.errors import BadAddress
from stores.web import Fence, fenced_client
from tests.webserver import WebServer, serving

CLOSED = [
    "http://127.0.0.1/",
    "http://127.8.9.10/",
    "http://localhost/",
    "http://localhost./",
    "http://LOCALHOST/",
    "http://0.0.0.0/",
    "http://[::]/",
    "http://[::1]/",
    "http://169.254.169.254/latest",
    "http://[fe80::1]/",
    "http://10.0.0.1/",
    "http://172.16.0.1/",
    "http://192.168.1.1/",
    "http://100.64.0.1/",
    "http://[fd00::1]/",
    "http://224.0.0.1/",
    "http://[ff02::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:a00:1]/",
    "http://[::127.0.0.1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[2002:7f00:1::]/",
    "http://[::ffff:0:127.0.0.1]/",
    "http://[fec0::1]/",
    "http://[200::1]/",
    "http://[5f00::1]/",
    "http://255.255.255.255/",
]
ODD = [
    "http://2130706433/",
    "http://0177.0.0.1/",
    "http://0x7f.0.0.1/",
    "http://0x7f000001/",
    "http://127.1/",
    "http://127.0.0.1./",
    "http://user@8.8.8.8/",
    "http://user:password@8.8.8.8/",
    "http://8.8.8.8\\@127.0.0.1/",
    "http://8.8.8.8#@127.0.0.1\\/",
    "http://8.8.8.8#@127.0.0.1/",
    "http://8.8.8.8:80?@127.0.0.1/",
    "http://127。0。0。1/",
    "http://ⓛocalhost/",
    "http://8.8.8.8:22/",
    "http://8.8.8.8:0/",
    "http://8.8.8.8:99999/",
    "http://8.8.8.8:/",
    "http://8.8.8.8%2f@127.0.0.1/",
    "http://8.8.8.8 /",
    "http://8.8.8.8/a b",
    "http://8.8.8.8/\r\nHost: x",
    "http:/8.8.8.8/",
    "http:8.8.8.8",
    "http://",
    "http:///etc/passwd",
    "//8.8.8.8/",
    "file:///etc/passwd",
    "ftp://8.8.8.8/",
    "gopher://8.8.8.8/",
    "dict://8.8.8.8/",
    "data:text/plain,x",
    "jar:http://8.8.8.8!/",
    "netdoc:///etc/passwd",
    "swift+config://x/y",
    "",
]


@pytest.fixture
def site() -> Iterator[WebServer]:
    with serving() as server:
        yield server


def fence(site: WebServer, *ports: int) -> Fence:
    """Return a fence that lets loopback in."""
    return Fence.around(["127.0.0.0/8"], [], [site.port, *ports])


def resolving(monkeypatch: pytest.MonkeyPatch, *answers: str) -> list[str]:
    """Let names resolve to one of *answers* after the other; return the names that were asked."""
    asked: list[str] = []
    left = list(answers)

    def answer(host: str, port: int, *rest: Any, **kwargs: Any) -> list[Any]:
        asked.append(host)
        address = left.pop(0) if len(left) > 1 else left[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    return asked


@pytest.mark.parametrize("url", CLOSED)
def test_c7_address_in_a_closed_network_is_refused(url: str) -> None:
    with pytest.raises(BadAddress, match="does not pass filtering"):
        Fence().check(url)


@pytest.mark.parametrize("url", ODD)
def test_c7_c9_odd_address_is_refused_before_any_name_is_asked(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    asked = resolving(monkeypatch, "8.8.8.8")

    with pytest.raises(BadAddress, match="does not pass filtering"):
        Fence().check(url)
    assert asked == []


@pytest.mark.parametrize(
    "url",
    [
        "http://8.8.8.8/image.img",
        "https://8.8.8.8:443/a/b?c=d@e#f",
        "HTTP://8.8.8.8",
        "http://[2001:4860:4860::8888]/",
    ],
)
def test_global_address_passes(url: str) -> None:
    Fence().check(url)


def test_name_that_does_not_resolve_is_refused() -> None:
    with pytest.raises(BadAddress, match="no host"):
        Fence().check("http://nowhere.invalid/")


@pytest.mark.parametrize(
    "open_fence",
    [
        Fence.around(["10.0.0.0/8"], [], [80]),
        Fence.around([], ["mirror.example"], [80]),
    ],
)
def test_mirror_of_the_operator_is_let_in(
    monkeypatch: pytest.MonkeyPatch, open_fence: Fence
) -> None:
    resolving(monkeypatch, "10.1.2.3")

    open_fence.check("http://Mirror.example./image.img")


def test_one_closed_address_of_a_name_closes_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(host: str, port: int, **kwargs: Any) -> list[Any]:
        return [(0, 0, 0, "", (address, port)) for address in ("8.8.8.8", "127.0.0.1")]

    monkeypatch.setattr(socket, "getaddrinfo", answer)

    with pytest.raises(BadAddress):
        Fence().check("http://two.example/")


def test_c8_name_that_leads_elsewhere_at_the_connection_is_refused(
    monkeypatch: pytest.MonkeyPatch, site: WebServer
) -> None:
    resolving(monkeypatch, "8.8.8.8", "127.0.0.1")
    closed = Fence.around([], [], [site.port])
    closed.check(f"http://rebinding.example:{site.port}/")

    with fenced_client(closed) as client, pytest.raises(BadAddress):
        client.get(f"http://rebinding.example:{site.port}/")
    assert site.asked == []


def test_c8_connection_goes_to_the_address_that_was_judged(
    monkeypatch: pytest.MonkeyPatch, site: WebServer
) -> None:
    site.put("/x", b"here")
    resolving(monkeypatch, "127.0.0.1")

    with fenced_client(fence(site)) as client:
        answer = client.get(f"http://anywhere.example:{site.port}/x")

    assert answer.content == b"here"
    assert site.asked[0][1]["Host"] == f"anywhere.example:{site.port}"


@pytest.mark.parametrize(
    "target",
    ["http://localhost:{closed}/", "http://169.254.169.254:{port}/", "file:///etc/passwd"],
)
def test_c8_redirect_is_judged_anew(site: WebServer, target: str) -> None:
    leads = target.format(port=site.port, closed=1)
    url = site.put("/from", status=302, headers={"Location": leads})

    refusals = (BadAddress, httpx2.UnsupportedProtocol)
    with fenced_client(fence(site)) as client, pytest.raises(refusals):
        client.get(url)


@pytest.mark.parametrize(("hops", "is_followed"), [(3, True), (4, False)])
def test_c8_three_redirects_are_followed(site: WebServer, *, hops: int, is_followed: bool) -> None:
    for number in range(hops):
        url = site.put(f"/{number}", status=302, headers={"Location": f"/{number + 1}"})
    url = f"http://127.0.0.1:{site.port}/0"
    site.put(f"/{hops}", b"there")

    with fenced_client(fence(site)) as client:
        if is_followed:
            assert client.get(url).content == b"there"
        else:
            with pytest.raises(httpx2.TooManyRedirects):
                client.get(url)


def test_proxy_of_the_environment_is_not_used(
    monkeypatch: pytest.MonkeyPatch, site: WebServer
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1/")
    url = site.put("/x", b"here")

    with fenced_client(fence(site)) as client:
        assert client.get(url).content == b"here"
