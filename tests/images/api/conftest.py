"""Doors to the Image API, named for who stands at them."""

from __future__ import annotations

import pytest

from images.actors import Actor
from tests.images.api.door import Door


@pytest.fixture
def owner_door(owner: Actor) -> Door:
    return Door(owner)


@pytest.fixture
def reader_door(reader: Actor) -> Door:
    return Door(reader)


@pytest.fixture
def member_door(member: Actor) -> Door:
    return Door(member)


@pytest.fixture
def stranger_door(stranger: Actor) -> Door:
    return Door(stranger)


@pytest.fixture
def admin_door(admin: Actor) -> Door:
    return Door(admin)


@pytest.fixture
def closed_door() -> Door:
    """Return a door at which nobody has logged in."""
    return Door()
