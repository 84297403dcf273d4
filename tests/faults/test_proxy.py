"""Through the nginx site that is shipped: it and the service agree on where a request ends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing
from http.client import HTTPConnection

import pytest

from tests.faults.proxy import ProxiedSite, proxied
from tests.faults.site import MIB, SILENCE, Site, eventually, noise, on_files
from tests.faults.test_framing import MALFORMED, SMUGGLING, smuggle
from tests.faults.test_heads import MARK, REFUSED
from tests.faults.test_slow import THREADS, probe, trickling
from tests.faults.wire import LAST_CHUNK

LENIENT = {"bare line feed"}
"""nginx takes it for the end of a line, and what it tells the service nobody misreads."""
DROPPED = {"bad trailer", "framing as a trailer"}
"""Trailers end at nginx."""


@pytest.fixture(scope="module")
def behind(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProxiedSite]:
    """Return the server as its clients see it through the proxy."""
    with proxied(site, tmp_path_factory.mktemp("nginx")) as seen:
        yield seen


MENDED = {"high bytes in a name", "line feed in a value", "unknown expectation"}
"""nginx leaves out what it does not like, and asks for the rest."""
UNANSWERED = {"no version", "noise", "tls"}
"""nginx answers without a head, or closes."""

pytestmark = on_files


@pytest.mark.parametrize("name", sorted(SMUGGLING.keys() - LENIENT))
def test_hidden_request_never_runs(behind: Site, name: str) -> None:
    with behind.wire() as wire:
        image, status = smuggle(behind, wire, SMUGGLING[name])

    assert status in {400, 501}
    assert behind.image(image)["status"] == "queued"


@pytest.mark.parametrize("name", sorted(MALFORMED.keys() - DROPPED))
def test_malformed_chunk_is_refused_and_undone(behind: Site, name: str) -> None:
    image = behind.create_image()

    with behind.uploading(image, noise(5 * MIB), "chunked") as wire:
        wire.send(MALFORMED[name])
        status = wire.ending()

    assert status in {400, 408, None}
    behind.assert_undone(image)


@pytest.mark.parametrize("how", ["reset", "half"])
@pytest.mark.parametrize("framing", ["length", "chunked"])
def test_upload_is_undone_when_its_client_leaves(behind: Site, framing: str, how: str) -> None:
    image = behind.create_image()

    with behind.uploading(image, noise(5 * MIB), framing) as wire:
        wire.break_off(how)

    behind.assert_undone(image)


def test_plain_request_is_sent_to_the_site_alone(behind: ProxiedSite) -> None:
    with closing(HTTPConnection("127.0.0.1", behind.plain, timeout=20)) as connection:
        connection.request("GET", "/v2/images", headers={"Host": "evil.example.com"})
        answer = connection.getresponse()

    assert answer.status == 301
    assert answer.headers["Location"] == "https://images.example.org/v2/images"


def test_size_over_quota_is_refused_before_a_byte(behind: Site) -> None:
    image = behind.create_image()

    with behind.wire() as wire:
        wire.send(behind.put_head(image, Content_Length=1 << 50))
        status = wire.answer().status

    assert status == 413
    behind.assert_undone(image, times=0)


def test_chunks_pass_through_as_they_come(behind: Site) -> None:
    image = behind.create_image()
    content = noise(5 * MIB)

    with behind.uploading(image, content, "chunked") as wire:
        assert behind.image(image)["status"] == "saving"
        wire.send(LAST_CHUNK)
        assert wire.answer().status == 204

    behind.assert_whole(image, content)


@pytest.fixture(scope="module")
def hasty(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Return the server behind a proxy that waits for clients no longer than the server."""
    with proxied(site, tmp_path_factory.mktemp("hasty"), patience=SILENCE) as seen:
        yield seen


def test_trickling_heads_are_cut_and_nobody_else_waits(hasty: Site) -> None:
    with ExitStack() as opened:
        wires = [opened.enter_context(hasty.wire()) for _ in range(10 * THREADS)]
        for wire in wires:
            wire.send(b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ")

        with trickling(wires, b"x"):
            assert probe(hasty, 1.5) < 1
            endings = {wire.ending() for wire in wires}

    assert endings <= {408, None}


def test_trickling_bodies_are_cut_and_nobody_else_waits(hasty: Site) -> None:
    images = [hasty.create_image() for _ in range(2 * THREADS)]

    with ExitStack() as opened:
        wires = [opened.enter_context(hasty.wire()) for _ in images]
        for wire, image in zip(wires, images, strict=True):
            wire.send(hasty.put_head(image, Content_Length=1000), b"x")

        with trickling(wires, b"x"):
            assert probe(hasty, 1.5) < 1
            endings = {wire.ending() for wire in wires}

    assert endings <= {408, 503, 504, None}
    eventually(lambda: all(hasty.is_undone(image) for image in images))


def test_slow_readers_leave_everybody_else_alone(hasty: Site) -> None:
    image, content = hasty.create_image(), noise(16 * MIB)
    hasty.put(image, content)

    with ExitStack() as opened:
        wires = [opened.enter_context(hasty.wire()) for _ in range(2 * THREADS)]
        for wire in wires:
            wire.send(hasty.head("GET", f"/v2/images/{image}/file"))
            wire.interim()

        assert probe(hasty, 1.5) < 1
        assert hasty.call("GET", f"/v2/images/{image}/file").body == content


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_head_is_refused_and_not_repeated(behind: Site, name: str) -> None:
    mended = 200 if name in MENDED else 400

    with behind.wire() as wire:
        wire.send(REFUSED[name], b"\r\n")
        answer = None if name in UNANSWERED else wire.answer()

    assert answer is None or answer.status in {mended, 400, 403, 404, 405, 414, 417, 431, 501, 505}
    assert answer is None or MARK not in answer.body + str(answer.headers).encode()
