"""Our own REST: /api/projects/{project_id}/usage."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from images.actors import AUDITOR, Actor
from images.models import Image
from portal.identity.models import Project
from quotas.history import today
from quotas.models import DailyUse, Limit, Resource, Usage
from tests.conftest import OTHER, PROJECT, actor
from tests.images.api.door import Door

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.route("GET", "/api/projects/{project_id}/usage"),
]


class OwnDoor(Door):
    """A door to our own REST."""

    root = "/api"


def ask(who: Actor, project: str = PROJECT, query: str = "") -> Any:
    """Ask for the use of *project*."""
    return OwnDoor(who).send("GET", f"/projects/{project}/usage{query}")


def keep(days_ago: int, used: int) -> None:
    """Keep a point of a day that is over."""
    day = today() - timedelta(days=days_ago)
    DailyUse.objects.create(project=PROJECT, day=day, used=used, reserved=1, images=2, uploads=3)


def test_limits_use_points_and_outlook_are_told(reader: Actor) -> None:
    Limit.objects.create(project=PROJECT, resource=Resource.IMAGE_SIZE_TOTAL, value=1000, soft=700)
    Usage.objects.create(project=PROJECT, used=300, reserved=100, images=4)
    keep(10, 199)

    told = ask(reader).json()

    number = {"used": 0, "reserved": 0, "limit": -1, "soft": -1}
    assert told["usage"] == {
        "image_size_total": {
            "used": 300,
            "reserved": 100,
            "limit": 1000,
            "soft": 700,
            "in_trash": 0,
            "outlook": "dated",
            "full_on": (today() + timedelta(days=30)).isoformat(),
        },
        "image_count_total": number
        | {"used": 4, "in_trash": 0, "outlook": "unlimited", "full_on": None},
        "image_count_uploading": number,
        "image_stage_total": number,
    }
    assert told["points"] == [
        {
            "day": (today() - timedelta(days=10)).isoformat(),
            "used": 199,
            "reserved": 1,
            "images": 2,
            "uploads": 3,
        },
        {"day": today().isoformat(), "used": 300, "reserved": 100, "images": 4, "uploads": 0},
    ]
    assert told["project_id"] == PROJECT


def test_use_is_that_of_the_ledger(reader: Actor, make_active: Any) -> None:
    image: Image = make_active(b"0123456789")

    told = ask(reader).json()

    assert image.owner == PROJECT
    assert told["usage"]["image_size_total"]["used"] == 10
    assert told["points"][-1]["images"] == 1


@pytest.mark.parametrize(
    ("query", "days"),
    [("?days=1", [0]), ("?days=2", [1, 0]), ("?days=90", [89, 1, 0]), ("", [89, 1, 0])],
)
def test_as_many_days_as_are_asked_for(reader: Actor, query: str, days: list[int]) -> None:
    for days_ago in (1, 89, 90):
        keep(days_ago, 5)

    told = ask(reader, query=query).json()

    assert [point["day"] for point in told["points"]] == [
        (today() - timedelta(days=ago)).isoformat() for ago in days
    ]


@pytest.mark.parametrize("days", ["0", "91", "-1", "many", "1.5", ""])
def test_nonsense_is_a_bad_request(reader: Actor, days: str) -> None:
    assert ask(reader, query=f"?days={days}").status_code == 400


def test_others_learn_nothing(stranger: Actor, reader: Actor) -> None:
    answers = [ask(stranger), ask(reader, OTHER), ask(actor(None)), ask(reader, "0" * 32)]

    assert [answer.status_code for answer in answers] == [404, 404, 404, 404]
    assert len({answer.json()["message"] for answer in answers}) == 1


def test_who_sees_all_asks_of_any_project_that_there_is(admin: Actor, lab: Project) -> None:
    auditor = actor(OTHER, AUDITOR)

    assert [ask(who).status_code for who in (admin, auditor)] == [200, 200]
    assert ask(admin, "0" * 32).status_code == 404


def test_it_takes_a_constant_number_of_queries(
    reader: Actor, django_assert_num_queries: Any
) -> None:
    for days in range(1, 4):
        keep(days, days)

    with django_assert_num_queries(8):
        ask(reader)
