"""Many uploads of one image at once, over two processes."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from tests.faults.site import MIB, Site, eventually, noise
from tests.faults.wire import chunk


@pytest.mark.parametrize("size", [60_000, 5 * MIB], ids=["at once", "in two transactions"])
@pytest.mark.parametrize("count", [2, 8, 32])
def test_one_upload_wins_and_the_others_touch_nothing(site: Site, count: int, size: int) -> None:
    image = site.create_image()
    contents = [noise(size) for _ in range(count)]
    barrier = Barrier(count, timeout=60)

    def upload(content: bytes) -> int:
        with site.wire() as wire:
            head = site.put_head(image, Content_Length=len(content))
            barrier.wait()
            wire.send(head + content)
            return wire.answer().status

    with ThreadPoolExecutor(count) as threads:
        statuses = list(threads.map(upload, contents))

    assert sorted(statuses) == [204] + [409] * (count - 1)
    assert site.events(image) == ["image.create", "image.prepare", "image.upload", "image.activate"]
    site.assert_whole(image, contents[statuses.index(204)])


def test_second_upload_leaves_the_first_untouched(site: Site) -> None:
    image = site.create_image()
    content = noise(5 * MIB)

    with site.uploading(image, content) as wire:
        assert site.put(image, noise(10)).status == 409
        wire.send(content)
        assert wire.answer().status == 204

    site.assert_whole(image, content * 2)


def test_upload_ends_when_its_image_is_deleted(site: Site) -> None:
    image = site.create_image()
    content = noise(5 * MIB)

    with site.uploading(image, content) as wire:
        assert site.call("DELETE", f"/v2/images/{image}").status == 204
        wire.send(content)
        assert wire.answer().status in {404, 409, 410}

    eventually(lambda: not site.keys(image) and not site.locations(image), within=5)
    assert site.usage() == (site.active_bytes(), 0)


def test_upload_that_goes_on_hears_soon_that_its_image_is_deleted(site: Site) -> None:
    image = site.create_image()

    with site.uploading(image, noise(5 * MIB), "chunked") as wire:
        assert site.call("DELETE", f"/v2/images/{image}").status == 204
        begin = time.monotonic()
        while wire.is_silent(0.1):
            assert time.monotonic() - begin < 5
            wire.send(chunk(b"and more"))
        assert wire.answer().status in {404, 409, 410}

    eventually(lambda: not site.keys(image) and not site.locations(image), within=5)
    assert site.usage() == (site.active_bytes(), 0)
