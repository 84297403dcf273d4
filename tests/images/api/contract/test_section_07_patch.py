"""The two dialects of PATCH: their forms, what each operation does, what refuses and when."""

from __future__ import annotations

from typing import Any

import pytest

from images.models import Event, Image
from tests.conftest import OTHER, PROJECT, MakeImage
from tests.images.api.door import V20, V21, Door

pytestmark = [pytest.mark.django_db, pytest.mark.route("PATCH", "/v2/images/{image_id}")]

ABSENT = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
DIALECTS = pytest.mark.parametrize("dialect", [V20, V21])
OPS = ("add", "replace", "remove")


def operation(dialect: str, op: str, path: object, *value: object) -> dict[str, Any]:
    """Return one operation in the form of *dialect*."""
    form = {"op": op, "path": path} if dialect == V21 else {op: path}
    return form | ({"value": value[0]} if value else {})


@DIALECTS
def test_nothing_asked_is_200_with_the_whole_image(
    make_image: MakeImage, owner_door: Door, dialect: str
) -> None:
    image = make_image(tags=["a"], properties={"k": "v"})

    answer = owner_door.change(image, dialect=dialect)

    assert (answer.status_code, answer.json()) == (200, owner_door.show(image).json())


@DIALECTS
def test_operations_are_applied_in_order_and_answer_the_whole_image(
    make_image: MakeImage, owner_door: Door, dialect: str
) -> None:
    image = make_image()

    answer = owner_door.change(
        image,
        operation(dialect, "add", "/k", "first"),
        operation(dialect, "replace", "/k", "second"),
        operation(dialect, "remove", "/k"),
        operation(dialect, "add", "/k", "third"),
        operation(dialect, "replace", "/name", "new"),
        dialect=dialect,
    )

    assert (answer.status_code, answer.json()) == (200, owner_door.show(image).json())
    assert (answer.json()["k"], answer.json()["name"]) == ("third", "new")
    assert Event.objects.filter(kind="image.update").count() == 1


@DIALECTS
@pytest.mark.parametrize(
    ("op", "path", "value", "status"),
    [
        ("remove", "/absent", None, 409),
        ("replace", "/owner", OTHER, 403),
        ("replace", "/size", 1, 403),
        ("add", "/l", 1, 400),
    ],
)
def test_patch_is_whole_or_nothing(
    make_image: MakeImage,
    owner_door: Door,
    dialect: str,
    op: str,
    path: str,
    value: Any,
    status: int,
) -> None:
    image = make_image(name="old")
    good = operation(dialect, "replace", "/name", "new")

    answer = owner_door.change(image, good, operation(dialect, op, path, value), dialect=dialect)

    assert answer.status_code == status
    assert (Image.objects.get().name, Image.objects.get().updated_at) == ("old", image.updated_at)


@pytest.mark.parametrize(
    ("dialect", "op", "path", "status"),
    [
        (V21, "add", "/k", 200),
        (V20, "add", "/k", 409),
        (V21, "add", "/name", 200),
        (V20, "add", "/name", 409),
        (V21, "add", "/tags", 200),
        (V20, "add", "/tags", 409),
        *((dialect, "add", "/fresh", 200) for dialect in (V20, V21)),
        *((dialect, "replace", "/k", 200) for dialect in (V20, V21)),
        *((dialect, "replace", "/fresh", 409) for dialect in (V20, V21)),
        *((dialect, "remove", "/k", 200) for dialect in (V20, V21)),
        *((dialect, "remove", "/fresh", 409) for dialect in (V20, V21)),
        *((dialect, "remove", "/name", 403) for dialect in (V20, V21)),
        *((dialect, "remove", "/tags", 403) for dialect in (V20, V21)),
    ],
)
def test_operation_on_what_is_or_is_not_there(
    make_image: MakeImage, owner_door: Door, dialect: str, op: str, path: str, status: int
) -> None:
    image = make_image(properties={"k": "v"})
    value: Any = ["a"] if path == "/tags" else "new"

    answer = owner_door.change(image, operation(dialect, op, path, value), dialect=dialect)

    assert answer.status_code == status


@DIALECTS
@pytest.mark.parametrize("body", [None, b"", b"{", b"{}", b"null", b'"x"', b"1", b"[1]", b'["x"]'])
def test_body_that_is_no_array_of_objects_is_400(
    owner_door: Door, dialect: str, body: bytes | None
) -> None:
    answer = owner_door.send("PATCH", f"/images/{ABSENT}", body, content_type=dialect)

    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("dialect", "wrong"),
    [
        (V21, {}),
        (V21, {"op": "add", "value": "v"}),
        (V21, {"path": "/k", "value": "v"}),
        (V21, {"op": "add", "path": "/k"}),
        (V21, {"op": "replace", "path": "/k"}),
        (V21, {"op": "add", "path": 1, "value": "v"}),
        *(
            (V21, {"op": op, "path": "/k", "from": "/l", "value": "v"})
            for op in ("move", "copy", "test", "")
        ),
        (V21, {"op": ["add"], "path": "/k", "value": "v"}),
        (V21, {"add": "/k", "value": "v"}),
        (V20, {}),
        (V20, {"value": "v"}),
        (V20, {"add": "/k", "remove": "/k", "value": "v"}),
        (V20, {"add": "/k"}),
        (V20, {"move": "/k", "value": "v"}),
        (V20, {"add": ["/k"], "value": "v"}),
        (V20, {"op": "add", "path": "/k", "value": "v"}),
    ],
)
def test_operation_without_its_form_is_400(
    owner_door: Door, dialect: str, wrong: dict[str, Any]
) -> None:
    assert owner_door.change(ABSENT, wrong, dialect=dialect).status_code == 400


