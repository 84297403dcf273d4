"""Metadata definitions: objects of a namespace."""

from __future__ import annotations

import pytest

from tests.images.api.door import Door
from tests.images.metadefs.conftest import MakeNamespace
from tests.images.metadefs.shown import EVERYTHING, NS, TITLE, without_times

pytestmark = pytest.mark.django_db

ALL, ONE = f"/v2{NS}/{{namespace}}/objects", f"/v2{NS}/{{namespace}}/objects/{{name}}"
OBJECTS = f"{NS}/Own/objects"
LINKS = {"self": f"/v2{OBJECTS}/o", "schema": "/v2/schemas/metadefs/object"}


@pytest.mark.route("POST", ALL)
@pytest.mark.route("GET", ONE)
def test_create_answers_201_with_the_object(
    make_namespace: MakeNamespace, admin_door: Door, owner_door: Door
) -> None:
    make_namespace()
    definition = {name: EVERYTHING[name] for name in EVERYTHING if name != "name"}
    sent = {"name": "o", "description": "D", "required": ["p"], "properties": {"p": definition}}

    answer = admin_door.send("POST", OBJECTS, sent)

    shown = owner_door.send("GET", f"{OBJECTS}/o")
    assert (answer.status_code, without_times(answer.json())) == (201, sent | LINKS)
    assert (shown.status_code, shown.json()) == (200, answer.json())
    assert "Location" not in answer.headers


@pytest.mark.route("POST", ALL)
def test_create_of_a_bare_object_shows_no_description(
    make_namespace: MakeNamespace, admin_door: Door
) -> None:
    make_namespace()

    shown = admin_door.send("POST", OBJECTS, {"name": "o"}).json()

    assert without_times(shown) == {"name": "o", "required": [], "properties": {}} | LINKS


@pytest.mark.route("GET", ALL)
def test_list_holds_all_newest_first(make_namespace: MakeNamespace, owner_door: Door) -> None:
    make_namespace(objects=[{"name": "first"}, {"name": "second"}])

    body = owner_door.send("GET", OBJECTS).json()

    assert [row["name"] for row in body["objects"]] == ["second", "first"]
    assert body["objects"][1] == owner_door.send("GET", f"{OBJECTS}/first").json()


@pytest.mark.route("PUT", ONE)
def test_put_renames_and_replaces(make_namespace: MakeNamespace, admin_door: Door) -> None:
    make_namespace(objects=[{"name": "old", "description": "D", "properties": {"p": TITLE}}])

    answer = admin_door.send("PUT", f"{OBJECTS}/old", {"name": "o", "required": ["x"]})

    assert (answer.status_code, without_times(answer.json())) == (
        200,
        {"name": "o", "required": ["x"], "properties": {}} | LINKS,
    )
    assert admin_door.send("GET", f"{OBJECTS}/old").status_code == 404
    assert admin_door.send("GET", f"{OBJECTS}/o").json() == answer.json()


@pytest.mark.route("DELETE", ONE)
def test_delete_takes_one(make_namespace: MakeNamespace, admin_door: Door) -> None:
    make_namespace(objects=[{"name": "o"}, {"name": "kept"}])

    answer = admin_door.send("DELETE", f"{OBJECTS}/o")

    rows = admin_door.send("GET", OBJECTS).json()["objects"]
    assert (answer.status_code, answer.content) == (204, b"")
    assert [row["name"] for row in rows] == ["kept"]


@pytest.mark.route("DELETE", ALL)
def test_delete_of_the_list_takes_all(make_namespace: MakeNamespace, admin_door: Door) -> None:
    make_namespace(objects=[{"name": "o"}, {"name": "p"}], tags=[{"name": "t"}])

    answer = admin_door.send("DELETE", OBJECTS)

    shown = admin_door.send("GET", f"{NS}/Own").json()
    assert (answer.status_code, answer.content) == (204, b"")
    assert ("objects" in shown, shown["tags"]) == (False, [{"name": "t"}])
