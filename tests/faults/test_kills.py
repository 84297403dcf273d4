"""Workers that die, or freeze, in the middle of an upload: at each step, on each store."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.faults.site import HEARTBEAT, MIB, Site, eventually, noise
from tests.faults.wire import Wire

UNDONE_POINTS = ["create", "write", "seal", "sealed", "renamed"]
POINTS = ["create", "write", "seal", "sealed", "answer", "renamed"]
"""The last of them holds a lock on the database, so that nothing can be begun after it."""
WATCH_SECONDS = 40
"""RBD keeps a dead client's watch for 30 s, and removes nothing that is watched."""


@dataclass(frozen=True, slots=True)
class Wreck:
    """What killed workers left: an image for each point, and what its client wanted to store."""

    images: dict[str, str]
    content: bytes
    answers: list[int | None]


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
    """Return what is left when uploads stood at every point, their workers died, a reaper came."""
    content = noise(9 * MIB)
    with ExitStack() as wires:
        lines = {point: wires.enter_context(site.wire()) for point in POINTS}
        stopped = {
            point: stopped_upload(site, point, content, wire) for point, wire in lines.items()
        }
        kill([reached for _, reached in stopped.values()])
        answers = [wire.ending() for wire in lines.values()]
    images = {point: image for point, (image, _) in stopped.items()}
    with site.reaping():
        eventually(lambda: site.is_settled(*images.values()), within=WATCH_SECONDS)
    return Wreck(images, content, answers)


def test_clients_of_a_killed_worker_get_no_answer(wreck: Wreck) -> None:
    assert wreck.answers == [None] * 6


@pytest.mark.parametrize("point", UNDONE_POINTS)
def test_upload_of_a_killed_worker_is_reaped(site: Site, wreck: Wreck, point: str) -> None:
    site.assert_undone(wreck.images[point])


def test_upload_killed_after_its_commit_is_whole(site: Site, wreck: Wreck) -> None:
    site.assert_whole(wreck.images["answer"], wreck.content)


@pytest.mark.parametrize("act", ["PUT", "DELETE"])
def test_next_act_on_the_image_does_not_wait_for_the_reaper(site: Site, act: str) -> None:
    content = noise(5 * MIB)
    with site.wire() as wire:
        image, reached = stopped_upload(site, "seal", content, wire)
        kill([reached])

    if act == "PUT":
        again = eventually(lambda: site.put(image, content).status == 204, within=HEARTBEAT + 5)
    else:
        again = site.call("DELETE", f"/v2/images/{image}").status == 204

    assert again
    with site.reaping():
        eventually(lambda: site.is_settled(image), within=WATCH_SECONDS)
    assert site.keys(image) == ([image] if act == "PUT" else [])
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
    with site.wire() as wire:
        image, reached = stopped_upload(site, point, content, wire)
        with frozen(int(reached.read_text())), site.reaping():
            eventually(lambda: site.status(image) == "queued")
            if point != "write":  # in RBD that object is watched for as long as the worker sleeps
                eventually(lambda: not site.locations(image))
            eventually(lambda: site.put(image, other).status == 204)
        reached.unlink()
        assert wire.ending() in {409, 410, None}

    with site.reaping():
        eventually(lambda: site.is_settled(image), within=WATCH_SECONDS)
    site.assert_whole(image, other)
