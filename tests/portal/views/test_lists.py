from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from images.models import Image, Location, Upload
from images.models.upload import FINAL, PARTIAL
from images.states import LocationStatus, Status
from portal.identity.actors import OPERATOR
from portal.identity.models import Project, SavedFilter, User
from portal.identity.people import suspend_project
from tests.conftest import OTHER, PROJECT, actor

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_django import DjangoAssertNumQueries


BACKEND = "portal.identity.backends.PeopleBackend"


def names(page: Any) -> list[str]:
    """Return what the list shows, in its order."""
    return [str(row.image) for row in page.context["rows"]]


def chips(page: Any) -> dict[str, str]:
    """Return what narrows the list, each with the address of the list without it."""
    return {f"{chip.label} {chip.value}": chip.rest for chip in page.context["chips"]}


def test_chips_are_taken_off_one_by_one(at_lab: Client) -> None:
    page = at_lab.get("/?q=deb&status=queued&tag=a%26b&tag=c&sort=name:asc&after=")

    assert chips(page) == {
        "Search deb": "/?status=queued&tag=a%26b&tag=c&sort=name%3Aasc",
        "Status queued": "/?q=deb&tag=a%26b&tag=c&sort=name%3Aasc",
        "Tag a&b": "/?q=deb&status=queued&tag=c&sort=name%3Aasc",
        "Tag c": "/?q=deb&status=queued&tag=a%26b&sort=name%3Aasc",
    }


@pytest.mark.parametrize("path", ["/", "/trash", "/images/new", "/images/filters"])
def test_who_is_in_no_project_is_told_what_to_do_about_it(projects: object, path: str) -> None:
    alone = Client(headers={"Accept": "text/html"})
    user = User.objects.create(username="alone")
    alone.force_login(user, backend=BACKEND)

    page = alone.get(path)

    assert page.status_code == 403
    assert "no-store" in page["Cache-Control"]
    assert "You are in no project yet" in page.text


@pytest.mark.parametrize("office", ["is_auditor", "is_superuser"])
def test_who_may_look_everywhere_is_led_to_a_choice(
    projects: dict[str, Project], office: str
) -> None:
    Project.objects.exclude(pk=PROJECT).update(enabled=False)
    offices = {office: True, "is_staff": office == "is_superuser"}
    alone = Client(headers={"Accept": "text/html"})
    alone.force_login(User.objects.create(username="alone", **offices), backend=BACKEND)

    before = alone.get("/")
    alone.post("/accounts/project/", {"project": PROJECT})
    after = alone.get("/")

    assert "Choose a project at the top" in before.text
    assert f'<option value="{PROJECT}" >lab</option>' in before.text
    assert (before.status_code, after.status_code) == (403, 200)
    assert "Choose a project" not in after.text


@pytest.mark.parametrize("path", ["/", "/project", "/inbox"])
def test_who_is_in_a_suspended_project_is_told_so(
    at_lab: Client, projects: dict[str, Project], path: str
) -> None:
    suspend_project(projects[PROJECT], actor=OPERATOR)

    page = at_lab.get(path)

    assert "The project lab is suspended" in page.text
    assert "in no project yet" not in page.text


def test_the_last_chip_leads_to_the_whole_list(at_lab: Client) -> None:
    assert chips(at_lab.get("/?store=memory")) == {"Store memory": "/"}


@pytest.mark.parametrize(("address", "wrong"), [("/", 0), ("/?status=none&q=x", 1)])
def test_a_filter_that_nobody_filled_in_is_not_wrong(
    at_lab: Client, make_image: Callable[..., Image], address: str, wrong: int
) -> None:
    make_image(name="x", owner=PROJECT)

    page = at_lab.get(address).text

    assert page.count('aria-invalid="true"') == wrong


def test_all_tags_are_asked_for(at_lab: Client, make_image: Callable[..., Image]) -> None:
    make_image(name="both", tags=["a", "b"])
    make_image(name="one", tags=["a"])

    assert names(at_lab.get("/?tag=a&tag=b&tag=")) == ["both"]


def test_images_of_one_store_are_found(at_lab: Client, make_active: Callable[..., Image]) -> None:
    make_active(name="here")
    away = make_active(name="away")
    Location.objects.filter(image=away).update(store="attic")

    assert names(at_lab.get("/?store=memory")) == ["here"]
    assert names(at_lab.get("/?store=attic")) == ["away"]
    assert names(at_lab.get("/?store=attic&q=here")) == []


@pytest.mark.parametrize("asked", ["farm", "FARM", OTHER])
def test_images_of_one_owner_are_found_by_name_and_id(
    at_lab: Client, make_image: Callable[..., Image], administrator: Client, asked: str
) -> None:
    make_image(name="ours")
    make_image(name="theirs", actor=actor(OTHER, "member"))

    page = administrator.get(f"/?owner={asked}")

    assert names(page) == ["theirs"]
    assert chips(page) == {"Owner farm": "/"}
    assert names(at_lab.get(f"/?owner={asked}")) == []


def test_no_result_names_the_filter_and_offers_to_take_it_off(
    at_lab: Client, make_image: Callable[..., Image]
) -> None:
    make_image()

    page = at_lab.get("/?q=nothing")

    assert "No image answers to all of this" in page.text
    assert page.text.count("nothing") >= 2
    assert "Show all images" in page.text


