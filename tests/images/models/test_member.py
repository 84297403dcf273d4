from __future__ import annotations

import pytest
from django.db import IntegrityError
from django.db.models import Exists

from images.models import Image, Member
from tests.conftest import OTHER, MakeImage

pytestmark = pytest.mark.django_db


def test_image_is_shared_with_a_project_once(make_image: MakeImage) -> None:
    image = make_image()
    Member.objects.create(image=image, project=OTHER)

    with pytest.raises(IntegrityError):
        Member.objects.create(image=image, project=OTHER)


@pytest.mark.parametrize(
    ("status", "count"), [("accepted", 1), ("pending", 0), ("rejected", 0), ("all", 1)]
)
def test_answered_counts_the_answer_asked_for(
    make_image: MakeImage, status: str, count: int
) -> None:
    Member.objects.create(image=make_image(), project=OTHER, status="accepted")

    found = Image.objects.filter(Exists(Member.answered(OTHER, status)))
    assert found.count() == count
