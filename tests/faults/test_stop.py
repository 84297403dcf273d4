"""A server that is reloaded, and told to stop, in the middle of uploads."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.conftest import environment
from tests.faults.site import MIB, Site, eventually, noise, open_site

GRACE = 3


@pytest.fixture(params=["file", pytest.param("rbd", marks=pytest.mark.ceph)])
def mortal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    """Return a server that a test may stop."""
    with environment(request.param) as variables:
        variables["VITRINE_GRACE_SECONDS"] = str(GRACE)
        with open_site(tmp_path, store=request.param, **variables) as running:
            yield running


def is_running(process: int) -> bool:
    """Tell whether that process is there; the dead whom nobody has buried yet are not."""
    try:
        return ") Z" not in Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return False


def test_reload_breaks_nothing_and_stop_leaves_nothing(mortal: Site) -> None:
    reloaded, finished, broken = [mortal.create_image() for _ in range(3)]
    content = noise(5 * MIB)

    with mortal.uploading(reloaded, content) as wire:
        before = set(mortal.server.workers)
        os.kill(mortal.server.process.pid, signal.SIGHUP)
        eventually(lambda: set(mortal.server.workers) - before)
        wire.send(content)
        assert wire.answer().status == 204
    mortal.assert_whole(reloaded, content * 2)

    with mortal.uploading(finished, content) as first, mortal.uploading(broken, content) as second:
        mortal.server.process.terminate()
        begin = time.monotonic()
        first.send(content)
        assert first.answer().status == 204
        assert second.ending() is None
        mortal.server.process.wait(GRACE + 5)

    assert time.monotonic() - begin > GRACE
    assert [mortal.status(finished), mortal.locations(finished)] == ["active", ["active"]]
    assert [mortal.status(broken), mortal.locations(broken)] == ["queued", []]
    assert mortal.keys(finished) == [finished]
    assert mortal.keys(broken) == []
    assert mortal.events(broken)[-1] == "image.upload_abandoned"
    assert mortal.usage() == (4 * len(content), 0)


@pytest.mark.parametrize("mortal", ["file"], indirect=True)
def test_workers_without_a_master_end_their_requests_and_go(mortal: Site) -> None:
    finished, broken = mortal.create_image(), mortal.create_image()
    content = noise(5 * MIB)
    workers = mortal.server.workers

    with mortal.uploading(finished, content) as first, mortal.uploading(broken, content) as second:
        mortal.server.process.kill()
        first.send(content)
        assert first.answer().status == 204
        assert second.ending() is None
        eventually(lambda: not any(is_running(worker) for worker in workers))

    assert mortal.status(finished) == "active"
    assert [mortal.status(broken), mortal.locations(broken), mortal.keys(broken)] == [
        "queued",
        [],
        [],
    ]
