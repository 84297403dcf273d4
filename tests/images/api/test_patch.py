from __future__ import annotations

from typing import Any

import pytest

from images.api.errors import BadRequest, WrongMediaType
from images.api.patch import V20, V21, dialect, read_changes
from images.errors import BadValue, OverLimit, ReadOnlyField
from images.lifecycle.changes import Change, Op


@pytest.mark.parametrize(
    ("content_type", "media_type"),
    [
        (V21, V21),
        (V20, V20),
        (f"{V21}; charset=utf-8", V21),
        (V21.upper(), V21),
    ],
)
def test_dialect_is_the_media_type(content_type: str, media_type: str) -> None:
    assert dialect(content_type) == media_type


@pytest.mark.parametrize(
    "content_type", ["", "application/json", "application/json-patch+json", f"x{V21}"]
)
def test_other_media_types_are_refused_with_those_that_would_do(content_type: str) -> None:
    with pytest.raises(WrongMediaType) as refusal:
        dialect(content_type)

    assert refusal.value.accepted == f"{V21}, {V20}"


@pytest.mark.parametrize(
    ("operation", "change"),
    [
        ({"op": "add", "path": "/k", "value": "v"}, Change(Op.SET, "k", "v")),
        ({"op": "replace", "path": "/k", "value": "v"}, Change(Op.REPLACE, "k", "v")),
        ({"op": "remove", "path": "/k"}, Change(Op.REMOVE, "k")),
        ({"op": "remove", "path": "/k", "value": 7}, Change(Op.REMOVE, "k", 7)),
        ({"op": "add", "path": "/a~1b~0c~01", "value": ""}, Change(Op.SET, "a/b~c~1", "")),
        ({"op": "add", "path": "/ k ", "value": ""}, Change(Op.SET, "k", "")),
        ({"op": "add", "path": "/tags", "value": ["a"]}, Change(Op.SET, "tags", ["a"])),
        ({"op": "add", "path": "/kernel_id", "value": None}, Change(Op.SET, "kernel_id", None)),
        ({"op": "add", "path": "/k", "value": "v", "from": "/x"}, Change(Op.SET, "k", "v")),
    ],
)
def test_newer_dialect_is_read(operation: dict[str, Any], change: Change) -> None:
    assert read_changes([operation], V21) == [change]


@pytest.mark.parametrize(
    ("operation", "change"),
    [
        ({"add": "/k", "value": "v"}, Change(Op.INSERT, "k", "v")),
        ({"replace": "/k", "value": "v"}, Change(Op.REPLACE, "k", "v")),
        ({"remove": "/k"}, Change(Op.REMOVE, "k")),
    ],
)
def test_older_dialect_is_read(operation: dict[str, Any], change: Change) -> None:
    assert read_changes([operation], V20) == [change]


@pytest.mark.parametrize("body", [None, {}, "text", 1, True, [None], ["x"], [1], [[]]])
@pytest.mark.parametrize("media_type", [V20, V21])
def test_patch_is_an_array_of_objects(body: Any, media_type: str) -> None:
    with pytest.raises(BadRequest):
        read_changes(body, media_type)


@pytest.mark.parametrize(
    "operation",
    [
        {},
        {"op": "add"},
        {"path": "/k"},
        {"op": "add", "path": "/k"},
        {"op": "replace", "path": "/k"},
        {"op": "test", "path": "/k", "value": "v"},
        {"op": "move", "path": "/k", "from": "/l"},
        {"op": "copy", "path": "/k", "from": "/l"},
        {"op": "ADD", "path": "/k", "value": "v"},
        {"op": "", "path": "/k", "value": "v"},
        {"op": None, "path": "/k", "value": "v"},
        {"op": ["add"], "path": "/k", "value": "v"},
        {"op": {"add": 1}, "path": "/k", "value": "v"},
        {"op": "add", "path": None, "value": "v"},
        {"op": "add", "path": 1, "value": "v"},
        {"op": "add", "path": ["/k"], "value": "v"},
        {"add": "/k", "value": "v"},
    ],
)
def test_newer_operation_of_another_shape_is_refused(operation: dict[str, Any]) -> None:
    with pytest.raises(BadRequest):
        read_changes([operation], V21)


@pytest.mark.parametrize(
    "operation",
    [
        {},
        {"value": "v"},
        {"add": "/k"},
        {"add": "/k", "remove": "/k", "value": "v"},
        {"add": None, "value": "v"},
        {"add": ["/k"], "value": "v"},
        {"test": "/k", "value": "v"},
        {"op": "add", "path": "/k", "value": "v"},
    ],
)
def test_older_operation_of_another_shape_is_refused(operation: dict[str, Any]) -> None:
    with pytest.raises(BadRequest):
        read_changes([operation], V20)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "k",
        "k/",
        "/k/",
        "//",
        "//k",
        "/k//l",
        "/k/l",
        "/tags/-",
        "/tags/0",
        "/~",
        "/~2",
        "/k~",
        "/name/x",
    ],
)
def test_path_that_points_to_no_name_is_refused(path: str) -> None:
    with pytest.raises(BadRequest):
        read_changes([{"op": "add", "path": path, "value": "v"}], V21)


@pytest.mark.parametrize("path", ["/ ", "/" + "k" * 256])
def test_name_that_no_property_has_is_refused(path: str) -> None:
    with pytest.raises(BadValue):
        read_changes([{"op": "add", "path": path, "value": "v"}], V21)


@pytest.mark.parametrize("path", ["/locations", "/locations/-", "/locations/0"])
def test_locations_are_nobodys_to_change(path: str) -> None:
    with pytest.raises(ReadOnlyField):
        read_changes([{"op": "add", "path": path, "value": {}}], V21)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("name", 1),
        ("visibility", "secret"),
        ("protected", "true"),
        ("min_disk", -1),
        ("min_disk", 2**31),
        ("min_ram", None),
        ("tags", "a"),
        ("tags", [None]),
        ("disk_format", "zip"),
        ("k", 1),
        ("k", None),
        ("kernel_id", "x"),
        ("os_distro", None),
    ],
)
@pytest.mark.parametrize("op", ["add", "replace"])
def test_value_that_can_never_be_right_is_refused(op: str, name: str, value: Any) -> None:
    with pytest.raises(BadRequest, match=name):
        read_changes([{"op": op, "path": f"/{name}", "value": value}], V21)


def test_patch_has_an_end() -> None:
    operation = {"op": "remove", "path": "/k"}

    assert len(read_changes([operation] * 1000, V21)) == 1000
    with pytest.raises(OverLimit):
        read_changes([operation] * 1001, V21)
