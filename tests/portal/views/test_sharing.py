from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from images.lifecycle.members import share_image
from tests.conftest import OTHER, THIRD

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

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
    assert "farm" in at_lab.get(f"/images/{image.pk}").text


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


@pytest.mark.parametrize("answer", ["accepted", "rejected"])
def test_answer_in_the_inbox(
    at_farm: Client, make_active: Callable[..., Image], owner: Actor, answer: str
) -> None:
    image = make_active(name="debian")
    share_image(image, actor=owner, project=OTHER)

    page = at_farm.get("/inbox")
    at_farm.post(f"/inbox/{image.pk}", {"answer": answer})
    listed = at_farm.get("/").context["listing"].images

    assert "debian" in page.text
    assert answers(image) == {OTHER: answer}
    assert bool(listed) == (answer == "accepted")


def test_the_inbox_counts_what_waits(
    at_farm: Client, make_active: Callable[..., Image], owner: Actor
) -> None:
    share_image(make_active(), actor=owner, project=OTHER)

    assert at_farm.get("/").context["frame"].pending == 1


def test_an_image_that_is_gone_leaves_the_inbox(
    at_lab: Client, at_farm: Client, make_active: Callable[..., Image], owner: Actor
) -> None:
    image = make_active(name="debian")
    share_image(image, actor=owner, project=OTHER)
    at_lab.post(f"/images/{image.pk}/delete")

    assert "debian" not in at_farm.get("/inbox").text


def test_nobody_answers_for_another(
    at_shop: Client, at_lab: Client, make_active: Callable[..., Image], owner: Actor
) -> None:
    image = make_active()
    share_image(image, actor=owner, project=OTHER)

    stranger = at_shop.post(f"/inbox/{image.pk}", {"answer": "accepted"})
    sharer = at_lab.post(f"/inbox/{image.pk}", {"answer": "accepted"})

    assert (stranger.status_code, sharer.status_code) == (404, 404)
    assert answers(image) == {OTHER: "pending"}


def test_an_answer_that_is_none_is_refused(
    at_farm: Client, make_active: Callable[..., Image], owner: Actor
) -> None:
    image = make_active()
    share_image(image, actor=owner, project=OTHER)

    assert at_farm.post(f"/inbox/{image.pk}", {"answer": "maybe"}).status_code == 400


def test_a_member_sees_its_own_share_alone(
    at_farm: Client, make_active: Callable[..., Image], owner: Actor
) -> None:
    image = make_active()
    share_image(image, actor=owner, project=OTHER)
    share_image(image, actor=owner, project=THIRD)

    page = at_farm.get(f"/images/{image.pk}")

    assert [member.project for member in page.context["members"]] == [OTHER]


@pytest.mark.parametrize("count", [1, 3])
def test_inbox_takes_a_constant_number_of_queries(
    at_farm: Client,
    make_active: Callable[..., Image],
    owner: Actor,
    django_assert_num_queries: DjangoAssertNumQueries,
    count: int,
) -> None:
    for _ in range(count):
        share_image(make_active(), actor=owner, project=OTHER)

    with django_assert_num_queries(8):
        at_farm.get("/inbox")
