"""Transactions that the database gives up, and commits of which nobody knows (D4, D5)."""

from __future__ import annotations

import json
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Thread

import psycopg
import pytest

from tests.faults.database import CutSite, End
from tests.faults.site import MIB, Site, eventually, noise, on_files
from tests.faults.test_kills import stopped_upload

pytestmark = pytest.mark.timeout(300)

PATCH = "application/openstack-images-v2.1-json-patch"
WRITERS, ROUNDS = 8, 5
MOST_SECONDS = 2
RETRIED_SECONDS = 10
BUSY_SECONDS = 1
WAITING = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND wait_event_type = 'Lock'
"""
ends = pytest.mark.parametrize("end", ["question", "answer"])


def connection(site: CutSite) -> psycopg.Connection:
    """Return a session of our own."""
    return psycopg.connect(site.server.environment["VITRINE_DATABASE_URL"])


def test_deadlock_is_tried_again(cut_site: CutSite) -> None:
    image = cut_site.create_image()
    statuses: list[int] = []

    def delete() -> None:
        statuses.append(cut_site.call("DELETE", f"/v2/images/{image}").status)

    with connection(cut_site) as ours, connection(cut_site) as witness:
        witness.autocommit = True
        lock = "SELECT 1 FROM quotas_usage WHERE project = %s FOR UPDATE"
        ours.execute(lock, [cut_site.project])
        thread = Thread(target=delete)
        thread.start()  # it locks the image, and waits for the project, which we have
        eventually(lambda: witness.execute(WAITING).fetchone() == (1,))
        ours.execute("SELECT 1 FROM images_image WHERE id = %s FOR UPDATE", [image])
        ours.rollback()
        thread.join()

    assert statuses == [204]
    assert "is tried again: deadlock detected" in cut_site.server.log
    assert cut_site.events(image) == ["image.create", "image.delete"]


@on_files
def test_eight_writers_of_sqlite_are_never_refused(site: Site) -> None:
    statuses, seconds = Counter[int](), list[float]()

    def write(number: int) -> None:
        content = noise(1000 if number % 2 else 100_000)
        for _ in range(ROUNDS):
            begin = time.monotonic()
            image = site.create_image(name=f"writer {number}")
            patch = json.dumps([{"op": "add", "path": "/by", "value": str(number)}]).encode()
            path = f"/v2/images/{image}"
            statuses[site.call("PATCH", path, patch, Content_Type=PATCH).status] += 1
            statuses[site.put(image, content).status] += 1
            statuses[site.call("DELETE", path).status] += 1
            seconds.append(time.monotonic() - begin)

    with ThreadPoolExecutor(WRITERS) as threads:
        list(threads.map(write, range(WRITERS)))

    assert statuses == {200: WRITERS * ROUNDS, 204: 2 * WRITERS * ROUNDS}
    assert max(seconds) < 4 * MOST_SECONDS  # of four acts


@ends
def test_upload_whose_commit_was_lost_is_whole(cut_site: CutSite, end: End) -> None:
    content = noise(5 * MIB)

    with cut_site.wire() as wire:
        image, reached = stopped_upload(cut_site, "sealed", content, wire)
        cut_site.line.arm(end)
        reached.unlink()
        assert wire.answer().status == 204

    assert cut_site.line.broke.is_set()
    cut_site.assert_whole(image, content)


def test_bytes_of_a_committed_image_stay_though_nobody_knows_of_it(cut_site: CutSite) -> None:
    content = noise(5 * MIB)

    with cut_site.wire() as wire:
        image, reached = stopped_upload(cut_site, "sealed", content, wire)
        cut_site.line.arm("answer", stays_down=True)
        begin = time.monotonic()
        reached.unlink()
        status = wire.answer().status
        took = time.monotonic() - begin
    cut_site.line.repair()

    assert (status, took < RETRIED_SECONDS + BUSY_SECONDS) == (503, True)
    with cut_site.reaping():
        eventually(lambda: cut_site.call("GET", "/v2/images").status == 200)
        time.sleep(2)  # rounds of the reaper
    cut_site.assert_whole(image, content)


@ends
def test_begin_whose_commit_was_lost_is_undone(cut_site: CutSite, end: End) -> None:
    image = cut_site.create_image()

    cut_site.line.arm(end)
    assert cut_site.put(image, noise(100_000)).status == 503

    assert cut_site.line.broke.is_set()
    with cut_site.reaping():
        cut_site.assert_undone(image, within=20, times=int(end == "answer"))


@ends
def test_deletion_whose_commit_was_lost_is_whole_or_nothing(cut_site: CutSite, end: End) -> None:
    image, content = cut_site.create_image(), noise(100_000)
    assert cut_site.put(image, content).status == 204

    cut_site.line.arm(end)
    assert cut_site.call("DELETE", f"/v2/images/{image}").status == 503

    assert cut_site.line.broke.is_set()
    if end == "question":
        cut_site.assert_whole(image, content)
        return
    assert cut_site.call("GET", f"/v2/images/{image}").status == 404
    with cut_site.reaping():
        eventually(lambda: not cut_site.keys(image) and not cut_site.locations(image))
