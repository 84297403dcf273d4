"""Sizes that are declared, and are not true or not allowed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.faults.site import MIB, NEW_MEMBER, Site, noise, on_files
from tests.faults.wire import LAST_CHUNK, chunk

LIMIT = 8 * MIB
NONSENSE = ["-10", "ten", str(2**70), "10.0", "+10", "0x10", "1e1", "1_0", "\xd9\xa5", "10, 10"]


@pytest.fixture(scope="module")
def limited(site: Site) -> Site:
    """Return the site as a member of another project sees it, which may have 8 MiB."""
    project, token = site.server.run(NEW_MEMBER.format(name="small")).split()
    site.server.manage("set_limit", project, f"image_size_total={LIMIT}")
    return replace(site, project=project, token=token)


@on_files
@pytest.mark.parametrize("size", NONSENSE)
def test_size_that_is_no_number_is_refused(site: Site, size: str) -> None:
    image = site.create_image()

    answer = site.put(image, noise(10), X_OpenStack_Image_Size=size)

    assert answer.status == 400
    site.assert_undone(image, times=0)


@pytest.mark.parametrize("size", [5, 15])
@pytest.mark.parametrize("framing", ["length", "chunked"])
def test_size_that_is_not_true_is_refused(site: Site, size: int, framing: str) -> None:
    image = site.create_image()
    length = {"Content_Length": 10} if framing == "length" else {}
    body = noise(10) if framing == "length" else chunk(noise(10)) + LAST_CHUNK

    with site.wire() as wire:
        wire.send(site.put_head(image, X_OpenStack_Image_Size=size, **length), body)
        status = wire.answer().status

    assert status == 400
    site.assert_undone(image, times=site.events(image).count("image.prepare"))


def test_body_cut_at_another_declared_size_is_not_whole(site: Site) -> None:
    image = site.create_image()

    with site.wire() as wire:
        wire.send(site.put_head(image, X_OpenStack_Image_Size=5, Content_Length=10), noise(5))
        wire.break_off("half")
        status = wire.ending()

    assert status in {400, None}
    site.assert_undone(image, times=site.events(image).count("image.prepare"))


@pytest.mark.parametrize("header", ["X_OpenStack_Image_Size", "Content_Length"])
def test_largest_number_is_refused_by_name(site: Site, header: str) -> None:
    image = site.create_image()

    with site.uploading(site.create_image(), noise(5 * MIB)), site.wire() as wire:
        wire.send(site.put_head(image, **{"Content_Length": 2**63 - 1, header: 2**63 - 1}))
        status = wire.answer().status

    assert status == 413


def test_image_without_bytes_is_whole(site: Site) -> None:
    image = site.create_image()

    assert site.put(image, b"").status == 204

    site.assert_whole(image, b"")


def test_declared_size_over_quota_is_refused_before_a_byte(limited: Site) -> None:
    image = limited.create_image()

    with limited.wire() as wire:
        wire.send(limited.put_head(image, Content_Length=LIMIT + 1))
        answer = wire.answer()

        assert answer.status == 413
        assert answer.headers["connection"] == "close"
        assert wire.is_closed()
    limited.assert_undone(image, times=0)


def test_client_that_sends_all_before_it_reads_hears_why(limited: Site) -> None:
    image = limited.create_image()

    with limited.wire() as wire:
        wire.send(limited.put_head(image, Content_Length=LIMIT + 1), bytes(LIMIT + 1))
        status = wire.answer().status

    assert status == 413


def test_true_size_over_quota_is_refused_and_undone(limited: Site) -> None:
    image = limited.create_image()

    with limited.wire() as wire:
        wire.send(limited.put_head(image), *[chunk(noise(MIB))] * 10, LAST_CHUNK)
        status = wire.answer().status

    assert status == 413
    limited.assert_undone(image)
