"""Fifty uploads at once: what they hold in memory is a window and its queues, and no more."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.faults.conftest import environment
from tests.faults.site import MIB, SHORT_BOUNDS, Site, noise, open_site
from tests.faults.wire import chunk

pytestmark = [pytest.mark.soak, pytest.mark.timeout(300)]
UPLOADS = 50
HELD = {"file": 10 * MIB, "rbd": 28 * MIB}
"""Bytes that one upload may hold: blocks of 2 MiB on their way to the hashes and to the store.

RBD has a window of its own, and librados as much again.
"""
STACKS = 2 * 8 * MIB
"""Address space of an upload's threads for its hashes."""
ARENAS = 1 << 30
"""Address space that the C library sets aside for many threads, whatever they do."""
SENT = 24 * MIB
CONTENT = noise(SENT)


@pytest.fixture(scope="module", params=["file", pytest.param("rbd", marks=pytest.mark.ceph)])
def roomy(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """Return a server of one process that takes so many uploads."""
    size = {"VITRINE_WORKERS": "1", "VITRINE_UPLOAD_SLOTS": "60", "VITRINE_THREADS": "70"}
    bounds = SHORT_BOUNDS | size | {"VITRINE_CLIENT_SILENCE_SECONDS": "60"}
    with environment(request.param) as variables:
        place = tmp_path_factory.mktemp("roomy")
        with open_site(place, store=request.param, **bounds, **variables) as running:
            yield running


def memory(site: Site, kind: str) -> int:
    """Return the bytes of *kind* that the worker has, as the kernel counts them."""
    status = Path(f"/proc/{site.server.workers[0]}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith(f"{kind}:"))
    return int(line.split()[1]) * 1024


def warm_up(site: Site) -> None:
    """Let the server do once what it will do."""
    assert site.put(site.create_image(), CONTENT).status == 204


def test_uploads_at_once_hold_a_window_each(roomy: Site) -> None:
    warm_up(roomy)
    base = memory(roomy, "VmRSS")
    images = [roomy.create_image() for _ in range(UPLOADS)]

    with ExitStack() as opened:
        wires = [opened.enter_context(roomy.wire()) for _ in images]
        for wire, image in zip(wires, images, strict=True):
            wire.send(roomy.put_head(image), chunk(CONTENT))
        held = memory(roomy, "VmRSS") - base

    assert held < UPLOADS * HELD[roomy.store]


def test_uploads_at_once_end_whole_within_a_limit(roomy: Site) -> None:
    warm_up(roomy)
    most = memory(roomy, "VmSize") + ARENAS + UPLOADS * (HELD[roomy.store] + STACKS)
    images = [roomy.create_image() for _ in range(UPLOADS)]
    worker = roomy.server.workers[0]
    resource.prlimit(worker, resource.RLIMIT_AS, (most, most))

    with ExitStack() as opened:
        wires = [opened.enter_context(roomy.wire()) for _ in images]
        for wire, image in zip(wires, images, strict=True):
            wire.send(roomy.put_head(image, Content_Length=SENT), CONTENT[: SENT - 1])
        for wire in wires:
            wire.send(CONTENT[SENT - 1 :])
        statuses = [wire.answer().status for wire in wires]

    assert statuses == [204] * UPLOADS
    assert roomy.server.workers == [worker]
