from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from images.lifecycle.members import share_image
from tests.conftest import OTHER, THIRD

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from images.actors import Actor
    from images.models import Image


def answers(image: Image) -> dict[str, str]:
    """Return the projects with which *image* is shared, and their answers."""
    return {member.project: member.status for member in image.members.all()}


@pytest.mark.parametrize("name", ["farm", "Farm", " farm "])
def test_share_with_a_project_by_its_name(
    at_lab: Client, make_active: Callable[..., Image], name: str
) -> None:
    image = make_active()

    answer = at_lab.post(f"/images/{image.pk}/share", {"project": name})

    assert answer["Location"] == f"/images/{image.pk}/share"
    assert answers(image) == {OTHER: "pending"}
    assert "farm" in at_lab.get(f"/images/{image.pk}/sharing").text


@pytest.mark.parametrize("name", ["nowhere", "far", "", OTHER])
def test_an_unknown_name_says_so(
    at_lab: Client, make_active: Callable[..., Image], name: str
) -> None:
    image = make_active()

    answer = at_lab.post(f"/images/{image.pk}/share", {"project": name})

    assert answer.status_code == 400
    assert answers(image) == {}


def test_sharing_twice_says_so(at_lab: Client, make_active: Callable[..., Image]) -> None:
    image = make_active()
    at_lab.post(f"/images/{image.pk}/share", {"project": "farm"})

    answer = at_lab.post(f"/images/{image.pk}/share", {"project": "farm"})

    assert answer.status_code == 409
    assert "already" in answer.text


def test_a_private_image_says_why_it_is_not_shared(
    at_lab: Client, make_active: Callable[..., Image]
) -> None:
    image = make_active(visibility="private")

    page = at_lab.get(f"/images/{image.pk}/share")
    answer = at_lab.post(f"/images/{image.pk}/share", {"project": "farm"})

    assert "Change the visibility" in page.text
    assert answer.status_code == 403


def test_take_a_share_back(at_lab: Client, make_active: Callable[..., Image], owner: Actor) -> None:
    image = make_active()
    share_image(image, actor=owner, project=OTHER)

    at_lab.post(f"/images/{image.pk}/share/{OTHER}")
    taken = answers(image)
    undo = at_lab.get(f"/images/{image.pk}/share").context["frame"].undo
    at_lab.post(undo.action, dict(undo.fields))

    assert (taken, answers(image)) == ({}, {OTHER: "pending"})


def test_a_member_sees_its_own_share_alone(
    at_farm: Client, make_active: Callable[..., Image], owner: Actor
) -> None:
    image = make_active()
    share_image(image, actor=owner, project=OTHER)
    share_image(image, actor=owner, project=THIRD)

    page = at_farm.get(f"/images/{image.pk}/sharing")

    assert [member.project for member in page.context["members"]] == [OTHER]
