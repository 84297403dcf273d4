"""Where an image shows the places of its data, and to whom."""

from __future__ import annotations

from typing import Any

import pytest

from images.models import Location
from tests.conftest import MakeImage
from tests.images.api.contract.places import BYTES, IMAGE, LIST, urls
from tests.images.api.door import Door

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("web", "is_shown")]


@pytest.mark.route("GET", IMAGE)
def test_locations_are_shown_also_when_there_are_none(
    owner_door: Door, make_image: MakeImage, make_active: MakeImage
) -> None:
    image = make_active(BYTES)
    mine = {"url": f"memory://memory/{image.pk}", "metadata": {"store": "memory"}}

    assert owner_door.show(make_image()).json()["locations"] == []
    assert owner_door.show(image).json()["locations"] == [mine]


@pytest.mark.route("GET", IMAGE)
def test_locations_and_direct_url_are_off_by_default(
    owner_door: Door, make_active: MakeImage, settings: Any
) -> None:
    settings.SHOW_MULTIPLE_LOCATIONS = False

    shown = owner_door.show(make_active(BYTES)).json()

    assert shown.keys() & {"locations", "direct_url"} == set()


@pytest.mark.route("GET", IMAGE)
@pytest.mark.route("GET", LIST)
def test_direct_url_is_that_of_the_first_location(
    owner_door: Door, make_image: MakeImage, make_active: MakeImage, settings: Any
) -> None:
    settings.SHOW_MULTIPLE_LOCATIONS, settings.SHOW_IMAGE_DIRECT_URL = False, True
    image, empty = make_active(BYTES), make_image()

    shown, bare = owner_door.show(image).json(), owner_door.show(empty).json()
    listed = owner_door.send("GET", "/images").json()["images"]

    address = f"memory://memory/{image.pk}"
    assert (shown["direct_url"], "locations" in shown) == (address, False)
    assert "direct_url" not in bare
    assert [one.get("direct_url") for one in listed] == [None, address]


@pytest.mark.route("GET", IMAGE)
def test_who_sees_the_image_alone_does_not_see_where_it_lies(
    member_door: Door, reader_door: Door, admin_door: Door, make_active: MakeImage
) -> None:
    image = make_active(BYTES, visibility="community")

    seen = [len(urls(door.show(image))) for door in (member_door, reader_door, admin_door)]

    assert seen == [0, 1, 1]


@pytest.mark.route("PATCH", IMAGE)
@pytest.mark.parametrize("op", ["add", "replace", "remove"])
def test_without_the_setting_locations_are_read_only(
    owner_door: Door, make_image: MakeImage, settings: Any, url: str, op: str
) -> None:
    settings.SHOW_MULTIPLE_LOCATIONS = False
    path = "/locations" if op == "replace" else "/locations/-"
    value = {"url": url, "metadata": {}}

    answer = owner_door.change(make_image(), {"op": op, "path": path, "value": value})

    assert (answer.status_code, Location.objects.count()) == (403, 0)
