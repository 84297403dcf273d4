"""A database that is cut, or taken away, at each step of an act (D1, D2, D3)."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from tests.faults.database import CutSite, beside
from tests.faults.site import MIB, eventually, noise
from tests.faults.test_kills import stopped_upload
from tests.faults.test_pages import SIGN_IN
from tests.faults.wire import LAST_CHUNK, Answer, chunk, head

pytestmark = pytest.mark.timeout(300)

REFUSED_SECONDS = 5
BACK_SECONDS = 5
RETRIED_SECONDS = 10
BUSY_SECONDS = 1
"""What a machine with much to do may add."""
CROWD = 24
LEAST_IDLE = 5
"""With so many dead connections at hand, trying one after the other takes too long."""


def fill_pool(site: CutSite) -> None:
    """Let many wait for a table, so that many connections are idle afterwards.

    The first two hold up nobody else (`portal.postgresql.turns`): the others wait beside them.
    """
    with ThreadPoolExecutor(CROWD) as threads, site.connect() as holder:
        holder.execute("LOCK TABLE images_image IN ACCESS EXCLUSIVE MODE")
        asking = [threads.submit(site.call, "GET", "/v2/images") for _ in range(CROWD)]
        waiting = (
            "SELECT pid FROM pg_locks WHERE relation = 'images_image'::regclass AND NOT granted"
        )
        eventually(lambda: len(holder.execute(waiting).fetchall()) >= LEAST_IDLE)
        holder.rollback()
        assert {asked.result().status for asked in asking} == {200}


def test_idle_connections_that_were_cut_cost_no_request(cut_site: CutSite) -> None:
    fill_pool(cut_site)
    with beside() as server:
        assert cut_site.cut(server) >= LEAST_IDLE

    begin = time.monotonic()
    statuses = [cut_site.call("GET", "/v2/images").status for _ in range(20)]

    assert statuses == [200] * 20
    assert time.monotonic() - begin < BACK_SECONDS


def test_nothing_begins_while_the_database_is_away(cut_site: CutSite) -> None:
    image, content = cut_site.create_image(), noise(100_000)

    with cut_site.away():
        begin = time.monotonic()
        answer = cut_site.put(image, content)
        assert (answer.status, "retry-after" in answer.headers) == (503, True)
        assert time.monotonic() - begin < RETRIED_SECONDS

    assert cut_site.status(image) == "queued"
    assert (cut_site.locations(image), cut_site.keys(image)) == ([], [])
    assert cut_site.put(image, content).status == 204
    cut_site.assert_whole(image, content)


def test_bytes_flow_on_without_the_database(cut_site: CutSite) -> None:
    image, content = cut_site.create_image(), noise(5 * MIB)

    with cut_site.reaping(), cut_site.uploading(image, content) as wire:
        with cut_site.away():
            for begin in range(0, 4 * MIB, MIB // 2):  # for longer than a heartbeat may be old
                wire.send(content[begin : begin + MIB // 2])
                time.sleep(0.7)
        wire.send(content[4 * MIB :])
        assert wire.answer().status == 204

    cut_site.assert_whole(image, content * 2)


def test_next_slice_of_an_unknown_size_waits_for_the_database(cut_site: CutSite) -> None:
    cut_site.server.manage("set_limit", "lab", f"image_size_total={1 << 30}")
    image, content, more = cut_site.create_image(), noise(5 * MIB), noise(3 * MIB // 2)

    with cut_site.uploading(image, content, "chunked") as wire:
        with cut_site.away():
            wire.send(chunk(more))
            time.sleep(2)
        wire.send(chunk(more), LAST_CHUNK)
        assert wire.answer().status == 204

    cut_site.assert_whole(image, content + more + more)


@pytest.mark.parametrize("point", ["sealed", "renamed"])
def test_end_of_an_upload_waits_for_the_database(cut_site: CutSite, point: str) -> None:
    content = noise(5 * MIB)

    with cut_site.wire() as wire:
        image, reached = stopped_upload(cut_site, point, content, wire)
        with cut_site.away():
            reached.unlink()
            time.sleep(2)
        assert wire.answer().status == 204

    cut_site.assert_whole(image, content)


@pytest.mark.parametrize("point", ["renamed", pytest.param("sealed", marks=pytest.mark.soak)])
def test_upload_without_an_end_is_undone_when_the_database_is_back(
    cut_site: CutSite, point: str
) -> None:
    content = noise(5 * MIB)

    with cut_site.wire() as wire:
        image, reached = stopped_upload(cut_site, point, content, wire)
        with cut_site.away():
            begin = time.monotonic()
            reached.unlink()
            answer = wire.answer()
            assert time.monotonic() - begin < RETRIED_SECONDS + BUSY_SECONDS

    assert (answer.status, "retry-after" in answer.headers) == (503, True)
    with cut_site.reaping():
        cut_site.assert_undone(image, within=20)


def test_deletion_is_told_when_only_its_bytes_are_left(cut_site: CutSite) -> None:
    image = cut_site.create_image()
    assert cut_site.put(image, noise(100_000)).status == 204
    reached = cut_site.arm("delete", image)

    with cut_site.wire() as wire:
        wire.send(cut_site.head("DELETE", f"/v2/images/{image}"))
        eventually(reached.exists)
        with cut_site.away():
            reached.unlink()
            assert wire.answer().status == 204

    assert cut_site.call("GET", f"/v2/images/{image}").status == 404
    with cut_site.reaping():
        eventually(lambda: not cut_site.locations(image) and not cut_site.keys(image))


def test_upload_is_told_when_the_database_goes_after_it(cut_site: CutSite) -> None:
    content = noise(100_000)

    with cut_site.wire() as wire:
        image, reached = stopped_upload(cut_site, "answer", content, wire)
        with cut_site.away():
            reached.unlink()
            assert wire.answer().status == 204

    cut_site.assert_whole(image, content)


def page(site: CutSite, session: str, path: str) -> Answer:
    """Return the answer to a page that is asked for in *session*."""
    given: dict[str, object] = {
        "Host": "127.0.0.1",
        "Accept": "text/html",
        "Cookie": f"session={session}",
    }
    with site.wire() as wire:
        wire.send(head("GET", path, given))
        return wire.answer()


def questions(site: CutSite, image: str, session: str) -> dict[str, Callable[[], Answer]]:
    """Return requests of every kind, by their names."""
    path, call = f"/v2/images/{image}", site.call
    proof = {"user": {"name": "lab", "domain": {"id": "default"}, "password": "no such word"}}
    login = json.dumps({"auth": {"identity": {"methods": ["password"], "password": proof}}})
    rename = json.dumps([{"op": "replace", "path": "/name", "value": "new"}]).encode()
    dialect = "application/openstack-images-v2.1-json-patch"
    return {
        "create": partial(call, "POST", "/v2/images", b"{}"),
        "change": partial(call, "PATCH", path, rename, Content_Type=dialect),
        "log in": partial(call, "POST", "/identity/v3/auth/tokens", login.encode()),
        **{
            address: partial(call, "GET", address)
            for address in (path, f"{path}/file", "/v2/images", "/v2/info/usage", "/v2/tasks")
        },
        **{
            address: partial(call, "GET", address)
            for address in ("/v2/metadefs/namespaces", "/api/events", "/identity/v3/auth/projects")
        },
        **{
            address: partial(page, site, session, address)
            for address in ("/", "/project", "/account", "/images/new", "/admin/", "/admin/login/")
        },
        "delete": partial(call, "DELETE", path),
    }


def test_everything_else_is_503_and_soon_200_again(cut_site: CutSite) -> None:
    image = cut_site.create_image()
    asked = questions(cut_site, image, cut_site.server.run(SIGN_IN).strip())

    with ThreadPoolExecutor(len(asked) + 1) as threads, cut_site.away():
        begin = time.monotonic()
        health = threads.submit(partial(cut_site.call, "GET", "/healthz"))
        found = {name: threads.submit(ask) for name, ask in asked.items()}
        answers = {name: answer.result() for name, answer in found.items()}
        took = time.monotonic() - begin

    assert {name: answer.status for name, answer in answers.items()} == dict.fromkeys(asked, 503)
    assert [name for name, answer in answers.items() if "retry-after" not in answer.headers] == []
    assert json.loads(health.result().body) == {"database": "does not answer"}
    assert (health.result().status, took < REFUSED_SECONDS + BUSY_SECONDS) == (503, True)
    eventually(lambda: cut_site.call("GET", "/v2/images").status == 200, within=BACK_SECONDS)
    assert cut_site.call("GET", f"/v2/images/{image}").status == 200


@pytest.mark.soak
def test_long_absence_is_got_over_as_soon(cut_site: CutSite) -> None:
    with cut_site.away():
        for _ in range(5):  # the next try to connect would be ten seconds off, if nobody gave up
            assert cut_site.call("GET", "/v2/images").status == 503
    begin = time.monotonic()
    eventually(lambda: cut_site.call("GET", "/v2/images").status == 200, within=BACK_SECONDS)

    assert cut_site.call("GET", "/healthz").status == 200
    assert time.monotonic() - begin < BACK_SECONDS
