"""Schemas of the catalogue: the documents from which clients build their models."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft4Validator

from tests.images.api.door import Door
from tests.images.metadefs.conftest import MakeNamespace
from tests.images.metadefs.shown import EVERYTHING, NS, TITLE

pytestmark = [pytest.mark.django_db, pytest.mark.route("GET", "/v2/schemas/metadefs/{name}")]

SINGLE = ["namespace", "object", "property", "tag", "resource_type"]
LISTS = ["namespaces", "objects", "properties", "tags", "resource_types"]


def document(door: Door, name: str) -> Any:
    """Return the schema *name*, which must be there."""
    answer = door.send("GET", f"/schemas/metadefs/{name}")
    assert answer.status_code == 200
    return answer.json()


@pytest.mark.parametrize("path", SINGLE + LISTS)
def test_name_is_the_last_word(reader_door: Door, path: str) -> None:
    name = path.replace("resource_type", "resource_type_association")

    assert document(reader_door, path)["name"] == name


@pytest.mark.parametrize("path", SINGLE)
def test_single_one_says_what_is_required_and_that_nothing_else_comes(
    reader_door: Door, path: str
) -> None:
    shown = document(reader_door, path)

    name = "namespace" if path == "namespace" else "name"
    assert shown["required"] == [name] + (["title", "type"] if path == "property" else [])
    assert shown["additionalProperties"] is False
    assert ("definitions" in shown) == (path in {"namespace", "object", "property"})


@pytest.mark.parametrize("path", LISTS)
def test_collection_holds_items_and_links(reader_door: Door, path: str) -> None:
    shown = document(reader_door, path)

    assert shown["properties"].keys() == {shown["name"], "first", "next", "schema"}
    assert [link["rel"] for link in shown["links"]] == ["first", "next", "describedby"]
    assert "additionalProperties" not in shown


@pytest.mark.parametrize("path", SINGLE + LISTS)
def test_document_is_a_schema_that_is_whole(reader_door: Door, path: str) -> None:
    shown = document(reader_door, path)

    Draft4Validator.check_schema(shown)
    assert list(Draft4Validator(shown).iter_errors({})) != [] or path in LISTS


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("namespace", ""),
        ("namespaces", "?"),
        ("object", "/objects/o"),
        ("objects", "/objects"),
        ("property", "/properties/p"),
        ("properties", "/properties"),
        ("tag", "/tags/t"),
        ("tags", "/tags"),
        ("resource_types", "/resource_types"),
    ],
)
def test_what_is_answered_fits_its_schema(
    make_namespace: MakeNamespace, reader_door: Door, path: str, place: str
) -> None:
    make_namespace(
        properties={"p": EVERYTHING},
        objects=[{"name": "o", "properties": {"q": TITLE}}],
        tags=[{"name": "t"}],
        resource_type_associations=[{"name": "R", "prefix": "r"}],
    )

    answer = reader_door.send("GET", NS if place == "?" else f"{NS}/Own{place}")

    assert answer.status_code == 200
    Draft4Validator(document(reader_door, path)).validate(answer.json())


def test_nobody_without_a_token_reads_one(closed_door: Door) -> None:
    assert closed_door.send("GET", "/schemas/metadefs/tag").status_code == 401


def test_unknown_one_is_404(reader_door: Door) -> None:
    assert reader_door.send("GET", "/schemas/metadefs/nothing").status_code == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_other_methods_are_405(admin_door: Door, method: str) -> None:
    answers = [admin_door.send(sent, "/schemas/metadefs/tag") for sent in ("GET", method)]

    assert [answer.status_code for answer in answers] == [200, 405]
