from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from images.lifecycle.members import share_image, unshare_image
from tests.conftest import OTHER
from tests.portal.views.test_sharing import answers

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

    from images.actors import Actor
    from images.models import Image


@pytest.fixture
def image(make_active: Callable[..., Image], owner: Actor) -> Image:
    """Return an image that waits for the farm's answer."""
    image = make_active(name="debian")
    share_image(image, actor=owner, project=OTHER)
    return image


def sections(client: Client) -> dict[str, list[str]]:
    """Return the names under each title of the inbox."""
    shown = client.get("/inbox").context["sections"]
    return {str(title): [str(one.image) for one in shares] for title, shares in shown}


@pytest.mark.parametrize(("answer", "title"), [("accepted", "Accepted"), ("rejected", "Rejected")])
def test_an_answer_moves_the_share_and_can_be_undone(
    at_farm: Client, image: Image, answer: str, title: str
) -> None:
    before = sections(at_farm)
    at_farm.post(f"/inbox/{image.pk}", {"answer": answer})

    listed = bool(at_farm.get("/").context["listing"].images)
    undo = at_farm.get("/inbox").context["frame"].undo
    after = sections(at_farm)
    at_farm.post(undo.action, dict(undo.fields))

    assert (before, after) == ({"To answer": ["debian"]}, {title: ["debian"]})
    assert listed == (answer == "accepted")
    assert (sections(at_farm), answers(image)) == (before, {OTHER: "pending"})


def test_an_answer_given_twice_is_undone_to_what_was_before_the_first(
    at_farm: Client, image: Image
) -> None:
    for _ in range(2):
        at_farm.post(f"/inbox/{image.pk}", {"answer": "accepted"})

    undo = at_farm.get("/inbox").context["frame"].undo

    assert undo.fields == [("answer", "pending")]


def test_three_answers_have_three_sections(
    at_farm: Client, make_active: Callable[..., Image], owner: Actor
) -> None:
    for answer in ("accepted", "rejected", "pending"):
        image = make_active(name=answer)
        share_image(image, actor=owner, project=OTHER)
        at_farm.post(f"/inbox/{image.pk}", {"answer": answer})

    expected = {"To answer": ["pending"], "Accepted": ["accepted"], "Rejected": ["rejected"]}
    assert list(sections(at_farm).items()) == list(expected.items())


def test_the_header_counts_what_waits(at_farm: Client, image: Image) -> None:
    before = at_farm.get("/").context["frame"].pending
    at_farm.post(f"/inbox/{image.pk}", {"answer": "accepted"})

    assert (before, at_farm.get("/").context["frame"].pending) == (1, 0)


def test_an_empty_inbox_says_how_it_would_be_filled(at_shop: Client) -> None:
    assert "Nothing is shared with this project." in at_shop.get("/inbox").text


def test_a_reader_sees_who_answers_instead_of_buttons(
    sign_in: Callable[..., Client], image: Image
) -> None:
    page = sign_in(OTHER, "reader").get("/inbox")

    assert "debian" in page.text
    assert "Members and managers of the project answer for it" in page.text
    assert 'name="answer"' not in page.text


def test_an_image_that_is_gone_leaves_the_inbox(
    at_lab: Client, at_farm: Client, image: Image
) -> None:
    at_lab.post(f"/images/{image.pk}/delete")

    assert sections(at_farm) == {}


def test_a_share_taken_back_meanwhile_is_told(at_farm: Client, image: Image, owner: Actor) -> None:
    unshare_image(image, actor=owner, project=OTHER)

    answer = at_farm.post(f"/inbox/{image.pk}", {"answer": "accepted"})

    assert answer.status_code == 404
    assert "it was taken back, or the image was deleted" in answer.text


def test_nobody_answers_for_another(at_shop: Client, at_lab: Client, image: Image) -> None:
    stranger = at_shop.post(f"/inbox/{image.pk}", {"answer": "accepted"})
    sharer = at_lab.post(f"/inbox/{image.pk}", {"answer": "accepted"})

    assert (stranger.status_code, sharer.status_code) == (404, 404)
    assert answers(image) == {OTHER: "pending"}


def test_an_answer_that_is_none_is_refused(at_farm: Client, image: Image) -> None:
    assert at_farm.post(f"/inbox/{image.pk}", {"answer": "maybe"}).status_code == 400


def test_the_image_offers_an_answer_to_its_member_alone(
    at_lab: Client, at_farm: Client, administrator: Client, image: Image
) -> None:
    address = f"/images/{image.pk}/sharing"
    pages = [one.get(address) for one in (at_lab, administrator, at_farm)]

    assert ['name="answer"' in page.text for page in pages] == [False, False, True]


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
