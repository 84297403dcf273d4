from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from images.models import Event, Image
from tests.conftest import OTHER, PROJECT, actor

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client


def send(browser: Client, act: str, *images: Image, **fields: Any) -> Any:
    """Do *act* to *images*, and return the list that follows."""
    sent = {"act": act, "image": [str(one.pk) for one in images], **fields}
    return browser.post("/images/bulk?status=active", sent, follow=True)


def undo(browser: Client, page: Any) -> Any:
    """Press the button that the *page* offers."""
    offered = page.context["frame"].undo
    fields: dict[str, list[str]] = {}
    for name, value in offered.fields:
        fields.setdefault(name, []).append(value)
    return browser.post(offered.action, fields, follow=True)


def said(page: Any) -> list[str]:
    """Return the messages of the *page*."""
    return [str(message) for message in page.context["messages"]]


def tags(*images: Image) -> list[list[str]]:
    """Return the tags of each of *images*."""
    return [sorted(tag.name for tag in image.tags.all()) for image in images]


def test_a_tag_is_put_on_those_that_lack_it_and_undone(
    at_lab: Client, make_active: Callable[..., Image]
) -> None:
    one, two = make_active(name="one"), make_active(name="two", tags=["lts"])

    page = send(at_lab, "tag", one, two, tag="lts")

    assert page.context["frame"].undo.text == "Tag “lts” put on 1 image."
    assert tags(one, two) == [["lts"], ["lts"]]
    assert said(undo(at_lab, page)) == ["Tag “lts” taken from 1 image."]
    assert tags(one, two) == [[], ["lts"]]


def test_a_tag_is_taken_away_and_undone(at_lab: Client, make_active: Callable[..., Image]) -> None:
    one, two = make_active(tags=["a", "b"]), make_active(tags=["b"])

    page = send(at_lab, "untag", one, two, tag="a")

    assert tags(one, two) == [["b"], ["b"]]
    undo(at_lab, page)
    assert tags(one, two) == [["a", "b"], ["b"]]


def test_each_gets_its_own_visibility_back(
    at_lab: Client, make_active: Callable[..., Image]
) -> None:
    images = [make_active(visibility=how) for how in ("private", "shared", "community")]

    page = send(at_lab, "visibility", *images, visibility="community")
    changed = [Image.objects.get(pk=image.pk).visibility for image in images]
    undo(at_lab, page)

    back = [Image.objects.get(pk=image.pk).visibility for image in images]
    assert changed == ["community"] * 3
    assert back == ["private", "shared", "community"]


def test_data_are_stopped_and_served_again(
    at_lab: Client, make_active: Callable[..., Image]
) -> None:
    one, two = make_active(), make_active()
    at_lab.post(f"/images/{two.pk}/deactivate")

    page = send(at_lab, "deactivate", one, two)
    stopped = [image.current_status() for image in (one, two)]
    undo(at_lab, page)

    assert stopped == ["deactivated"] * 2
    assert [image.current_status() for image in (one, two)] == ["active", "deactivated"]


def test_who_is_refused_is_told_by_name_and_reason(
    at_lab: Client, make_active: Callable[..., Image], make_image: Callable[..., Image]
) -> None:
    good = make_active(name="good")
    foreign = make_active(
        name="foreign", actor=actor(OTHER, "member", "admin"), visibility="public"
    )
    empty = make_image(name="empty")

    page = send(at_lab, "deactivate", good, foreign, empty)

    assert page.context["frame"].undo.text.startswith("1 image deactivated")
    assert said(page) == [
        "Left as it was: empty. The image’s state does not allow this now.",
        "Left as it was: foreign. You are not permitted to deactivate this image.",
    ]
    assert foreign.current_status() == "active"


def test_a_member_makes_nothing_public(at_lab: Client, make_active: Callable[..., Image]) -> None:
    image = make_active(name="ours", visibility="private")

    page = send(at_lab, "visibility", image, visibility="public")

    assert said(page) == ["Left as it was: ours. You are not permitted to publicize this image."]
    assert Image.objects.get().visibility == "private"