@pytest.mark.parametrize("count", [1, 3])
def test_uploads_under_way_cost_one_query_more(
    at_lab: Client,
    make_image: Callable[..., Image],
    django_assert_num_queries: DjangoAssertNumQueries,
    count: int,
) -> None:
    for number in range(count):
        begin(make_image(name=f"image {number}"), size=5 << 30)

    with django_assert_num_queries(8):
        page = at_lab.get("/")

    assert page.text.count('<progress class="arriving"') == count
    assert page.text.count("5.0 GiB") == count
    assert "every 2s" in page.text


def test_the_bar_of_a_resumable_upload_counts_what_the_store_has(
    at_lab: Client, make_image: Callable[..., Image]
) -> None:
    image = make_image()
    attempt = begin(image, size=200)
    for start, concat in ((0, PARTIAL), (100, PARTIAL), (0, f"{FINAL}/uploads/x")):
        piece = {"start": start, "length": 100, "offset": 30, "concat": concat}
        Upload.objects.create(image=image, attempt=attempt.pk, **piece)

    [row] = at_lab.get("/").context["rows"]
    Upload.objects.update(offset=100)
    [late] = at_lab.get("/").context["rows"]

    assert (row.arrival.confirmed, row.arrival.percent) == (60, 30)
    assert (late.arrival.confirmed, late.arrival.percent) == (200, 99)


def begin(image: Image, *, size: int) -> Location:
    """Let data of *size* bytes come in for *image*."""
    Image.objects.filter(pk=image.pk).update(status=Status.SAVING)
    return Location.objects.create(
        image=image, store="memory", key=str(image.pk), status=LocationStatus.WRITING, size=size
    )


def test_a_still_list_is_asked_for_less_often(
    at_lab: Client, make_image: Callable[..., Image]
) -> None:
    make_image()

    assert "every 30s" in at_lab.get("/").text


def test_the_menu_of_a_row_offers_what_the_role_may(
    at_lab: Client, at_lab_reader: Client, make_active: Callable[..., Image]
) -> None:
    make_active(name="ours")
    make_active(name="theirs", actor=actor(OTHER, "member", "admin"), visibility="public")

    offered = [
        {str(row.image): sorted(row.may) for row in page.context["rows"]}
        for page in (at_lab.get("/"), at_lab_reader.get("/"))
    ]

    assert offered == [
        {"ours": ["delete", "download", "modify", "share", "trash"], "theirs": []},
        {"ours": [], "theirs": []},
    ]


def save(browser: Client, name: str, query: str) -> Any:
    """Keep a filter."""
    return browser.post("/images/filters", {"name": name, "query": query})


def test_a_filter_is_saved_in_one_spelling_and_used(at_lab: Client) -> None:
    answer = save(at_lab, "mine", "tag=x&status=&q=deb&after=1&nonsense=1")

    page = at_lab.get(answer["Location"])

    assert answer["Location"] == "/?q=deb&tag=x"
    assert 'aria-current="true">mine</a>' in " ".join(page.text.split())


def test_a_filter_of_that_name_stays_what_it_is(at_lab: Client) -> None:
    save(at_lab, "mine", "q=a")

    answer = save(at_lab, "MINE", "q=b")

    assert answer.status_code == 409
    assert 'value="MINE"' in answer.text
    assert SavedFilter.objects.get().query == "q=a"


def test_a_filter_is_renamed(at_lab: Client) -> None:
    save(at_lab, "mine", "q=a")
    save(at_lab, "other", "q=b")
    address = f"/images/filters/{SavedFilter.objects.get(name='mine').pk}"

    refused = at_lab.post(address, {"name": "other"})
    at_lab.post(address, {"name": "ours"})

    assert (refused.status_code, refused.text.count('value="other"')) == (409, 2)
    assert sorted(SavedFilter.objects.values_list("name", flat=True)) == ["other", "ours"]


def test_a_filter_is_removed_and_undone(at_lab: Client) -> None:
    save(at_lab, "mine", "q=a")
    kept = SavedFilter.objects.get()

    at_lab.post(f"/images/filters/{kept.pk}/remove")
    undo = at_lab.get("/images/filters").context["frame"].undo
    at_lab.post(undo.action, dict(undo.fields))

    again = SavedFilter.objects.get()
    assert (again.name, again.query) == ("mine", "q=a")


def test_filters_are_nobody_elses(at_lab: Client, at_lab_reader: Client, at_farm: Client) -> None:
    save(at_lab, "mine", "q=a")
    pk = SavedFilter.objects.get().pk

    for other in (at_lab_reader, at_farm):
        assert other.get("/images/filters").context["saved"].count() == 0
        assert other.post(f"/images/filters/{pk}", {"name": "x"}).status_code == 404
        assert other.post(f"/images/filters/{pk}/remove").status_code == 404
    assert SavedFilter.objects.get(project=PROJECT).name == "mine"


def test_filters_have_a_most(at_lab: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.identity.saved_filters.MOST", 1)
    save(at_lab, "one", "q=a")

    assert save(at_lab, "two", "q=b").status_code == 400
    assert SavedFilter.objects.count() == 1


@pytest.mark.parametrize(
    "sent", [{"name": ""}, {"name": "x" * 81}, {"name": "a\0"}, {"name": "a", "query": "q=" * 1001}]
)
def test_nonsense_is_not_saved(at_lab: Client, sent: dict[str, str]) -> None:
    answer = at_lab.post("/images/filters", {"query": "q=a"} | sent)

    assert answer.status_code == 400
    assert not SavedFilter.objects.exists()
