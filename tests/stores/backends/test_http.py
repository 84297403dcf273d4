from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest

from stores.backends import http
from stores.backends.http import HttpStore
from stores.errors import BadAddress, ObjectMissing, StoreDown, StoreReadOnly
from tests.webserver import WebServer, serving

BYTES = bytes(range(256)) * 40
KEY = str(uuid.uuid4())


@pytest.fixture
def site() -> Iterator[WebServer]:
    with serving() as server:
        yield server


@pytest.fixture
def web(site: WebServer) -> HttpStore:
    return HttpStore("web", networks=["127.0.0.0/8"], hosts=[], ports=[site.port])


def test_data_come_as_they_are(web: HttpStore, site: WebServer) -> None:
    with web.open(site.put("/image", BYTES)) as reader:
        assert reader.size == len(BYTES)
        assert reader.file() is None
        assert b"".join(reader.chunks(0, reader.size)) == BYTES
    assert site.asked[0][1]["Accept-Encoding"] == "identity"


@pytest.mark.parametrize("takes_ranges", [True, False])
@pytest.mark.parametrize(("start", "stop"), [(0, 5), (7, 9), (10_000, len(BYTES))])
def test_range_is_read_whether_the_server_knows_ranges_or_not(
    web: HttpStore, site: WebServer, start: int, stop: int, *, takes_ranges: bool
) -> None:
    with web.open(site.put("/image", BYTES, takes_ranges=takes_ranges)) as reader:
        assert b"".join(reader.chunks(start, stop)) == BYTES[start:stop]


@pytest.mark.parametrize("status", [404, 410])
def test_data_that_are_gone_are_missing(web: HttpStore, site: WebServer, status: int) -> None:
    with pytest.raises(ObjectMissing):
        web.open(site.put("/image", status=status))


@pytest.mark.parametrize(
    "page",
    [
        {"status": 500},
        {"status": 403},
        {"status": 204, "has_length": False},
        {"has_length": False},
        {"headers": {"Content-Length": "-1"}},
        {"headers": {"Content-Length": "9" * 30}},
        {"headers": {"Content-Encoding": "gzip"}},
        {"status": 302, "headers": {"Location": "/image"}},
        {"status": 302, "headers": {"Location": "http://10.0.0.1/"}},
    ],
)
def test_c10_server_that_does_not_give_the_data_is_down(
    web: HttpStore, site: WebServer, page: dict[str, object]
) -> None:
    with pytest.raises(StoreDown):
        web.open(site.put("/image", b"x", **page))


def test_server_that_is_not_there_is_down(web: HttpStore, site: WebServer) -> None:
    web = HttpStore("web", networks=["127.0.0.0/8"], hosts=[], ports=[1])

    with pytest.raises(StoreDown):
        web.open("http://127.0.0.1:1/image")


@pytest.mark.parametrize("length", ["10240", "20000"])
def test_c10_data_that_break_off_are_never_whole(
    web: HttpStore, site: WebServer, length: str
) -> None:
    url = site.put("/image", BYTES, cut=9_999, headers={"Content-Length": length})

    with web.open(url) as reader, pytest.raises((StoreDown, ObjectMissing)):
        list(reader.chunks(0, reader.size))


def test_c10_trickle_is_cut_off(
    monkeypatch: pytest.MonkeyPatch, web: HttpStore, site: WebServer
) -> None:
    monkeypatch.setattr(http, "GRACE", 0)
    monkeypatch.setattr(http, "LEAST_RATE", 10**9)

    url = site.put("/image", BYTES, pause=0.1)
    with web.open(url) as reader, pytest.raises(StoreDown, match="slow"):
        list(reader.chunks(0, reader.size))


def test_nothing_is_written_or_removed(web: HttpStore, site: WebServer) -> None:
    url = site.put("/image", BYTES)
    with pytest.raises(StoreReadOnly):
        web.create(f"{KEY}.{uuid.uuid4().hex}", None)
    with pytest.raises(ObjectMissing):
        web.rename(KEY, KEY)

    web.delete(url)

    assert (list(web.keys()), web.in_use(url), web.capacity().free) == ([], False, None)
    assert site.asked == []


def test_place_is_any_address_within_the_fence(web: HttpStore, site: WebServer) -> None:
    url = f"http://127.0.0.1:{site.port}/image#again"

    assert (web.place(url, KEY), web.url(url)) == (url, url)
    assert web.place(f"rbd://fsid/pool/{KEY}/snap", KEY) is None
    with pytest.raises(BadAddress):
        web.place("http://127.0.0.1:22/", KEY)
    with pytest.raises(BadAddress):
        web.place("http://10.0.0.1/", KEY)


def test_fence_without_ports_is_told_at_the_start(web: HttpStore) -> None:
    shut = HttpStore("web", networks=[], hosts=[], ports=[])

    assert [trouble.id for trouble in shut.checks()] == ["stores.E030"]
    assert list(web.checks()) == []
