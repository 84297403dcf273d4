"""Metadata definitions: bodies that are refused, and that nothing changes then."""

from __future__ import annotations

from typing import Any

import pytest

from tests.images.api.door import Door
from tests.images.metadefs.conftest import MakeNamespace
from tests.images.metadefs.shown import NS, TITLE

pytestmark = pytest.mark.django_db

LONG = "n" * 81
# What a body is sent to: one that makes, and one that replaces where there is one.
WRITES: dict[str, tuple[list[tuple[str, str]], dict[str, Any]]] = {
    "namespace": ([("POST", ""), ("PUT", "/Own")], {"namespace": "Own"}),
    "object": ([("POST", "/Own/objects"), ("PUT", "/Own/objects/o")], {"name": "o"}),
    "property": (
        [("POST", "/Own/properties"), ("PUT", "/Own/properties/p")],
        {"name": "p", **TITLE},
    ),
    "tag": ([("PUT", "/Own/tags/t")], {"name": "t"}),
    "tags": ([("POST", "/Own/tags")], {"tags": [{"name": "t"}]}),
    "resource type": ([("POST", "/Own/resource_types")], {"name": "R"}),
}
EACH = [(kind, *way) for kind, (ways, _) in WRITES.items() for way in ways]
WRONG: dict[str, list[dict[str, Any]]] = {
    "namespace": [
        {"namespace": ""},
        {"namespace": LONG},
        {"namespace": None},
        {"namespace": 1},
        {"namespace": "a/b"},
        {"display_name": LONG},
        {"display_name": None},
        {"description": "d" * 501},
        {"visibility": "shared"},
        {"visibility": None},
        {"protected": "true"},
        {"owner": "o" * 256},
        {"owner": None},
        {"properties": []},
        {"properties": {LONG: TITLE}},
        {"properties": {"": TITLE}},
        {"properties": {"p": {"type": "string"}}},
        {"properties": {"p": TITLE | {"unknown": 1}}},
        {"objects": {}},
        {"objects": [{}]},
        {"objects": [{"name": LONG}]},
        {"objects": [{"name": "o", "unknown": 1}]},
        {"tags": ["t"]},
        {"tags": [{"name": LONG}]},
        {"resource_type_associations": [{"prefix": "p"}]},
        {"resource_type_associations": [{"name": "R", "prefix": LONG}]},
    ],
    "object": [
        {"name": ""},
        {"name": LONG},
        {"name": None},
        {"description": None},
        {"required": "p"},
        {"required": ["p", "p"]},
        {"required": [1]},
        {"properties": {"p": {}}},
        {"properties": {"p": TITLE | {"type": "text"}}},
        {"properties": {LONG: TITLE}},
    ],
    "property": [
        {"name": ""},
        {"name": LONG},
        {"type": "text"},
        {"type": None},
        {"title": None},
        {"minLength": -1},
        {"maxItems": 1.5},
        {"minimum": "1"},
        {"maximum": True},
        {"enum": "a"},
        {"enum": [{}]},
        {"operators": [1]},
        {"default": None},
        {"default": []},
        {"readonly": "yes"},
        {"items": {"enum": []}},
        {"items": {"type": "string", "unknown": 1}},
    ],
    "tag": [{"name": ""}, {"name": LONG}, {"name": None}],
    "tags": [
        {"tags": "t"},
        {"tags": ["t"]},
        {"tags": [{}]},
        {"tags": [{"name": LONG}]},
        {"tags": [{"name": "t", "created_at": "x"}]},
    ],
    "resource type": [
        {"name": ""},
        {"name": LONG},
        {"prefix": LONG},
        {"prefix": None},
        {"properties_target": LONG},
    ],
}


@pytest.fixture(autouse=True)
def own(make_namespace: MakeNamespace) -> None:
    make_namespace(
        objects=[{"name": "o"}, {"name": "taken"}],
        properties={"p": TITLE, "taken": TITLE},
        tags=[{"name": "t"}, {"name": "taken"}],
        resource_type_associations=[{"name": "taken"}],
    )
    make_namespace("taken")


@pytest.mark.parametrize(("kind", "method", "path"), EACH)
@pytest.mark.parametrize("body", [None, b"{", b"[]", b'"text"', b"null", b"1", b"{}", b"[" * 99999])
def test_body_that_is_none_is_400(
    admin_door: Door, kind: str, method: str, path: str, body: bytes | None
) -> None:
    assert admin_door.send(method, NS + path, body).status_code == 400


@pytest.mark.parametrize(("kind", "method", "path"), EACH)
def test_unknown_key_is_400(admin_door: Door, kind: str, method: str, path: str) -> None:
    sent = WRITES[kind][1] | {"unknown": "x"}

    answer = admin_door.send(method, NS + path, sent)

    assert (answer.status_code, "unknown" in answer.json()["message"]) == (400, True)


@pytest.mark.parametrize(("kind", "method", "path"), EACH)
@pytest.mark.parametrize("field", ["self", "schema", "created_at", "updated_at"])
def test_read_only_field_is_403(
    admin_door: Door, kind: str, method: str, path: str, field: str
) -> None:
    sent = WRITES[kind][1] | {field: "2000-01-01T00:00:00Z"}

    assert admin_door.send(method, NS + path, sent).status_code == 403


@pytest.mark.parametrize(
    ("kind", "method", "path", "field"),
    [(*way, field) for way in EACH for field in WRITES[way[0]][1]],
)
def test_missing_field_is_400(
    admin_door: Door, kind: str, method: str, path: str, field: str
) -> None:
    sent = {key: value for key, value in WRITES[kind][1].items() if key != field}

    answer = admin_door.send(method, NS + path, sent)

    assert (answer.status_code, field in answer.json()["message"]) == (400, True)


@pytest.mark.parametrize(
    ("kind", "method", "path", "wrong"),
    [(*way, wrong) for way in EACH for wrong in WRONG[way[0]]],
)
def test_value_that_does_not_fit_the_schema_is_400(
    admin_door: Door, kind: str, method: str, path: str, wrong: dict[str, Any]
) -> None:
    before = admin_door.send("GET", f"{NS}/Own").json()

    answer = admin_door.send(method, NS + path, WRITES[kind][1] | wrong)

    assert (answer.status_code, admin_door.send("GET", f"{NS}/Own").json()) == (400, before)


@pytest.mark.parametrize("letter", ["\0", "\ud800"])
@pytest.mark.parametrize(("kind", "method", "path"), EACH)
def test_text_that_no_database_holds_is_400(
    admin_door: Door, kind: str, method: str, path: str, letter: str
) -> None:
    key = next(iter(WRITES[kind][1]))
    wrong = [{"name": letter}] if key == "tags" else letter

    assert admin_door.send(method, NS + path, WRITES[kind][1] | {key: wrong}).status_code == 400


@pytest.mark.parametrize("number", ["1e400", "-1e400"])
def test_number_that_no_json_can_say_again_is_400(admin_door: Door, number: str) -> None:
    body = f'{{"name": "x", "title": "T", "type": "number", "minimum": {number}}}'.encode()

    assert admin_door.send("POST", f"{NS}/Own/properties", body).status_code == 400
