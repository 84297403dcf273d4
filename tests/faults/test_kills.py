"""Workers that die, or freeze, in the middle of an upload: at each step, on each store."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.faults.site import HEARTBEAT, MIB, Site, eventually, noise
from tests.faults.wire import Answer, Wire

UNDONE_POINTS = ["create", "write", "seal", "sealed", "renamed"]
POINTS = ["create", "write", "seal", "sealed", "answer", "renamed"]
"""The last of them holds a lock on the database, so that nothing can be begun after it."""
WATCH_SECONDS = 40
"""RBD keeps a dead client's watch for 30 s, and removes nothing that is watched."""


@dataclass(frozen=True, slots=True)
class Wreck:
    """What killed workers left: images by the point or the act that they stand for."""

    images: dict[str, str]
    content: bytes
    endings: list[int | None]
    retried: Answer
    deleted: Answer


def stopped_upload(site: Site, point: str, content: bytes, wire: Wire) -> tuple[str, Path]:
    """Begin an upload that stops at *point*; return its image and the file that names who waits."""
    image = site.create_image()
    reached = site.arm(point, image)
    wire.send_aside(site.put_head(image, Content_Length=len(content)), content)
    eventually(reached.exists)
    return image, reached


def kill(waiting: list[Path]) -> None:
    """Kill the worker processes that wait at these points; gunicorn starts others."""
    for worker in {int(reached.read_text()) for reached in waiting}:
        os.kill(worker, signal.SIGKILL)
    for reached in waiting:
        reached.unlink()


@pytest.fixture(scope="module")
def wreck(site: Site) -> Wreck:
    """Stop uploads at every point, kill their workers, use two images at once, then reap."""
    content = noise(9 * MIB)
    stops = {"retry": "seal", "delete": "seal", **{point: point for point in POINTS}}
    with ExitStack() as wires:
        lines = {name: wires.enter_context(site.wire()) for name in stops}
        stopped = {
            name: stopped_upload(site, stops[name], content, wire) for name, wire in lines.items()
        }
        kill([reached for _, reached in stopped.values()])
        endings = [wire.ending() for wire in lines.values()]
    images = {name: image for name, (image, _) in stopped.items()}
    time.sleep(HEARTBEAT)
    retried = site.put(images["retry"], content)
    deleted = site.call("DELETE", f"/v2/images/{images['delete']}")
    with site.reaping():
        eventually(lambda: site.is_settled(*images.values()), within=WATCH_SECONDS)
    return Wreck(images, content, endings, retried, deleted)


def test_clients_of_a_killed_worker_get_no_answer(wreck: Wreck) -> None:
    assert set(wreck.endings) == {None}


@pytest.mark.parametrize("point", UNDONE_POINTS)
def test_upload_of_a_killed_worker_is_reaped(site: Site, wreck: Wreck, point: str) -> None:
    site.assert_undone(wreck.images[point])


def test_upload_killed_after_its_commit_is_whole(site: Site, wreck: Wreck) -> None:
    site.assert_whole(wreck.images["answer"], wreck.content)


def test_next_upload_does_not_wait_for_the_reaper(site: Site, wreck: Wreck) -> None:
    assert wreck.retried.status == 204
    site.assert_whole(wreck.images["retry"], wreck.content)


def test_deletion_does_not_wait_for_the_reaper(site: Site, wreck: Wreck) -> None:
    assert wreck.deleted.status == 204
    assert site.keys(wreck.images["delete"]) == []
    assert site.usage() == (site.active_bytes(), 0)


@contextmanager
def frozen(worker: int) -> Iterator[None]:
    """Stop a process for a while, as a machine that swaps or is migrated does."""
    os.kill(worker, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(worker, signal.SIGCONT)


@pytest.mark.parametrize("point", ["create", "write", "sealed"])
def test_frozen_worker_spoils_nothing_when_it_wakes(site: Site, point: str) -> None:
    content, other = noise(9 * MIB), noise(5 * MIB)
    with site.wire() as wire, site.reaping():
        image, reached = stopped_upload(site, point, content, wire)
        with frozen(int(reached.read_text())):
            eventually(lambda: site.status(image) == "queued")
            if point != "write":  # in RBD that object is watched for as long as the worker sleeps
                eventually(lambda: not site.locations(image))
            eventually(lambda: site.put(image, other).status == 204)
        reached.unlink()
        assert wire.outcome() in {409, 410, 503, None}
        eventually(lambda: site.is_settled(image), within=WATCH_SECONDS)

    site.assert_whole(image, other)
