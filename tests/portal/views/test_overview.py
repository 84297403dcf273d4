from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from images.models import Location, Task
from images.states import LocationStatus, TaskStatus, TaskType
from stores.backends.memory import MemoryStore
from stores.errors import StoreDown
from stores.registry import get_store
from tests.conftest import PROJECT
from tests.portal.views.test_lists import begin

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

    from images.models import Image

LONG_AGO = "2001-01-01T00:00Z"


def numbers(browser: Client) -> dict[str, tuple[int, bool]]:
    """Return what the page counts, and what of it somebody should look at."""
    found = browser.get("/operate").context["numbers"]
    return {one.title: (one.count, one.is_bad) for one in found}


@pytest.mark.parametrize("path", ["/operate", "/operate/stores"])
def test_pages_are_the_operators(
    administrator: Client, sign_in: Callable[..., Client], path: str
) -> None:
    assert administrator.get(path).status_code == 200
    assert sign_in(PROJECT, "manager").get(path).status_code == 403


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/operate", '"/operate" aria-current="page"'),
        ("/operate/stores", '"/operate" aria-current="true"'),
        ("/images/new", '"/" aria-current="true"'),
        ("/project/service-accounts", '"/project" aria-current="true"'),
    ],
)
def test_the_header_tells_the_place(administrator: Client, path: str, place: str) -> None:
    header = " ".join(administrator.get(path).text.partition("</nav>")[0].split())

    assert header.count("aria-current") == 1
    assert f"<a href={place}>" in header


def test_nothing_is_wrong_where_nothing_is(administrator: Client) -> None:
    assert {count for count, _ in numbers(administrator).values()} == {0}
    assert not any(is_bad for _, is_bad in numbers(administrator).values())


def test_what_moves_and_what_is_stuck_is_counted(
    administrator: Client, make_image: Callable[..., Image], make_active: Callable[..., Image]
) -> None:
    for _ in range(2):
        begin(make_image(), size=1)
    Location.objects.filter(pk=Location.objects.all()[0].pk).update(heartbeat_at=LONG_AGO)
    left = make_active()
    Location.objects.filter(image=left).update(status=LocationStatus.DELETING)
    Task.objects.create(type=TaskType.VERIFY, image=left, status=TaskStatus.FAILURE)

    told = numbers(administrator)

    assert told["Uploads now"] == (2, False)
    assert told["Stuck uploads"] == (1, True)
    assert told["Objects still to be removed"] == (1, False)
    assert told["Failed tasks of the last day"] == (1, True)


def test_a_worker_that_is_missed_is_said_so(
    administrator: Client, make_active: Callable[..., Image], at_lab: Client
) -> None:
    at_lab.post(f"/images/{make_active().pk}/verify")
    fresh = numbers(administrator)["Tasks that wait for a worker"]
    DBTaskResult.objects.update(enqueued_at=LONG_AGO, run_after=timezone.now())

    page = administrator.get("/operate").text

    assert (fresh, numbers(administrator)["Tasks that wait for a worker"]) == (
        (1, False),
        (1, True),
    )
    assert "start manage.py db_worker" in page


def test_each_number_leads_to_its_list(administrator: Client) -> None:
    links = [one.link for one in administrator.get("/operate").context["numbers"] if one.link]

    assert {link: administrator.get(link).status_code for link in links} == dict.fromkeys(
        links, 200
    )
    assert len(links) == 6


@pytest.mark.parametrize("count", [1, 3])
def test_overview_takes_a_constant_number_of_queries(
    administrator: Client,
    make_image: Callable[..., Image],
    django_assert_num_queries: DjangoAssertNumQueries,
    count: int,
) -> None:
    for _ in range(count):
        begin(make_image(), size=1)

    with django_assert_num_queries(20):
        administrator.get("/operate")


def test_the_list_of_steps_goes_when_all_are_done(
    administrator: Client, make_active: Callable[..., Image], settings: Any
) -> None:
    before = [step.is_done for step in administrator.get("/operate").context["steps"]]
    make_active()
    settings.HAS_MAIL = settings.IS_TLS = True

    assert before == [False, False, True, True, False]
    assert administrator.get("/operate").context["steps"] == []


def test_a_store_is_tried_and_nothing_stays(administrator: Client) -> None:
    before = set(get_store().keys())

    page = administrator.post("/operate/stores/memory/probe", follow=True)

    assert "memory works: 4 MiB written, read and removed in" in page.text
    assert set(get_store().keys()) == before


def test_a_store_that_does_not_answer_is_told(
    administrator: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(self: MemoryStore) -> Any:
        raise StoreDown("The cluster does not answer.")

    monkeypatch.setattr(MemoryStore, "capacity", down)

    assert "The cluster does not answer." in administrator.get("/operate/stores").text


def test_a_store_that_is_none_is_not_tried(administrator: Client) -> None:
    assert administrator.post("/operate/stores/none/probe").status_code == 400
