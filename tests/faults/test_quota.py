"""A crowd at two servers of one database: what a project may have is never passed (D10)."""

from __future__ import annotations

import json
import os
import signal
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from threading import Barrier, Event, Thread

import pytest

from tests.faults.conftest import OVERDRAFT, SLICE
from tests.faults.site import Site, eventually, noise

pytestmark = pytest.mark.timeout(600)

CROWD = 32
ROOM = 3
SIZE = SLICE  # bytes
in_rounds = pytest.mark.parametrize("rounds", [1, pytest.param(10, marks=pytest.mark.soak)])
JSON_PATCH = "application/openstack-images-v2.1-json-patch"


def at_once(acts: Sequence[Callable[[], int]]) -> Counter[int]:
    """Do all *acts* at the same time; return how often which status was the answer."""
    barrier, statuses = Barrier(len(acts)), list[int]()

    def run(act: Callable[[], int]) -> None:
        barrier.wait()
        statuses.append(act())

    threads = [Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Counter(statuses)


@contextmanager
def watching(site: Site) -> Iterator[list[int]]:
    """Gather what the project uses and has reserved, as often as the database tells it."""
    taken, is_over = list[int](), Event()

    def look() -> None:
        while not is_over.is_set():
            taken.append(sum(site.usage()))

    thread = Thread(target=look)
    thread.start()
    try:
        yield taken
    finally:
        is_over.set()
        thread.join()


def allow(site: Site, project: str = "lab", **limits: int) -> None:
    """Set limits of *project*; -1 is none."""
    site.server.manage("set_limit", project, *(f"{name}={most}" for name, most in limits.items()))


def queued(pair: tuple[Site, Site]) -> list[tuple[Site, str]]:
    """Return a crowd of images without data, each with the server that will get them."""
    return [(pair[number % 2], pair[0].create_image()) for number in range(CROWD)]


def status(site: Site, method: str, path: str, body: bytes = b"", **headers: object) -> int:
    """Return the status of one request."""
    return site.call(method, path, body, **headers).status


def put(site: Site, image: str, content: bytes) -> int:
    """Return the status of an upload that declares its size."""
    return site.put(image, content).status


def put_chunked(site: Site, image: str, content: bytes) -> int:
    """Return the status of an upload that does not."""
    with site.wire() as wire:
        wire.send(site.put_head(image), b"%x\r\n%s\r\n0\r\n\r\n" % (len(content), content))
        return wire.answer().status


def put_or_break(site: Site, image: str, content: bytes) -> int:
    """Return the status of an upload, 0 of one whose worker was killed."""
    try:
        return put(site, image, content)
    except (OSError, AssertionError):
        return 0


def deletions(images: list[tuple[Site, str]]) -> list[Callable[[], int]]:
    """Return acts that delete *images*."""
    return [partial(status, site, "DELETE", f"/v2/images/{pk}") for site, pk in images]


def assert_equal(site: Site) -> None:
    """Assert that ledger, rows and store tell the same."""
    assert site.server.manage("reconcile") == "equal\n"


@in_rounds
@pytest.mark.parametrize("size", [SIZE, 2 * SIZE], ids=["at once", "in two transactions"])
def test_declared_uploads_pass_exactly_as_many_as_there_is_room_for(
    pair: tuple[Site, Site], rounds: int, size: int
) -> None:
    allow(pair[0], image_size_total=ROOM * size + size // 2)
    content = noise(size)

    for _ in range(rounds):
        images = queued(pair)

        with watching(pair[0]) as taken:
            statuses = at_once([partial(put, site, pk, content) for site, pk in images])

        assert statuses == {204: ROOM, 413: CROWD - ROOM}
        assert max(taken) <= ROOM * size
        assert pair[0].usage() == (ROOM * size, 0)
        assert at_once(deletions(images)) == {204: CROWD}

    assert_equal(pair[0])


@in_rounds
def test_uploads_of_unknown_size_never_pass_the_overdraft(
    pair: tuple[Site, Site], rounds: int
) -> None:
    limit = ROOM * SIZE
    allow(pair[0], image_size_total=limit)
    for _ in range(rounds):
        images = queued(pair)

        with watching(pair[0]) as taken:
            statuses = at_once([partial(put_chunked, site, pk, noise(SIZE)) for site, pk in images])

        used, reserved = pair[0].usage()
        assert set(statuses) == {204, 413}
        assert (used, reserved) == (statuses[204] * SIZE, 0)
        assert limit <= used <= max(taken) <= limit + OVERDRAFT
        assert at_once(deletions(images)) == {204: CROWD}
    assert_equal(pair[0])


def test_images_are_counted_exactly(pair: tuple[Site, Site]) -> None:
    allow(pair[0], image_size_total=-1, image_count_total=ROOM)
    body = json.dumps({"name": "one of many"}).encode()

    creations = [partial(status, site, "POST", "/v2/images", body) for site in pair]
    statuses = at_once(creations * (CROWD // 2))

    assert statuses == {201: ROOM, 413: CROWD - ROOM}
    allow(pair[0], image_count_total=-1)
    made = json.loads(pair[0].call("GET", "/v2/images").body)["images"]
    assert at_once(deletions([(pair[0], image["id"]) for image in made])) == {204: ROOM}
    assert_equal(pair[0])


def test_owner_changes_and_deletions_meet_at_the_ledger(
    pair: tuple[Site, Site], administrator: tuple[str, str]
) -> None:
    away, token = administrator
    allow(pair[0], image_size_total=-1, image_count_total=-1)
    allow(pair[0], "away", image_count_total=ROOM)
    images = queued(pair)
    for site, pk in images:
        assert site.put(pk, noise(1000)).status == 204
    patch = json.dumps([{"op": "replace", "path": "/owner", "value": away}]).encode()
    admins = [(replace(site, token=token), pk) for site, pk in images]

    ask = partial(status, body=patch, Content_Type=JSON_PATCH)
    moves = [partial(ask, site, "PATCH", f"/v2/images/{pk}") for site, pk in admins]
    statuses = at_once([*moves, *deletions(admins[:ROOM])])

    assert set(statuses) <= {200, 204, 404, 413}
    assert statuses[200] <= ROOM + ROOM  # of those that left by deletion the room was free again
    assert statuses[204] == ROOM
    assert_equal(pair[0])
    at_once(deletions(admins[ROOM:]))
    assert pair[0].usage() == (0, 0)


def test_killed_workers_leave_nothing_on_the_ledger(pair: tuple[Site, Site]) -> None:
    allow(pair[0], image_size_total=ROOM * SIZE)
    images = queued(pair)[: 2 * ROOM]
    with ExitStack() as uploads:
        for site, pk in images[:ROOM]:
            uploads.enter_context(site.uploading(pk, noise(SIZE // 2)))
        for site in pair:
            os.kill(site.server.workers[0], signal.SIGKILL)
        rest = images[ROOM:]
        statuses = at_once([partial(put_or_break, site, pk, noise(SIZE)) for site, pk in rest])
        assert set(statuses) <= {0, 204, 413}
    with pair[0].reaping():
        eventually(lambda: pair[0].usage()[1] == 0, within=60)

    assert_equal(pair[0])
