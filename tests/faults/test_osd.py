"""The cluster's only storage daemon dies, or freezes, in the middle of an upload."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from tests.faults.site import MIB, Site, eventually, noise, on_rbd
from tests.faults.test_resuming import begin, go_on, offset_of, patch, piece_head
from tests.faults.test_slow import probe
from tests.live import ROOT

pytestmark = on_rbd
RECOVERY_SECONDS = 60


def scripts_ceph(act: str) -> None:
    """Kill, start, stop (freeze) or continue the storage daemon of the tests' own cluster."""
    names = ("DIR", "POOL")
    place = {f"VITRINE_CEPH_{name}": os.environ[f"VITRINE_TEST_CEPH_{name}"] for name in names}
    command = ["scripts/ceph", "osd", act]
    subprocess.run(command, cwd=ROOT, env=os.environ | place, check=True, timeout=60)


@pytest.fixture
def osd() -> Iterator[Callable[[str], None]]:
    """Return what acts on the storage daemon; in the end it runs again."""
    yield scripts_ceph
    with suppress(subprocess.CalledProcessError):  # it is dead
        scripts_ceph("cont")
    scripts_ceph("start")


def test_upload_outlives_a_killed_osd(site: Site, osd: Callable[[str], None]) -> None:
    image, content = site.create_image(), noise(20 * MIB)

    with site.uploading(image, content) as wire:
        osd("kill")
        wire.send_aside(content)
        osd("start")
        status = wire.answer().status

    assert status == 204
    site.assert_whole(image, content * 2)


def test_upload_waits_for_an_osd_that_is_frozen_for_a_moment(
    site: Site, osd: Callable[[str], None]
) -> None:
    image, content = site.create_image(), noise(20 * MIB)

    with site.uploading(image, content) as wire:
        osd("stop")
        wire.send_aside(content)
        assert wire.is_silent(3)
        osd("cont")
        status = wire.answer().status

    assert status == 204
    site.assert_whole(image, content * 2)


@pytest.mark.parametrize("point", ["write", "sealed"])
def test_upload_to_a_frozen_osd_ends_with_503(
    site: Site, osd: Callable[[str], None], point: str
) -> None:
    image, content, beside = site.create_image(), noise(40 * MIB), site.create_image()
    reached = site.arm(point, image)

    with site.wire() as wire:
        wire.send_aside(site.put_head(image, Content_Length=len(content)), content)
        eventually(reached.exists)
        osd("stop")
        reached.unlink()
        begin = time.monotonic()
        assert probe(site, 3) < 1
        assert site.put(beside, content, X_Image_Meta_Store="file").status == 204
        answer = wire.answer()

    assert (answer.status, "retry-after" in answer.headers) == (503, True)
    assert time.monotonic() - begin < 30
    assert site.image(image)["status"] == "queued"
    osd("cont")
    with site.reaping():
        site.assert_undone(image, within=RECOVERY_SECONDS)


def test_piece_to_a_frozen_osd_costs_nothing_that_was_confirmed(
    site: Site, osd: Callable[[str], None]
) -> None:
    image, content = site.create_image(), noise(40 * MIB)
    path = begin(site, image, len(content))
    assert patch(site, path, 0, content[:MIB]).status == 204
    reached = site.arm("write", image)

    with site.wire() as wire:
        wire.send_aside(piece_head(site, path, MIB, len(content) - MIB), content[MIB:])
        eventually(reached.exists)
        osd("stop")
        reached.unlink()
        answer = wire.answer()

    assert (answer.status, "retry-after" in answer.headers) == (503, True)
    assert offset_of(site, path) == MIB
    osd("cont")
    go_on(site, path, content)
    site.assert_whole(image, content)
