"""Through the nginx site that is shipped: it and the service agree on where a request ends."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.proxy import proxied
from tests.faults.site import MIB, Site, noise, on_files
from tests.faults.test_framing import MALFORMED, SMUGGLING, smuggle
from tests.faults.wire import LAST_CHUNK

LENIENT = {"bare line feed"}
"""nginx takes it for the end of a line, and what it tells the service nobody misreads."""
DROPPED = {"bad trailer", "framing as a trailer"}
"""Trailers end at nginx."""


@pytest.fixture(scope="module")
def behind(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Return the server as its clients see it through the proxy."""
    with proxied(site, tmp_path_factory.mktemp("nginx")) as seen:
        yield seen


pytestmark = on_files


@pytest.mark.parametrize("name", sorted(SMUGGLING.keys() - LENIENT))
def test_hidden_request_never_runs(behind: Site, name: str) -> None:
    with behind.wire() as wire:
        image, status = smuggle(behind, wire, SMUGGLING[name])

    assert status in {400, 501}
    assert behind.image(image)["status"] == "queued"


@pytest.mark.parametrize("name", sorted(MALFORMED.keys() - DROPPED))
def test_malformed_chunk_is_refused_and_undone(behind: Site, name: str) -> None:
    image = behind.create_image()

    with behind.uploading(image, noise(5 * MIB), "chunked") as wire:
        wire.send(MALFORMED[name])
        status = wire.ending()

    assert status in {400, 408, None}
    behind.assert_undone(image)


@pytest.mark.parametrize("how", ["reset", "half"])
@pytest.mark.parametrize("framing", ["length", "chunked"])
def test_upload_is_undone_when_its_client_leaves(behind: Site, framing: str, how: str) -> None:
    image = behind.create_image()

    with behind.uploading(image, noise(5 * MIB), framing) as wire:
        wire.break_off(how)

    behind.assert_undone(image)


def test_size_over_quota_is_refused_before_a_byte(behind: Site) -> None:
    image = behind.create_image()

    with behind.wire() as wire:
        wire.send(behind.put_head(image, Content_Length=1 << 50))
        status = wire.answer().status

    assert status == 413
    behind.assert_undone(image, times=0)


def test_chunks_pass_through_as_they_come(behind: Site) -> None:
    image = behind.create_image()
    content = noise(5 * MIB)

    with behind.uploading(image, content, "chunked") as wire:
        assert behind.image(image)["status"] == "saving"
        wire.send(LAST_CHUNK)
        assert wire.answer().status == 204

    behind.assert_whole(image, content)
