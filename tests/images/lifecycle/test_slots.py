from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from images.actors import Actor
from images.errors import NoFreeSlot
from images.lifecycle import slots
from images.lifecycle.data import receiving
from images.models import Image
from tests.conftest import MakeImage


@pytest.fixture
def one_slot(settings: Any) -> Iterator[None]:
    """Let this process take one upload at a time."""
    settings.UPLOAD_SLOTS = 1
    slots._slots.cache_clear()
    yield
    slots._slots.cache_clear()


def test_upload_without_a_free_slot_is_refused_and_undone(
    one_slot: None, make_image: MakeImage, owner: Actor
) -> None:
    first, second = make_image(), make_image()

    with receiving(first, actor=owner) as session:
        with pytest.raises(NoFreeSlot), receiving(second, actor=owner):
            pytest.fail("The upload was opened.")
        session.fill([b"x"])

    statuses = {image.pk: image.status for image in Image.objects.all()}
    assert statuses == {first.pk: "active", second.pk: "queued"}


def test_slot_is_free_again_after_an_upload(
    one_slot: None, make_image: MakeImage, owner: Actor
) -> None:
    for _ in range(2):
        with receiving(make_image(), actor=owner) as session:
            session.fill([b"x"])

    assert Image.objects.filter(status="active").count() == 2
