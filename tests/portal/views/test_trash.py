from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from images.lifecycle.trash import restore_image, trash_image
from images.models import Event, Image, Trashed
from portal.lists import keyset
from stores.registry import get_store
from tests.conftest import OTHER, PROJECT

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from images.actors import Actor

pytestmark = pytest.mark.django_db


def words(answer: Any) -> str:
    """Return what stands on a page, without its tags."""
    main = re.search(r"<main.*</main>", answer.text, re.DOTALL)
    assert main
    return " ".join(re.sub(r"<[^>]+>", " ", main[0]).split())


def lying() -> list[str | None]:
    """Return the names of what lies in the trash, the newest first."""
    return [one.image.name for one in Trashed.objects.in_order().select_related("image")]


@pytest.fixture
def three(make_active: Callable[..., Image], owner: Actor) -> list[Image]:
    """Three images in the trash, the last since just now."""
    images = [make_active(name=name) for name in ("one", "two", "three")]
    for minutes, image in zip((2, 1, 0), images, strict=True):
        trash_image(image, actor=owner)
        when = timezone.now() - timedelta(minutes=minutes)
        Trashed.objects.filter(image=image).update(trashed_at=when)
    return images


def test_image_is_moved_without_a_question_and_undone(
    at_lab: Client, make_active: Callable[..., Image]
) -> None:
    image = make_active(name="disk")
    button = at_lab.get(f"/images/{image.pk}").text

    answer = at_lab.post(f"/images/{image.pk}/delete")
    offered = at_lab.get("/").context["frame"].undo
    moved = lying()
    back = at_lab.post(offered.action, dict(offered.fields))

    assert "Move to the trash" in button
    assert (answer["Location"], moved) == ("/", ["disk"])
    assert offered.text.startswith("Moved to the trash: disk. It can be restored there until ")
    assert back["Location"] == f"/images/{image.pk}"
    assert (lying(), image.current_status()) == ([], "active")


def test_question_without_a_script_says_what_happens(
    at_lab: Client, make_active: Callable[..., Image]
) -> None:
    said = words(at_lab.get(f"/images/{make_active(name='disk').pk}/delete"))

    assert "Move disk to the trash?" in said
    assert "For 7 days it can be restored from the trash as it was" in said


def test_upload_under_way_is_never_deleted_without_a_question(
    at_lab: Client, make_image: Callable[..., Image]
) -> None:
    image = make_image(name="coming")
    Image.objects.filter(pk=image.pk).update(status="saving")

    asked = at_lab.post(f"/images/{image.pk}/delete")
    there = image.current_status()
    at_lab.post(f"/images/{image.pk}/delete", {"confirmed": "yes"})

    assert "Delete coming?" in words(asked)
    assert (there, image.current_status(), lying()) == ("saving", "deleted", [])


def test_what_is_to_go_for_good_at_once_is_asked_for(
    at_lab: Client, make_image: Callable[..., Image]
) -> None:
    image = make_image()
    question = at_lab.post(f"/images/{image.pk}/delete?now")
    there = image.current_status()

    at_lab.post(f"/images/{image.pk}/delete?now", {"confirmed": "yes"})

    assert "This cannot be undone" in words(question)
    assert (there, image.current_status(), lying()) == ("queued", "deleted", [])


def test_page_says_who_when_how_much_and_how_long(
    at_lab: Client, make_active: Callable[..., Image]
) -> None:
    image = make_active(name="disk")
    at_lab.post(f"/images/{image.pk}/delete")
    Trashed.objects.update(trashed_at=timezone.now() - timedelta(days=2, hours=1))

    said = words(at_lab.get("/trash"))

    assert "disk 10 B member of lab 2 days ago Days left: 5 days Restore Delete now" in said


@pytest.mark.parametrize(("tried", "said"), [(None, "removed soon"), (1, "still in use")])
def test_page_says_why_something_is_still_there(
    at_lab: Client, three: list[Image], tried: int | None, said: str
) -> None:
    ago = timezone.now() - timedelta(days=8)
    Trashed.objects.update(trashed_at=ago, tried_at=ago if tried else None)

    assert said in words(at_lab.get("/trash"))


def test_empty_trash_says_so(at_lab: Client) -> None:
    assert "Trash is empty." in words(at_lab.get("/trash"))


def test_ticked_ones_are_restored_together(at_lab: Client, three: list[Image]) -> None:
    ticked = {"image": [three[0].pk, three[1].pk], "next": "/trash?after=x"}

    answer = at_lab.post("/trash/restore", ticked)

    assert (answer["Location"], lying()) == ("/trash?after=x", ["three"])
    assert "Restored 2 images." in words(at_lab.get("/trash"))


def test_the_button_of_a_row_is_for_that_row_alone(at_lab: Client, three: list[Image]) -> None:
    at_lab.post("/trash/restore", {"image": [three[0].pk], "only": three[2].pk})

    assert lying() == ["two", "one"]


