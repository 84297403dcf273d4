from __future__ import annotations

from typing import Any

import pytest

from images.models import Event
from tests.conftest import OTHER, PROJECT, MakeImage
from tests.images.api.door import V20, V21, Door
from tests.images.kept import kept

pytestmark = pytest.mark.django_db


def test_patch_answers_the_whole_image(make_image: MakeImage, owner_door: Door) -> None:
    image = make_image(properties={"k": "v"}, tags=["a"])

    answer = owner_door.change(
        image,
        {"op": "replace", "path": "/name", "value": "new"},
        {"op": "add", "path": "/l", "value": ""},
        {"op": "remove", "path": "/k"},
        {"op": "replace", "path": "/tags", "value": ["b", "c", "b"]},
        {"op": "replace", "path": "/min_disk", "value": 3},
        {"op": "replace", "path": "/protected", "value": True},
    )

    assert (answer.status_code, answer.json()) == (200, owner_door.show(image).json())
    shown = answer.json()
    assert (shown["name"], shown["l"], shown["min_disk"]) == ("new", "", 3)
    assert ("k" in shown, shown["tags"], shown["protected"]) == (False, ["b", "c"], True)


def test_nothing_asked_is_nothing_changed(make_image: MakeImage, owner_door: Door) -> None:
    image = make_image(name="same")
    before, events = kept(image).updated_at, Event.objects.count()

    for operations in ([], [{"op": "replace", "path": "/name", "value": "same"}]):
        assert owner_door.change(image, *operations).status_code == 200

    assert (kept(image).updated_at, Event.objects.count()) == (before, events)


def test_patch_is_whole_or_nothing(make_image: MakeImage, owner_door: Door) -> None:
    image = make_image(name="old")
    good = {"op": "replace", "path": "/name", "value": "new"}

    for bad, status in [
        ({"op": "remove", "path": "/absent"}, 409),
        ({"op": "replace", "path": "/owner", "value": OTHER}, 403),
        ({"op": "add", "path": "/k", "value": 1}, 400),
    ]:
        assert owner_door.change(image, good, bad).status_code == status

    assert kept(image).name == "old"


@pytest.mark.parametrize(
    ("operation", "status"),
    [
        ({"op": "add", "path": "/k", "value": "new"}, 200),
        ({"op": "add", "path": "/name", "value": "new"}, 200),
        ({"op": "add", "path": "/tags", "value": []}, 200),
        ({"op": "replace", "path": "/absent", "value": "v"}, 409),
        ({"op": "remove", "path": "/absent"}, 409),
        ({"op": "remove", "path": "/name"}, 403),
        ({"op": "remove", "path": "/tags"}, 403),
        ({"op": "remove", "path": "/os_distro"}, 200),
        ({"op": "add", "path": "/kernel_id", "value": None}, 200),
    ],
)
def test_newer_dialect(
    make_image: MakeImage, owner_door: Door, operation: dict[str, Any], status: int
) -> None:
    image = make_image(properties={"k": "v", "os_distro": "debian"})

    assert owner_door.change(image, operation, dialect=V21).status_code == status


@pytest.mark.parametrize(
    ("operation", "status"),
    [
        ({"add": "/l", "value": "v"}, 200),
        ({"add": "/k", "value": "v"}, 409),
        ({"add": "/name", "value": "v"}, 409),
        ({"add": "/tags", "value": []}, 409),
        ({"add": "/owner", "value": OTHER}, 403),
        ({"replace": "/name", "value": "new"}, 200),
        ({"replace": "/tags", "value": ["a"]}, 200),
        ({"replace": "/absent", "value": "v"}, 409),
        ({"remove": "/k"}, 200),
        ({"remove": "/absent"}, 409),
        ({"remove": "/name"}, 403),
    ],
)
def test_older_dialect(
    make_image: MakeImage, owner_door: Door, operation: dict[str, Any], status: int
) -> None:
    image = make_image(properties={"k": "v"})

    assert owner_door.change(image, operation, dialect=V20).status_code == status


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", ""])
def test_other_media_types_are_refused(
    make_image: MakeImage, owner_door: Door, content_type: str
) -> None:
    answer = owner_door.change(make_image(), dialect=content_type)

    assert (answer.status_code, answer.headers["Accept-Patch"]) == (415, f"{V21}, {V20}")


@pytest.mark.parametrize("body", [None, b"", b"{", b"{}", b"null", b'[{"op": "add"}]'])
def test_body_that_is_no_patch_is_refused(
    make_image: MakeImage, owner_door: Door, body: bytes | None
) -> None:
    path = f"/images/{make_image().pk}"

    assert owner_door.send("PATCH", path, body, content_type=V21).status_code == 400


