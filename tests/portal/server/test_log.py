"""What gunicorn and Django write into one log, while clients send what they like."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Iterator
from contextlib import closing
from urllib.parse import urlsplit

import pytest

from portal.identity.keys import new_secret
from tests.live import Server, serve


@pytest.fixture(scope="module", params=["line", "json"])
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """A server that logs every request."""
    with serve(tmp_path_factory.mktemp("server"), VITRINE_LOG_FORMAT=request.param) as running:
        yield running


def ask(server: Server, path: str, **headers: str) -> None:
    """Send a request, and wait until it is in the log."""
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=20)
    connection.request("GET", path, headers={k.replace("_", "-"): v for k, v in headers.items()})
    connection.getresponse().read()
    connection.close()


def lines(server: Server) -> list[str]:
    """Return the log, whose lines are objects or begin with a time, or belong to one that does."""
    found = server.log.splitlines()
    if server.environment["VITRINE_LOG_FORMAT"] == "json":
        return [json.loads(line)["event"] for line in found]
    assert [line for line in found if not (line[:2] == "20" or line[:4] == "    ")] == []
    return found


def test_secrets_of_a_request_are_not_in_its_line(server: Server) -> None:
    link, query, header, basic = (new_secret(kind) for kind in ("vl", "vt", "vt", "vs"))

    ask(server, f"/accounts/sign-in/{link}/?token={query}&code=abcdef")
    ask(server, "/v2/images", X_Auth_Token=header, User_Agent=f"Bearer {basic}")

    text = "\n".join(lines(server))
    assert [name for name in (link, query, header, basic, "abcdef") if name in text] == []
    assert "GET /accounts/sign-in/vl_***/?token=***&code=*** HTTP" in text


def test_client_forges_no_line(server: Server) -> None:
    bidi = "\u202e".encode()
    with socket.create_connection(("127.0.0.1", urlsplit(server.url).port or 0)) as wire:
        wire.sendall(
            b"GET /%0d%0a2026-11-26%20forged HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            b"User-Agent: a" + bidi + b"\r\nConnection: close\r\n\r\n"
        )
        while wire.recv(1 << 16):
            pass

    text = "\n".join(lines(server))
    assert "forged" in text
    assert [letter for letter in text if not letter.isprintable() and letter != "\n"] == []


def test_start_and_requests_stand_in_one_log(server: Server) -> None:
    ask(server, "/healthz")

    text = "\n".join(lines(server))
    assert "Listening at: http://127.0.0.1" in text
    assert "GET /healthz HTTP/1.1" in text


def test_stranger_makes_no_warnings(server: Server) -> None:
    """A foreign Host and a HEAD that is refused cost nothing, and so may be sent without end."""
    before = len(server.log)

    ask(server, "/v2/images", Host="evil.example.org" * 200)
    with closing(http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=20)) as connection:
        connection.request("HEAD", "/v2/images")
        assert connection.getresponse().status == 401
    ask(server, "/healthz")

    told = server.log[before:]
    assert [word for word in ("Traceback", "WARNING", "ERROR") if word in told] == []
    assert "Invalid HTTP_HOST header: 'evil.example.org" in told
    assert max(map(len, told.splitlines())) < 500
