"""Places that go, or get other notes, by PATCH."""

from __future__ import annotations

from typing import Any

import pytest

from images.models import Event, Image, Location
from quotas.models import Usage
from stores.registry import get_store
from tests.conftest import PROJECT, MakeImage
from tests.images.api.contract.places import BYTES, IMAGE, add, remove, replace, urls
from tests.images.api.door import Door

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("web", "is_shown")]


@pytest.mark.route("PATCH", IMAGE)
def test_locations_as_a_whole_are_not_removed(admin_door: Door, make_active: MakeImage) -> None:
    answer = admin_door.change(make_active(BYTES), {"op": "remove", "path": "/locations"})

    assert (answer.status_code, Location.objects.count()) == (400, 1)


@pytest.mark.route("PATCH", IMAGE)
def test_replacing_none_adds_all(owner_door: Door, make_image: MakeImage, url: str) -> None:
    wanted = [{"url": f"{url}#{mark}", "metadata": {"k": mark}} for mark in "ab"]

    answer = replace(owner_door, make_image(), *wanted)

    assert (answer.status_code, answer.json()["status"]) == (200, "active")
    assert urls(answer) == [f"{url}#a", f"{url}#b"]


@pytest.mark.route("PATCH", IMAGE)
def test_replacing_changes_notes_alone(owner_door: Door, make_image: MakeImage, url: str) -> None:
    image = make_image()
    for mark in "ab":
        add(owner_door, image, f"{url}#{mark}")

    answer = replace(
        owner_door,
        image,
        {"url": f"{url}#b", "metadata": {"k": "v"}},
        {"url": f"{url}#a", "metadata": {}},
    )

    notes = [one["metadata"] for one in answer.json()["locations"]]
    assert notes == [{"store": "web"}, {"k": "v", "store": "web"}]


@pytest.mark.route("PATCH", IMAGE)
@pytest.mark.parametrize(
    ("wanted", "status"), [("", 403), ("a", 400), ("ac", 400), ("abc", 400), ("aab", 400)]
)
def test_replacing_what_is_there_by_others_is_refused(
    owner_door: Door, make_image: MakeImage, url: str, wanted: str, status: int
) -> None:
    image = make_image()
    for mark in "ab":
        add(owner_door, image, f"{url}#{mark}")

    places = [{"url": f"{url}#{mark}", "metadata": {}} for mark in wanted]

    assert replace(owner_door, image, *places).status_code == status
    assert len(urls(owner_door.show(image))) == 2


@pytest.mark.route("PATCH", IMAGE)
def test_administrator_removes_one_and_its_bytes_and_its_bill(
    admin_door: Door,
    make_active: MakeImage,
    url: str,
    django_capture_on_commit_callbacks: Any,
) -> None:
    image = make_active(BYTES)
    add(admin_door, image, url)

    with django_capture_on_commit_callbacks(execute=True):
        answer = remove(admin_door, image, "0")

    assert (answer.status_code, urls(answer)) == (200, [url])
    assert str(image.pk) not in [*get_store("memory").keys()]
    assert Usage.objects.get(pk=PROJECT).used == 10
    assert Event.objects.order_by("pk").last().payload["changed"] == ["locations"]  # type: ignore[union-attr]


@pytest.mark.route("PATCH", IMAGE)
@pytest.mark.parametrize(("at", "status"), [("2", 400), ("x", 400), ("-", 200), ("1", 200)])
def test_position_of_what_is_removed_must_be_there(
    admin_door: Door, make_active: MakeImage, url: str, at: str, status: int
) -> None:
    image = make_active(BYTES)
    add(admin_door, image, url)

    assert remove(admin_door, image, at).status_code == status


@pytest.mark.route("PATCH", IMAGE)
def test_last_location_stays(admin_door: Door, make_active: MakeImage) -> None:
    image = make_active(BYTES)

    answer = remove(admin_door, image, "0")

    assert (answer.status_code, admin_door.show(image).json()["status"]) == (403, "active")


@pytest.mark.route("PATCH", IMAGE)
def test_c16_no_removal_makes_an_image_queued_again(
    admin_door: Door, owner_door: Door, make_active: MakeImage, url: str
) -> None:
    image = make_active(BYTES)
    operations = [{"op": "remove", "path": f"/locations/{at}"} for at in (0, 0)]
    add(admin_door, image, url)

    both = admin_door.change(image, *operations)

    assert (both.status_code, len(urls(owner_door.show(image)))) == (403, 2)
    assert owner_door.show(image).json()["status"] == "active"


@pytest.mark.route("PATCH", IMAGE)
@pytest.mark.parametrize("who", ["owner_door", "reader_door", "service_door"])
def test_nobody_else_removes_one(
    request: pytest.FixtureRequest, owner_door: Door, make_active: MakeImage, url: str, who: str
) -> None:
    image = make_active(BYTES)
    add(owner_door, image, url)

    assert remove(request.getfixturevalue(who), image, "0").status_code == 403


@pytest.mark.route("PATCH", IMAGE)
@pytest.mark.parametrize("status", ["queued", "deactivated", "importing"])
def test_location_goes_from_an_active_image_alone(
    admin_door: Door, make_active: MakeImage, url: str, status: str
) -> None:
    image = make_active(BYTES)
    add(admin_door, image, url)
    Image.objects.update(status=status)

    assert remove(admin_door, image, "0").status_code == 409


@pytest.mark.route("PATCH", IMAGE)
def test_changes_are_applied_in_order_and_whole(
    owner_door: Door, make_image: MakeImage, url: str
) -> None:
    image = make_image(disk_format=None)
    formats = {"op": "replace", "path": "/disk_format", "value": "raw"}
    location = {"op": "add", "path": "/locations/-", "value": {"url": url, "metadata": {}}}
    late = {"op": "replace", "path": "/absent", "value": "x"}

    early = owner_door.change(image, location, formats)
    broken = owner_door.change(image, formats, location, late)
    before = owner_door.show(image).json()
    whole = owner_door.change(image, formats, location)

    assert (early.status_code, broken.status_code, whole.status_code) == (400, 409, 200)
    assert (before["disk_format"], before["locations"]) == (None, [])
    assert (whole.json()["status"], whole.json()["disk_format"]) == ("active", "raw")