def test_shape_is_looked_at_before_the_image(owner_door: Door, stranger_door: Door) -> None:
    absent = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"

    assert owner_door.change(absent, {"op": "nonsense"}).status_code == 400
    assert owner_door.change(absent, {"op": "remove", "path": "/id"}).status_code == 403
    assert owner_door.change(absent).status_code == 404


@pytest.mark.parametrize(
    ("who", "status"),
    [("owner_door", 200), ("reader_door", 403), ("member_door", 403), ("stranger_door", 404)],
)
def test_patch_is_for_members_of_the_owner(
    request: pytest.FixtureRequest, make_image: MakeImage, who: str, status: int
) -> None:
    image = make_image()
    image.members.create(project=OTHER)

    assert request.getfixturevalue(who).change(image).status_code == status


@pytest.mark.parametrize(
    ("who", "operation", "status"),
    [
        ("owner_door", {"op": "replace", "path": "/visibility", "value": "private"}, 200),
        ("owner_door", {"op": "replace", "path": "/visibility", "value": "community"}, 200),
        ("owner_door", {"op": "replace", "path": "/visibility", "value": "public"}, 403),
        ("owner_door", {"op": "replace", "path": "/owner", "value": PROJECT}, 403),
        ("owner_door", {"op": "add", "path": "/owner", "value": OTHER}, 403),
        ("admin_door", {"op": "replace", "path": "/visibility", "value": "public"}, 200),
        ("admin_door", {"op": "add", "path": "/owner", "value": OTHER}, 200),
        ("admin_door", {"op": "replace", "path": "/owner", "value": None}, 200),
        ("admin_door", {"op": "replace", "path": "/owner", "value": 1}, 400),
    ],
)
def test_visibility_and_owner_have_their_own_rules(
    request: pytest.FixtureRequest,
    make_image: MakeImage,
    who: str,
    operation: dict[str, Any],
    status: int,
) -> None:
    image = make_image()
    name = operation["path"][1:]

    answer = request.getfixturevalue(who).change(image, operation)

    wanted = {"visibility": "shared", "owner": PROJECT}[name]
    assert answer.status_code == status
    assert getattr(kept(image), name) == (operation["value"] if status == 200 else wanted)


def test_formats_stay_once_there_are_data(make_active: MakeImage, owner_door: Door) -> None:
    image = make_active()
    for name, value in [("disk_format", "raw"), ("container_format", "ovf")]:
        operation = {"op": "replace", "path": f"/{name}", "value": value}
        assert owner_door.change(image, operation).status_code == 403


def test_members_sleep_while_an_image_is_not_shared(
    make_image: MakeImage, owner_door: Door, member_door: Door
) -> None:
    image = make_image()
    image.members.create(project=OTHER, status="accepted")

    for visibility, status in [("private", 404), ("shared", 200)]:
        operation = {"op": "replace", "path": "/visibility", "value": visibility}
        assert owner_door.change(image, operation).status_code == 200
        assert member_door.show(image).status_code == status


@pytest.mark.parametrize("names", [[f"k{number}" for number in range(129)], ["k", "k" * 256]])
def test_flood_of_properties_is_refused(
    make_image: MakeImage, owner_door: Door, names: list[str]
) -> None:
    operations = [{"op": "add", "path": f"/{name}", "value": ""} for name in names]

    assert owner_door.change(make_image(), *operations).status_code in {400, 413}
    assert owner_door.change(make_image(), *operations[:1] * 1001).status_code == 413


def test_flood_of_tags_is_refused(make_image: MakeImage, owner_door: Door) -> None:
    tags = {"op": "add", "path": "/tags", "value": [f"t{number}" for number in range(129)]}

    assert owner_door.change(make_image(), tags).status_code == 413


@pytest.mark.parametrize("value", ["a\0", "\ud800"])
@pytest.mark.parametrize("path", ["/name", "/k", "/tags"])
def test_text_that_no_database_holds_is_refused(
    make_image: MakeImage, owner_door: Door, path: str, value: str
) -> None:
    sent = [value] if path == "/tags" else value

    answer = owner_door.change(make_image(), {"op": "add", "path": path, "value": sent})

    assert answer.status_code == 400


def test_name_that_no_database_holds_is_refused(make_image: MakeImage, owner_door: Door) -> None:
    for name in ("k\0", "\udfff"):
        operation = {"op": "add", "path": f"/{name}", "value": "v"}
        assert owner_door.change(make_image(), operation).status_code == 400
