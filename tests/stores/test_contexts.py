"""Hashes that are written down and go on, perhaps elsewhere."""

from __future__ import annotations

import hashlib
import os

import pytest

from stores.contexts import KINDS, Context


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("cut", [0, 1, 63, 64, 127, 128, 1000, 4095])
def test_a_hash_goes_on_from_its_state(name: str, cut: int) -> None:
    content = os.urandom(4095)
    first = Context(name)
    first.update(content[:cut])

    then = Context(name, first.state())
    then.update(content[cut:])

    assert first.hexdigest() == hashlib.new(name, content[:cut]).hexdigest()
    assert then.hexdigest() == hashlib.new(name, content).hexdigest()
    assert then.hexdigest() == then.hexdigest()


@pytest.mark.parametrize("name", KINDS)
def test_what_is_no_state_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="bytes, not"):
        Context(name, b"short")


def test_an_algorithm_that_is_not_there_is_refused() -> None:
    with pytest.raises(KeyError):
        Context("sha1")