@DIALECTS
@pytest.mark.parametrize("op", OPS)
@pytest.mark.parametrize(
    "path",
    ["", "k", "/", "//", "//k", "/k/", "/k//l", "/k~", "/k~2", "/~k", "/k/l", "/tags/-", "/ "],
)
def test_pointer_that_is_none_or_too_deep_is_400(
    owner_door: Door, dialect: str, op: str, path: str
) -> None:
    answer = owner_door.change(ABSENT, operation(dialect, op, path, "v"), dialect=dialect)

    assert answer.status_code == 400


@DIALECTS
@pytest.mark.parametrize(
    ("path", "name"), [("/a~1b", "a/b"), ("/a~0b", "a~b"), ("/a~01", "a~1"), ("/ k ", "k")]
)
def test_pointer_is_read(
    make_image: MakeImage, owner_door: Door, dialect: str, path: str, name: str
) -> None:
    answer = owner_door.change(make_image(), operation(dialect, "add", path, "v"), dialect=dialect)

    assert (answer.status_code, answer.json()[name]) == (200, "v")


@DIALECTS
@pytest.mark.parametrize(
    ("op", "path", "value", "status"),
    [
        *((op, "/id", ABSENT, 403) for op in OPS),
        *((op, "/os_glance_x", "v", 403) for op in OPS),
        *((op, "/deleted", "v", 403) for op in OPS),
        ("replace", "/min_disk", -1, 400),
        ("replace", "/name", 1, 400),
        ("remove", "/k", None, 404),
    ],
)
def test_operations_are_looked_at_before_the_image(
    owner_door: Door, dialect: str, op: str, path: str, value: Any, status: int
) -> None:
    answer = owner_door.change(ABSENT, operation(dialect, op, path, value), dialect=dialect)

    assert answer.status_code == status


@pytest.mark.parametrize(
    ("who", "path", "value", "status"),
    [
        ("stranger_door", "/name", "new", 404),
        ("member_door", "/name", "new", 403),
        ("reader_door", "/name", "new", 403),
        ("owner_door", "/visibility", "public", 403),
        ("owner_door", "/visibility", "community", 200),
        ("admin_door", "/visibility", "public", 200),
        ("owner_door", "/owner", PROJECT, 403),  # even to the same value
        ("owner_door", "/disk_format", "raw", 403),  # the image has data
        ("admin_door", "/container_format", "bare", 403),
    ],
)
def test_image_permits(
    request: pytest.FixtureRequest,
    make_active: MakeImage,
    who: str,
    path: str,
    value: str,
    status: int,
) -> None:
    image = make_active()
    image.members.create(project=OTHER)
    asked = operation(V21, "replace", path, value)

    assert request.getfixturevalue(who).change(image, asked).status_code == status


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ([operation(V21, "add", "/tags", [f"t{number}" for number in range(129)])], 413),
        ([operation(V21, "add", f"/k{number}", "") for number in range(129)], 413),
        ([operation(V21, "add", f"/k{number}", "") for number in range(128)], 200),
    ],
)
def test_more_than_128_tags_or_properties_are_413(
    make_image: MakeImage, owner_door: Door, asked: list[Any], status: int
) -> None:
    assert owner_door.change(make_image(), *asked).status_code == status


def test_properties_are_counted_only_if_one_was_added(
    make_image: MakeImage, owner_door: Door, settings: Any
) -> None:
    image = make_image(properties={"k": "v", "l": "v"})
    settings.IMAGE_PROPERTY_QUOTA = 1

    for asked, status in [
        (operation(V21, "replace", "/k", "new"), 200),
        (operation(V21, "replace", "/name", "new"), 200),
        (operation(V21, "add", "/m", "v"), 413),
        (operation(V21, "remove", "/l"), 200),
    ]:
        assert owner_door.change(image, asked).status_code == status


def test_leaving_shared_keeps_the_members_asleep(
    make_image: MakeImage, owner_door: Door, member_door: Door
) -> None:
    image = make_image()
    image.members.create(project=OTHER, status="accepted")

    for visibility, status in [("private", 404), ("shared", 200)]:
        owner_door.change(image, operation(V21, "replace", "/visibility", visibility))
        assert member_door.show(image).status_code == status


@pytest.mark.parametrize(
    "asked",
    [
        [],
        [operation(V21, "replace", "/name", "same")],
        [operation(V21, "add", "/k", "v")],
        [operation(V21, "replace", "/tags", ["a", "a"])],
        [operation(V21, "add", "/l", "v"), operation(V21, "remove", "/l")],
    ],
)
def test_better_25_patch_without_a_real_change_is_no_event_and_no_touch(
    make_image: MakeImage, owner_door: Door, asked: list[Any]
) -> None:
    image = make_image(name="same", tags=["a"], properties={"k": "v"})
    events = Event.objects.count()

    assert owner_door.change(image, *asked).status_code == 200
    assert (Image.objects.get().updated_at, Event.objects.count()) == (image.updated_at, events)
