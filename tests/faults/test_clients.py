"""Clients that leave, fall silent or lie in the middle of an upload."""

from __future__ import annotations

import time

import pytest

from tests.faults.site import MIB, SILENCE, Site, noise
from tests.faults.wire import LAST_CHUNK, chunk

FRAMINGS = ["length", "chunked"]


@pytest.mark.parametrize("framing", FRAMINGS)
@pytest.mark.parametrize("how", ["close", "reset", "half"])
def test_upload_is_undone_when_its_client_leaves(site: Site, how: str, framing: str) -> None:
    image = site.create_image()

    with site.uploading(image, noise(5 * MIB), framing) as wire:
        wire.break_off(how)
        status = wire.ending() if how == "half" else None

    assert status in {400, None}
    site.assert_undone(image)


def test_chunked_body_without_its_last_chunk_is_never_whole(site: Site) -> None:
    image = site.create_image()

    with site.wire() as wire:
        wire.send(site.put_head(image), chunk(noise(1000)))
        wire.break_off("half")
        status = wire.ending()

    assert status in {400, None}
    site.assert_undone(image)


@pytest.mark.parametrize("framing", FRAMINGS)
def test_silent_client_is_cut_while_others_are_served(site: Site, framing: str) -> None:
    image = site.create_image()

    with site.uploading(image, noise(5 * MIB), framing) as wire:
        begin = time.monotonic()
        assert site.image(image)["status"] == "saving"
        status = wire.ending()

    assert status in {408, None}
    assert time.monotonic() - begin < SILENCE + 3
    site.assert_undone(image)


def test_two_uploads_pass_on_one_connection(site: Site) -> None:
    first, second = site.create_image(), site.create_image()
    content = noise(MIB)

    with site.wire() as wire:
        wire.send(site.put_head(first), chunk(content), LAST_CHUNK)
        assert wire.answer().status == 204
        wire.send(site.put_head(second, Content_Length=len(content)), content)
        assert wire.answer().status == 204

    site.assert_whole(first, content)
    site.assert_whole(second, content)
