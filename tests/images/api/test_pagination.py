from __future__ import annotations

from typing import Any

import pytest
from django.http import QueryDict

from images.api.pagination import MOST_LARGE, SORT_KEYS, read_order
from images.lifecycle.images import delete_image
from images.models import Image
from images.models.queryset import LARGE
from tests.conftest import PROJECT, MakeImage
from tests.images.api.door import Door

pytestmark = pytest.mark.django_db


def walk(door: Door, query: str) -> list[str]:
    """Return the ids of all pages, following `next` as clients do."""
    found: list[str] = []
    address = f"/v2/images?{query}"
    while address:
        answer = door.get(address).json()
        found += [image["id"] for image in answer["images"]]
        address = answer.get("next", "")
    return found


@pytest.fixture
def seven(make_image: MakeImage, admin: Any) -> list[Image]:
    """Make seven images, among them such as share a name, a size, a time, or have none."""
    values: list[dict[str, Any]] = [
        {"name": "b", "size": 5},
        {"name": "b", "size": 5},
        {"name": None, "size": None},
        {"name": "", "size": 0},
        {"name": "😀", "size": 2**62},
        {"name": None, "size": None, "disk_format": None},
        {"name": "a", "size": None, "container_format": None},
    ]
    images = [make_image() for _ in values]
    first = images[0]
    for image, fields in zip(images, values, strict=True):
        Image.objects.filter(pk=image.pk).update(created_at=first.created_at, **fields)
    return images


@pytest.mark.parametrize("direction", ["asc", "desc"])
@pytest.mark.parametrize("key", sorted(SORT_KEYS))
@pytest.mark.parametrize("limit", [1, 3])
def test_pages_hold_every_image_once_whatever_the_order(
    seven: list[Image], owner_door: Door, key: str, direction: str, limit: int
) -> None:
    whole = walk(owner_door, f"sort={key}:{direction}&limit=1000")

    assert sorted(whole) == sorted(str(image.pk) for image in seven)
    assert walk(owner_door, f"sort={key}:{direction}&limit={limit}") == whole


def test_pages_of_several_keys_hold_every_image_once(seven: list[Image], owner_door: Door) -> None:
    query = "sort_key=name&sort_key=size&sort_dir=asc&sort_dir=desc"
    whole = walk(owner_door, f"{query}&limit=1000")

    assert walk(owner_door, f"{query}&limit=2") == whole
    assert len(set(whole)) == 7


def test_page_tells_the_next_with_every_parameter_in_order(
    make_image: MakeImage, owner_door: Door
) -> None:
    make_image(tags=["a", "b ü"])
    image = make_image(tags=["a", "b ü"])
    query = "limit=1&tag=a&tag=b+%C3%BC&sort_key=name&sort_key=id&sort_dir=asc&sort_dir=desc"

    page = owner_door.get(f"/v2/images?{query}").json()

    last = page["images"][0]["id"]
    assert page["first"] == f"/v2/images?{query}"
    assert page["next"] == f"/v2/images?{query}&marker={last}"
    second = owner_door.get(page["next"]).json()
    assert second["first"] == f"/v2/images?{query}"
    assert {last, second["images"][0]["id"]} >= {str(image.pk)}


def test_page_that_came_full_has_a_next_and_another_has_none(
    make_image: MakeImage, owner_door: Door
) -> None:
    make_image()

    full = owner_door.get("/v2/images?limit=1").json()
    empty = owner_door.get(full["next"]).json()

    assert (empty["images"], "next" in empty, empty["first"]) == ([], False, "/v2/images?limit=1")
    assert "next" not in owner_door.get("/v2/images?limit=2").json()


def test_page_holds_few_images_whose_properties_are_large(
    make_image: MakeImage, owner_door: Door
) -> None:
    text = "é" * (LARGE + 1)
    images = [make_image(properties={"note": text}) for _ in range(MOST_LARGE)]
    assert "next" not in owner_door.get("/v2/images?limit=1000").json()
    images += [make_image(), make_image(properties={"note": text})]
    newest_first = [str(image.pk) for image in reversed(images)]

    page = owner_door.get("/v2/images?limit=1000").json()

    assert [image["id"] for image in page["images"]] == newest_first[:-1]
    assert [image.get("note") for image in page["images"][:3]] == [text, None, text]
    assert walk(owner_door, "limit=1000") == newest_first


def test_page_of_nothing_is_empty(make_image: MakeImage, owner_door: Door) -> None:
    make_image()

    assert owner_door.get("/v2/images?limit=0").json() == {
        "images": [],
        "first": "/v2/images?limit=0",
        "schema": "/v2/schemas/images",
    }


def test_page_holds_twenty_five_unless_asked_and_never_more_than_a_thousand(
    db: None, owner_door: Door
) -> None:
    Image.objects.bulk_create(Image(owner=PROJECT) for _ in range(1001))

    assert len(owner_door.get("/v2/images").json()["images"]) == 25
    assert len(owner_door.get("/v2/images?limit=0000026").json()["images"]) == 26
    assert len(owner_door.get("/v2/images?limit=1001").json()["images"]) == 1000


def test_marker_of_another_project_is_as_unknown_as_any(
    make_image: MakeImage, stranger_door: Door
) -> None:
    hidden = make_image()
    unknown = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"

    answers = [stranger_door.get(f"/v2/images?marker={one}") for one in (hidden.pk, unknown)]

    assert [answer.status_code for answer in answers] == [400, 400]
    assert answers[0].content == answers[1].content


def test_deleted_marker_will_do_for_administrators_only(
    make_image: MakeImage, owner: Any, owner_door: Door, admin_door: Door
) -> None:
    older, marker = make_image(), make_image()
    delete_image(marker, actor=owner)
    address = f"/v2/images?marker={marker.pk}"

    assert owner_door.get(address).status_code == 400
    assert [image["id"] for image in admin_door.get(address).json()["images"]] == [str(older.pk)]


@pytest.mark.parametrize(
    ("query", "order"),
    [
        ("", [("created_at", "desc"), ("id", "desc")]),
        ("sort=name:asc", [("name", "asc"), ("created_at", "asc"), ("id", "asc")]),
        ("sort=id", [("id", "desc")]),
        (
            "sort=name:asc,size:asc",
            [("name", "asc"), ("size", "asc"), ("created_at", "desc"), ("id", "desc")],
        ),
        (
            "sort_key=name&sort_key=size&sort_dir=asc",
            [("name", "asc"), ("size", "asc"), ("created_at", "asc"), ("id", "asc")],
        ),
        ("sort_dir=asc", [("created_at", "asc"), ("id", "asc")]),
        ("sort=name:asc,name:desc", [("name", "asc"), ("created_at", "desc"), ("id", "desc")]),
    ],
)
def test_order_is_made_total_by_time_and_id(query: str, order: list[tuple[str, str]]) -> None:
    assert read_order(QueryDict(query)) == order
