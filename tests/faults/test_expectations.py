"""`Expect: 100-continue`: no byte is asked for that nobody wants."""

from __future__ import annotations

import pytest

from tests.faults.site import MIB, Site, noise
from tests.faults.wire import head

EXPECT = {"Expect": "100-continue"}


def test_bytes_are_asked_for_when_they_are_wanted(site: Site) -> None:
    image = site.create_image()
    content = noise(5 * MIB)

    with site.wire() as wire:
        wire.send(site.put_head(image, Content_Length=len(content), **EXPECT))
        interim = wire.interim()
        wire.send(content)
        status = wire.answer().status

    assert (interim, status) == (b"HTTP/1.1 100 Continue", 204)
    site.assert_whole(image, content)


@pytest.mark.parametrize("case", ["stranger", "absent", "active", "too large", "wrong type"])
def test_refused_upload_asks_for_no_byte(site: Site, case: str) -> None:
    image = site.create_image()
    if case == "active":
        site.put(image, b"")
    path = f"/v2/images/{'0' * 8 + image[8:] if case == 'absent' else image}/file"
    size = 2**50 if case == "too large" else 10
    kind = "text/plain" if case == "wrong type" else "application/octet-stream"
    known = {} if case == "stranger" else {"X-Auth-Token": site.token}
    given = {"Host": "127.0.0.1", "Content-Type": kind, "Content-Length": size, **EXPECT, **known}

    with site.wire() as wire:
        wire.send(head("PUT", path, given))
        answer = wire.answer()
        assert wire.is_closed()

    expected = {"stranger": 401, "absent": 404, "active": 409, "too large": 413, "wrong type": 415}
    assert answer.status == expected[case]
