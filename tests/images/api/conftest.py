"""Doors to the Image API, named for who stands at them."""

from __future__ import annotations

import pytest

from images.actors import Actor
from tests.images.api.door import Door


@pytest.fixture
def at_owner(owner: Actor) -> Door:
    return Door(owner)
