"""Actors and images that every test may ask for, named for what they are."""

from __future__ import annotations

from collections.abc import Callable
from images.models import Image


import pytest

from images.actors import Actor, with_implied
from images.lifecycle.data import receiving
from images.lifecycle.images import create_image

PROJECT, OTHER, THIRD = "1" * 32, "2" * 32, "3" * 32


def actor(project: str, *roles: str) -> Actor:
    """Return somebody with *roles* in *project*."""
    return Actor(user="u" + project[:31], project=project, roles=with_implied(*roles))


@pytest.fixture
def owner() -> Actor:
    """Somebody who may make images in the project that owns them."""
    return actor(PROJECT, "member")


@pytest.fixture
def reader() -> Actor:
    """Somebody who may only look, in the project that owns the images."""
    return actor(PROJECT, "reader")


@pytest.fixture
def member() -> Actor:
    """Somebody of a project with which images are shared."""
    return actor(OTHER, "member")


@pytest.fixture
def stranger() -> Actor:
    """Somebody of a project that has nothing to do with it."""
    return actor(THIRD, "member")


@pytest.fixture
def admin() -> Actor:
    """The cloud's administrator, in a project of its own."""
    return actor("a" * 32, "admin")


@pytest.fixture
def make_image(db: None, owner: Actor) -> Callable[..., Image]:
    """Return a maker of queued images that data can come to; fields by keyword."""

    def make(**fields: object) -> Image:
        by = fields.pop("actor", owner)
        formats = {"disk_format": "raw", "container_format": "bare"}
        return create_image({**formats, **fields}, actor=by)

    return make


@pytest.fixture
def make_active(make_image: Callable[..., Image], owner: Actor) -> Callable[..., Image]:
    """Return a maker of active images; `content` are their bytes."""

    def make(content: bytes = b"some bytes", **fields: object) -> Image:
        image = make_image(**fields)
        with receiving(image, actor=fields.get("actor", owner), size=len(content)) as session:
            session.fill([content])
        image.refresh_from_db()
        return image

    return make