def test_what_is_hidden_is_as_gone(at_lab: Client, make_active: Callable[..., Image]) -> None:
    hidden = make_active(actor=actor(OTHER, "member"), visibility="private")

    page = send(at_lab, "deactivate", hidden)

    assert said(page) == ["1 of the images is not there any more, or not yours to see."]
    assert hidden.current_status() == "active"


def test_many_are_deleted_after_a_question(
    at_lab: Client, make_active: Callable[..., Image]
) -> None:
    good, kept = make_active(name="good"), make_active(name="kept", protected=True)

    question = send(at_lab, "delete", good, kept)
    there = Image.objects.count()
    page = send(at_lab, "delete", good, kept, confirmed="on")

    assert "Delete 2 images?" in question.text
    assert there == 2
    assert said(page) == [
        "1 image deleted.",
        "Left as it was: kept. The image is protected against deletion.",
    ]
    assert [image.name for image in Image.objects.all()] == ["kept"]


def test_nothing_to_change_is_said(at_lab: Client, make_active: Callable[..., Image]) -> None:
    image = make_active(tags=["a"])
    before = Event.objects.count()

    page = send(at_lab, "tag", image, tag="a")

    assert said(page) == ["Nothing had to be changed."]
    assert Event.objects.count() == before


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"act": "tag", "tag": "a"}, "Tick at least one image."),
        ({"act": "tag", "image": ["x"], "tag": "a"}, "This is no image’s id."),
        ({"act": "tag", "image": ["{pk}"]}, "Say which tag."),
        ({"act": "visibility", "image": ["{pk}"]}, "Choose a visibility."),
        ({"act": "nonsense", "image": ["{pk}"]}, "nonsense"),
        ({"act": "restore", "image": ["{pk}"], "was": ["x public"]}, "This is no image’s id."),
        ({"act": "tag", "tag": "a", "image": [f"{n:032x}" for n in range(51)]}, "50 images"),
    ],
)
def test_what_is_wrong_is_told_on_the_list_and_ticks_stay(
    at_lab: Client, make_active: Callable[..., Image], sent: dict[str, Any], told: str
) -> None:
    pk = str(make_active().pk)
    sent["image"] = [one.replace("{pk}", pk) for one in sent.get("image", [])]

    page = at_lab.post("/images/bulk?status=active", sent)

    assert page.status_code == 400
    assert told in page.text
    assert (f'aria-labelledby="tick-word open-{pk}"\n           checked>' in page.text) == (
        sent["image"] == [pk]
    )


def test_one_comes_back_to_the_same_list(at_lab: Client, make_active: Callable[..., Image]) -> None:
    sent = {"act": "deactivate", "image": [str(make_active().pk)]}

    answer = at_lab.post("/images/bulk?q=a&next=//evil.example", sent)

    assert answer["Location"] == "/?q=a&next=%2F%2Fevil.example"
    assert at_lab.get("/images/bulk?q=a")["Location"] == "/?q=a"


def test_a_wrong_token_does_nothing(
    sign_in: Callable[..., Client], make_active: Callable[..., Image]
) -> None:
    image = make_active()
    strict = sign_in(PROJECT, enforce_csrf_checks=True)

    assert send(strict, "deactivate", image).status_code == 403
    assert image.current_status() == "active"


def test_many_go_to_the_trash_without_a_question_and_come_back(
    at_lab: Client, make_active: Callable[..., Image]
) -> None:
    one, two = make_active(name="one"), make_active(name="two")
    kept = make_active(name="kept", protected=True)
    button = 'value="trash"' in at_lab.get("/").text

    page = send(at_lab, "trash", one, two, kept)
    there = sorted(image.name or "" for image in Image.objects.all())
    back = undo(at_lab, page)

    assert button
    assert page.context["frame"].undo.text == "2 images moved to the trash."
    assert said(page) == ["Left as it was: kept. The image is protected against deletion."]
    assert there == ["kept"]
    assert said(back) == ["Restored 2 images."]
    assert Image.objects.count() == 3


@pytest.mark.parametrize("act", ["tag", "trash"])
def test_undo_leads_back_to_what_was_listed(
    at_lab: Client, make_active: Callable[..., Image], act: str
) -> None:
    page = send(at_lab, act, make_active(name="one"), tag="lts")

    assert undo(at_lab, page).redirect_chain == [("/?status=active", 302)]