def test_purge_asks_by_name_size_and_who_is_affected(
    at_lab: Client, make_active: Callable[..., Image], owner: Actor
) -> None:
    image = make_active(name="disk", visibility="shared")
    image.members.create(project=OTHER)
    trash_image(image, actor=owner)

    asked = at_lab.post("/trash/purge", {"only": image.pk})
    there = lying()
    answer = at_lab.post("/trash/purge", {"image": image.pk, "confirmed": "yes"})

    said = words(asked)
    assert "Delete disk for good?" in said
    assert "10 B" in said
    assert "1 other project, with which it was shared." in said
    assert (there, lying(), answer["Location"]) == (["disk"], [], "/trash")
    assert Event.objects.latest("pk").kind == "image.delete"
    assert "Deleted for good: disk." in words(at_lab.get("/trash"))


def test_a_refusal_of_one_keeps_no_other_from_it(at_lab: Client, three: list[Image]) -> None:
    get_store().pin(str(three[0].pk))  # type: ignore[attr-defined] # a memory store's
    chosen = {"image": [image.pk for image in three], "confirmed": "yes"}

    at_lab.post("/trash/purge", chosen)

    assert lying() == ["one"]
    said = words(at_lab.get("/trash"))
    assert "one: Something was cloned from this image, and depends on its bytes." in said
    assert "Deleted 2 images for good." in said


@pytest.mark.parametrize(
    ("sent", "said"),
    [({}, "Choose an image first."), ({"only": "x"}, "That lies in the trash no more.")],
)
@pytest.mark.parametrize("path", ["/trash/restore", "/trash/purge"])
def test_nothing_chosen_is_told(at_lab: Client, path: str, sent: dict[str, str], said: str) -> None:
    answer = at_lab.post(path, sent, follow=True)

    assert said in words(answer)


def test_who_was_slower_is_told(at_lab: Client, three: list[Image], owner: Actor) -> None:
    restore_image(three[0], actor=owner)

    answer = at_lab.post("/trash/purge", {"image": three[0].pk, "confirmed": "yes"}, follow=True)

    assert "That lies in the trash no more." in words(answer)
    assert three[0].current_status() == "active"


def test_readers_look_and_strangers_see_nothing(
    at_lab_reader: Client, at_shop: Client, three: list[Image]
) -> None:
    page = at_lab_reader.get("/trash")
    refused = at_lab_reader.post("/trash/purge", {"image": three[0].pk})
    at_lab_reader.post("/trash/restore", {"image": three[0].pk})
    at_shop.post("/trash/purge", {"image": three[0].pk, "confirmed": "yes"})

    assert [image.name in words(page) for image in three if image.name] == [True] * 3
    assert "Delete now" not in words(page)
    assert (refused.status_code, lying()) == (403, ["three", "two", "one"])
    assert "Trash is empty." in words(at_shop.get("/trash"))


def test_operators_see_the_trash_of_all_and_of_one(
    administrator: Client, three: list[Image], make_image: Callable[..., Image], admin: Actor
) -> None:
    theirs = make_image(name="harvest", owner=OTHER, actor=admin)
    trash_image(theirs, actor=admin)

    pages = [
        words(administrator.get(f"/trash{query}")) for query in ("", "?all=1", f"?project={OTHER}")
    ]

    assert [("harvest" in page, "two" in page) for page in pages] == [
        (False, True),
        (True, True),
        (True, False),
    ]
    assert "Trash of farm" in pages[2]
    assert "harvest farm" in pages[1]


def test_others_ask_for_all_in_vain(at_shop: Client, three: list[Image]) -> None:
    for query in ("?all=1", f"?project={PROJECT}"):
        assert "Trash is empty." in words(at_shop.get(f"/trash{query}"))


def test_pages_go_on_and_back(
    at_lab: Client, three: list[Image], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyset, "PAGE", 2)

    first = at_lab.get("/trash").context["listing"]
    second = at_lab.get(f"/trash?after={first.page.last}").context["listing"]
    again = at_lab.get(f"/trash?before={second.page.first}").context["listing"]
    lost = at_lab.get("/trash?after=00000000-0000-4000-8000-000000000000").context["listing"]

    names = [[row.image.name for row in one.rows] for one in (first, second, again, lost)]
    assert names == [["three", "two"], ["one"], ["three", "two"], ["three", "two"]]
    assert [(one.page.has_previous, one.page.has_next) for one in (first, second, again)] == [
        (False, True),
        (True, False),
        (False, True),
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_page_takes_a_constant_number_of_queries(
    at_lab: Client,
    make_image: Callable[..., Image],
    owner: Actor,
    count: int,
    django_assert_num_queries: Callable[..., Any],
) -> None:
    for _ in range(count):
        trash_image(make_image(), actor=owner)
    at_lab.get("/trash")

    with django_assert_num_queries(8):
        at_lab.get("/trash")


def test_forms_lead_nowhere_else(at_lab: Client, three: list[Image]) -> None:
    answer = at_lab.post("/trash/restore", {"only": three[0].pk, "next": "//evil.example/"})

    assert answer["Location"] == "/"
