"""Uploads whose bytes are all here as they begin: killed, frozen, overtaken, cut off."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.faults.conftest import fresh_database
from tests.faults.database import CutSite, End
from tests.faults.site import (
    HEARTBEAT,
    SHORT_BOUNDS,
    Site,
    eventually,
    noise,
    on_files,
    open_site,
)
from tests.faults.test_kills import frozen, kill
from tests.faults.wire import Wire

pytestmark = pytest.mark.timeout(300)

SMALL = 60_000
POINTS = ["create", "seal", "sealed", "answer", "linked"]
"""The last of them holds a lock on the database, so that nothing can be begun after it."""
ends = pytest.mark.parametrize("end", ["question", "late", "answer"])


def whole(site: Site, image: str, content: bytes) -> bytes:
    """Return an upload as one piece, so that all of it is here when its head is read."""
    return site.put_head(image, Content_Length=len(content)) + content


@contextmanager
def stopped(site: Site, point: str, content: bytes) -> Iterator[tuple[str, Path, Wire]]:
    """Stop an upload at *point*: its image, the file that names who waits, its connection."""
    image = site.create_image()
    reached = site.arm(point, image)
    with site.wire() as wire:
        wire.send_aside(whole(site, image, content))
        eventually(reached.exists)
        yield image, reached, wire


def test_record_and_data_come_by_one_connection(site: Site) -> None:
    content = noise(SMALL)
    body = json.dumps({"disk_format": "raw", "container_format": "bare"}).encode()
    with site.wire() as wire:
        wire.send(site.head("POST", "/v2/images", Content_Length=len(body)) + body)
        image = json.loads(wire.answer().body)["id"]
        show = site.head("GET", f"/v2/images/{image}")
        wire.send(whole(site, image, content) + show)

        assert wire.answer().status == 204
        assert json.loads(wire.answer().body)["status"] == "active"

    assert site.events(image) == ["image.create", "image.prepare", "image.upload", "image.activate"]
    site.assert_whole(image, content)


@on_files
def test_killed_at_every_step_it_leaves_nothing(site: Site) -> None:
    content = noise(SMALL)
    with ExitStack() as held:
        stops = {point: held.enter_context(stopped(site, point, content)) for point in POINTS}
        kill([reached for _, reached, _ in stops.values()])
        assert {wire.ending() for _, _, wire in stops.values()} == {None}
    images = {point: image for point, (image, _, _) in stops.items()}
    time.sleep(HEARTBEAT)

    with site.reaping():
        eventually(lambda: all(site.keys(image) in ([], [image]) for image in images.values()))
    committed = images.pop("answer")

    site.assert_whole(committed, content)
    for image in images.values():
        site.assert_undone(image, times=0, content=noise(SMALL))


@on_files
def test_next_upload_does_not_wait_for_the_reaper(site: Site) -> None:
    content = noise(SMALL)
    with stopped(site, "linked", noise(SMALL)) as (image, reached, _):
        kill([reached])

    assert site.put(image, content).status == 204

    with site.reaping():
        eventually(lambda: site.keys(image) == [image])
    site.assert_whole(image, content)


@on_files
def test_deletion_does_not_wait_for_the_reaper_and_nothing_stays(site: Site) -> None:
    with stopped(site, "linked", noise(SMALL)) as (image, reached, _):
        kill([reached])

    assert site.call("DELETE", f"/v2/images/{image}").status == 204

    with site.reaping():
        eventually(lambda: site.keys(image) == [])


@on_files
def test_frozen_worker_goes_the_longer_way_when_it_wakes(site: Site) -> None:
    content = noise(SMALL)
    with stopped(site, "sealed", content) as (image, reached, wire), site.reaping():
        with frozen(int(reached.read_text())):
            eventually(lambda: site.keys(image) == [])
        reached.unlink()
        assert wire.answer().status == 204

    site.assert_whole(image, content)


@on_files
def test_frozen_worker_that_was_overtaken_spoils_nothing(site: Site) -> None:
    content = noise(SMALL)
    with stopped(site, "sealed", noise(SMALL)) as (image, reached, wire), site.reaping():
        with frozen(int(reached.read_text())):
            eventually(lambda: site.put(image, content).status == 204)
        reached.unlink()
        assert wire.answer().status == 409
        eventually(lambda: site.keys(image) == [image])

    site.assert_whole(image, content)


def test_worker_that_lost_its_lock_begins_anew(cut_site: CutSite) -> None:
    content = noise(SMALL)
    with stopped(cut_site, "linked", content) as (image, reached, wire), cut_site.reaping():
        with frozen(int(reached.read_text())):
            eventually(lambda: cut_site.keys(image) == [])  # the database ended its session
        reached.unlink()
        assert wire.answer().status == 204
        eventually(lambda: cut_site.keys(image) == [image])

    cut_site.assert_whole(image, content)


@pytest.mark.parametrize("pair", ["postgresql"], indirect=True, scope="package")
def test_worker_that_lost_its_lock_to_another_spoils_nothing(pair: tuple[Site, Site]) -> None:
    site, other = pair
    content = noise(SMALL)
    with stopped(site, "linked", noise(SMALL)) as (image, reached, wire), site.reaping():
        with frozen(int(reached.read_text())):
            assert other.put(image, content).status == 204
        reached.unlink()
        assert wire.answer().status == 409
        eventually(lambda: site.keys(image) == [image])

    site.assert_whole(image, content)


@ends
def test_upload_whose_commit_was_lost_is_whole(cut_site: CutSite, end: End) -> None:
    content = noise(SMALL)
    with stopped(cut_site, "linked", content) as (image, reached, wire):
        cut_site.line.arm(end)
        reached.unlink()
        assert wire.answer().status == 204

    assert cut_site.line.broke.is_set()
    with cut_site.reaping():
        eventually(lambda: cut_site.keys(image) == [image])
    cut_site.assert_whole(image, content)


def test_bytes_that_are_on_their_way_hold_the_image(site: Site) -> None:
    image, content = site.create_image(), noise(SMALL)

    with site.wire() as wire:
        wire.send(whole(site, image, content)[:-1])
        eventually(lambda: site.status(image) == "saving")
        assert site.put(image, noise(10)).status == 409
        wire.send(content[-1:])
        assert wire.answer().status == 204

    site.assert_whole(image, content)


def test_slow_disk_holds_no_connection_to_the_database(tmp_path: Path) -> None:
    connections = 2
    with ExitStack() as held:
        variables = {**SHORT_BOUNDS, "VITRINE_DATABASE_URL": held.enter_context(fresh_database())}
        variables |= {"VITRINE_DATABASE_CONNECTIONS": str(connections), "VITRINE_WORKERS": "1"}
        site = held.enter_context(open_site(tmp_path, **variables))
        waiting = [held.enter_context(stopped(site, "seal", noise(9))) for _ in range(connections)]

        assert site.call("GET", "/v2/images").status == 200

        for _, reached, wire in waiting:
            reached.unlink()
            assert wire.answer().status == 204


def test_other_length_than_is_declared_is_refused(site: Site) -> None:
    image, content = site.create_image(), noise(SMALL)

    told = site.put(image, content, X_OpenStack_Image_Size=SMALL + 1)

    assert told.status == 400
    site.assert_undone(image, content=noise(SMALL))
