"""The two dialects of PATCH."""

from __future__ import annotations

import pytest

from tests.conftest import MakeImage
from tests.images.api.door import Door

pytestmark = [pytest.mark.django_db, pytest.mark.route("PATCH", "/v2/images/{image_id}")]


def test_patch_of_nothing_is_200_with_the_whole_image(
    make_image: MakeImage, owner_door: Door
) -> None:
    image = make_image()

    answer = owner_door.change(image)

    assert (answer.status_code, answer.json()) == (200, owner_door.show(image).json())
