"""The shipped bounds: a minute from a death to a clean store, half a minute of silence."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from tests.faults.conftest import environment
from tests.faults.site import MIB, Site, noise, open_site
from tests.faults.test_kills import kill, stopped_upload

pytestmark = [pytest.mark.soak, pytest.mark.timeout(300)]
INTERVAL = 30
REAPED_SECONDS = 60 + 5


@pytest.fixture(scope="module", params=["file", pytest.param("rbd", marks=pytest.mark.ceph)])
def shipped(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """Return a server whose bounds nobody shortened."""
    with environment(request.param) as variables:
        place = tmp_path_factory.mktemp("shipped")
        with open_site(place, store=request.param, **variables) as running:
            yield running


def test_upload_of_a_killed_worker_is_reaped_in_a_minute(shipped: Site) -> None:
    with shipped.reaping(every=INTERVAL), shipped.wire() as wire:
        image, reached = stopped_upload(shipped, "write", noise(9 * MIB), wire)
        kill([reached])

        shipped.assert_undone(image, within=REAPED_SECONDS)


def test_silent_client_is_cut_after_half_a_minute(shipped: Site) -> None:
    image = shipped.create_image()

    with shipped.uploading(image, noise(5 * MIB)) as wire:
        begin = time.monotonic()
        wire.socket.settimeout(40)
        status = wire.ending()

    assert status in {408, None}
    assert 28 < time.monotonic() - begin < 35
    shipped.assert_undone(image)
