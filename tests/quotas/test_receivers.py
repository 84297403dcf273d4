from __future__ import annotations

from typing import Any

import pytest

from images.actors import Actor
from images.errors import OverQuota
from images.lifecycle.changes import Change, Op
from images.lifecycle.data import receiving
from images.lifecycle.images import create_image, delete_image, update_image
from quotas.limits import set_limit
from quotas.models import Resource, Usage
from tests.conftest import OTHER, PROJECT, MakeImage

pytestmark = pytest.mark.django_db


def bill(project: str) -> tuple[int, int, int]:
    usage = Usage.objects.get(project=project)
    return usage.images, usage.used, usage.reserved


def test_owner_pays_not_who_acts(admin: Actor) -> None:
    image = create_image(
        {"owner": OTHER, "disk_format": "raw", "container_format": "bare"}, actor=admin
    )
    with receiving(image, actor=admin) as session:
        session.fill([b"12345"])

    assert (bill(OTHER), Usage.objects.filter(project=admin.project).count()) == ((1, 5, 0), 0)


def test_image_of_nobody_is_billed_to_the_empty_name(admin: Actor) -> None:
    image = create_image({"owner": None}, actor=admin)
    assert bill("") == (1, 0, 0)

    delete_image(image, actor=admin)

    assert bill("") == (0, 0, 0)


def test_upload_without_a_declared_size_may_end_above_the_limit_once(
    make_image: MakeImage, owner: Actor, settings: Any
) -> None:
    settings.QUOTA_OVERDRAFT = 10
    set_limit(PROJECT, Resource.IMAGE_SIZE_TOTAL, 5)
    for content in (b"12345", b"12345"):
        with receiving(make_image(), actor=owner) as session:
            session.fill([content])

    with pytest.raises(OverQuota), receiving(make_image(), actor=owner):
        pytest.fail("The upload was opened.")

    assert bill(PROJECT) == (3, 10, 0)


def test_image_that_is_given_away_while_its_bytes_flow_is_billed_to_the_new_owner(
    make_image: MakeImage, owner: Actor, admin: Actor
) -> None:
    set_limit(PROJECT, Resource.IMAGE_SIZE_TOTAL, 1000)
    set_limit(OTHER, Resource.IMAGE_SIZE_TOTAL, 1000)
    image = make_image()

    with receiving(image, actor=owner) as session:
        session.write(b"12345")
        update_image(image, [Change(Op.SET, "owner", OTHER)], actor=admin)
        session.fill([b"67890"])

    assert (bill(PROJECT), bill(OTHER)) == ((0, 0, 0), (1, 10, 0))


def test_upload_that_breaks_after_the_image_was_given_away_releases(
    make_image: MakeImage, owner: Actor, admin: Actor
) -> None:
    image = make_image()

    with receiving(image, actor=owner, size=10):
        update_image(image, [Change(Op.SET, "owner", OTHER)], actor=admin)
        assert (bill(PROJECT), bill(OTHER)) == ((0, 0, 0), (1, 0, 10))

    assert (bill(PROJECT), bill(OTHER)) == ((0, 0, 0), (1, 0, 0))
