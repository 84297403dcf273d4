"""Listing images: in which order, and page by page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from images.lifecycle.images import delete_image
from images.models import Image
from tests.conftest import PROJECT, MakeImage
from tests.images.api.door import Door

pytestmark = [pytest.mark.django_db, pytest.mark.route("GET", "/v2/images")]

ABSENT = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
FIRST = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def four() -> list[str]:
    """Return the ids of four images, a to d by age, some of which share a name or have no size."""
    names, sizes = ("b", "a", "b", "a"), (None, 1, 0, 2)
    rows = [
        Image(
            id=f"00000000-0000-4000-8000-00000000000{(number * 3) % 4}",
            owner=PROJECT,
            name=name,
            size=size,
            created_at=FIRST + timedelta(seconds=number),
            updated_at=FIRST - timedelta(seconds=number),
        )
        for number, (name, size) in enumerate(zip(names, sizes, strict=True))
    ]
    return [str(image.pk) for image in Image.objects.bulk_create(rows)]


def order(door: Door, ids: list[str], query: str) -> str:
    """Return the list of *query* as letters, and see that its pages of one hold the same."""
    found, address = [], f"/v2/images?{query}&limit=1"
    while address:
        page = door.get(address).json()
        found += [image["id"] for image in page["images"]]
        address = page.get("next", "")
    whole = door.get(f"/v2/images?{query}").json()["images"]
    assert found == [image["id"] for image in whole]
    return "".join("abcd"[ids.index(one)] for one in found)


@pytest.mark.parametrize(
    ("query", "letters"),
    [
        ("", "dcba"),
        ("sort=created_at:asc", "abcd"),
        ("sort=created_at", "dcba"),
        ("sort=updated_at", "abcd"),
        ("sort=id:asc", "adcb"),
        ("sort=id", "bcda"),
        ("sort=name", "cadb"),  # ties by age, in the direction given
        ("sort=name:asc", "bdac"),
        ("sort=name:asc,created_at:desc", "dbca"),
        ("sort=name,id:asc", "acdb"),
        ("sort=size:asc", "acbd"),  # null is 0
        ("sort=size:desc", "dbca"),
        ("sort=status", "dcba"),
        ("sort=disk_format,container_format", "dcba"),
        ("sort= name : asc , id : asc ", "dbac"),
        ("sort_key=name", "cadb"),
        ("sort_key=name&sort_dir=asc", "bdac"),
        ("sort_dir=asc", "abcd"),
        ("sort_key=name&sort_key=id&sort_dir=asc", "dbac"),  # one direction for every key
        ("sort_key=name&sort_key=id&sort_dir=desc&sort_dir=asc", "acdb"),
    ],
)
def test_order(four: list[str], owner_door: Door, query: str, letters: str) -> None:
    assert order(owner_door, four, query) == letters


KEYS = "name status container_format disk_format size id created_at updated_at".split()  # noqa: SIM905 -- as the API lists them


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("way", ["asc", "desc"])
def test_order_by_each_key_holds_every_image_once(
    four: list[str], owner_door: Door, key: str, way: str
) -> None:
    for query in (f"sort={key}:{way}", f"sort_key={key}&sort_dir={way}"):
        assert sorted(order(owner_door, four, query)) == list("abcd")


@pytest.mark.parametrize(
    "query",
    [
        "sort=name&sort_key=name",
        "sort=name&sort_dir=asc",
        "sort=owner",
        "sort=",
        "sort=name,",
        "sort=name:up",
        "sort_key=owner",
        "sort_key=",
        "sort_dir=up",
        "sort_key=name&sort_dir=asc&sort_dir=desc",
        "sort_key=name&sort_key=id&sort_key=size&sort_dir=asc&sort_dir=desc",
    ],
)
def test_order_that_is_none_is_400(owner_door: Door, query: str) -> None:
    assert owner_door.get(f"/v2/images?{query}").status_code == 400


@pytest.mark.parametrize(
    ("limit", "count"), [("", 25), ("limit=26", 26), ("limit=1001", 1000), ("limit=0", 0)]
)
def test_limit_is_25_unless_asked_and_1000_at_most(
    owner_door: Door, limit: str, count: int
) -> None:
    Image.objects.bulk_create(Image(owner=PROJECT) for _ in range(1001))

    assert len(owner_door.get(f"/v2/images?{limit}").json()["images"]) == count


@pytest.mark.parametrize("limit", ["-1", "x", "", "1.5"])
def test_limit_that_is_none_is_400(owner_door: Door, limit: str) -> None:
    assert owner_door.get(f"/v2/images?limit={limit}").status_code == 400


def test_marker_is_the_last_image_of_the_page_before(four: list[str], owner_door: Door) -> None:
    page = owner_door.get(f"/v2/images?sort=created_at:asc&marker={four[1]}").json()

    assert [image["id"] for image in page["images"]] == four[2:]


@pytest.mark.parametrize("marker", ["", "x", ABSENT])
def test_marker_that_is_unknown_is_400(owner_door: Door, marker: str) -> None:
    assert owner_door.get(f"/v2/images?marker={marker}").status_code == 400


@pytest.mark.parametrize(("who", "status"), [("owner_door", 400), ("admin_door", 200)])
def test_marker_that_is_deleted_will_do_for_administrators(
    request: pytest.FixtureRequest, make_image: MakeImage, owner: Any, who: str, status: int
) -> None:
    image = make_image()
    delete_image(image, actor=owner)

    answer = request.getfixturevalue(who).get(f"/v2/images?marker={image.pk}")

    assert answer.status_code == status


def test_better_21_marker_that_another_project_hides_is_as_an_unknown_one(
    make_image: MakeImage, stranger_door: Door
) -> None:
    hidden = make_image(visibility="private")

    answers = [stranger_door.get(f"/v2/images?marker={one}") for one in (hidden.pk, ABSENT)]

    assert [answer.status_code for answer in answers] == [400, 400]
    assert answers[0].content == answers[1].content


def test_next_is_there_when_the_page_came_full(four: list[str], owner_door: Door) -> None:
    full = owner_door.get("/v2/images?limit=4").json()
    empty = owner_door.get(full["next"]).json()

    assert full["next"] == f"/v2/images?limit=4&marker={four[0]}"
    assert (empty["images"], "next" in empty) == ([], False)
    assert "next" not in owner_door.get("/v2/images?limit=5").json()
    assert "next" not in owner_door.get("/v2/images?limit=0").json()


@pytest.mark.parametrize(
    "query",
    [
        "limit=2",
        "limit=2&tag=x&tag=y",
        "tag=x&limit=2&tag=y&name=in:a,b",
        "limit=2&sort_key=name&sort_dir=asc&sort_key=id&sort_dir=desc",
        "limit=2&sort=name:asc,id&size_min=0",
        "limit=2&k=%F0%9F%98%80+%26",
        "limit=2&k=",
    ],
)
def test_better_15_first_and_next_keep_all_parameters_in_order(
    make_image: MakeImage, owner_door: Door, query: str
) -> None:
    value = "" if "k=" not in query or query.endswith("k=") else "\N{GRINNING FACE} &"
    for name in ("a", "b", "a"):
        make_image(name=name, tags=["x", "y"], properties={"k": value})
    Image.objects.update(size=1)

    page = owner_door.get(f"/v2/images?{query}").json()
    last = page["images"][-1]["id"]
    second = owner_door.get(page["next"]).json()

    assert page["first"] == second["first"]
    assert (plain(page["first"]), plain(page["next"])) == (
        plain(f"/v2/images?{query}"),
        plain(f"/v2/images?{query}&marker={last}"),
    )
    assert (len(second["images"]), "next" in second) == (1, False)


def plain(address: str) -> str:
    """Return *address* with the letters that need no escape in a query as they are."""
    return address.replace("%3A", ":").replace("%2C", ",")
