"""Metadata definitions: properties of a namespace."""

from __future__ import annotations

from typing import Any

import pytest

from tests.images.api.door import Door
from tests.images.metadefs.conftest import MakeNamespace
from tests.images.metadefs.shown import EVERYTHING, NS, TITLE

pytestmark = pytest.mark.django_db

ALL, ONE = f"/v2{NS}/{{namespace}}/properties", f"/v2{NS}/{{namespace}}/properties/{{name}}"
PROPERTIES = f"{NS}/Own/properties"
TYPES = [{"name": "R", "prefix": "r_"}, {"name": "Bare"}]


@pytest.mark.route("POST", ALL)
@pytest.mark.route("GET", ONE)
def test_create_answers_201_with_name_inside(
    make_namespace: MakeNamespace, admin_door: Door, owner_door: Door
) -> None:
    make_namespace()

    answer = admin_door.send("POST", PROPERTIES, EVERYTHING)

    shown = owner_door.send("GET", f"{PROPERTIES}/p")
    assert (answer.status_code, answer.json()) == (201, EVERYTHING)
    assert (shown.status_code, shown.json()) == (200, EVERYTHING)
    assert "Location" not in answer.headers


@pytest.mark.route("POST", ALL)
@pytest.mark.parametrize(
    ("given", "kept"), [("x", "x"), ("", ""), (16, "16"), (1.5, "1.5"), (True, "True")]
)
def test_default_is_kept_as_a_text(
    make_namespace: MakeNamespace, admin_door: Door, given: Any, kept: str
) -> None:
    make_namespace()

    shown = admin_door.send("POST", PROPERTIES, {"name": "p", "default": given} | TITLE).json()

    assert shown == {"name": "p", "default": kept} | TITLE


@pytest.mark.route("GET", ALL)
def test_list_is_by_name_without_names_inside(
    make_namespace: MakeNamespace, owner_door: Door
) -> None:
    make_namespace(properties={"p": TITLE, "q": TITLE | {"name": "other"}})

    answer = owner_door.send("GET", PROPERTIES)

    assert (answer.status_code, answer.json()) == (200, {"properties": {"p": TITLE, "q": TITLE}})


@pytest.mark.route("GET", ONE)
@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("r_p?resource_type=R", 200),
        ("p?resource_type=R", 404),
        ("r_x?resource_type=R", 404),
        ("p?resource_type=Bare", 404),
        ("r_p?resource_type=unknown", 404),
        ("r_p", 404),
        ("p?resource_type=", 200),
    ],
)
def test_show_on_a_resource_type_wants_its_prefix(
    make_namespace: MakeNamespace, owner_door: Door, path: str, status: int
) -> None:
    make_namespace(properties={"p": TITLE}, resource_type_associations=TYPES)

    answer = owner_door.send("GET", f"{PROPERTIES}/{path}")

    assert answer.status_code == status
    assert status == 404 or answer.json() == {"name": "p"} | TITLE


@pytest.mark.route("PUT", ONE)
def test_put_renames_and_replaces(make_namespace: MakeNamespace, admin_door: Door) -> None:
    make_namespace(properties={"p": TITLE | {"enum": ["a"]}})
    sent = {"name": "new", "title": "N", "type": "integer"}

    answer = admin_door.send("PUT", f"{PROPERTIES}/p", sent)

    listed = admin_door.send("GET", PROPERTIES).json()["properties"]
    assert (answer.status_code, answer.json()) == (200, sent)
    assert listed == {"new": {"title": "N", "type": "integer"}}


@pytest.mark.route("DELETE", ONE)
def test_delete_takes_one(make_namespace: MakeNamespace, admin_door: Door) -> None:
    make_namespace(properties={"p": TITLE, "q": TITLE})

    answer = admin_door.send("DELETE", f"{PROPERTIES}/p")

    assert (answer.status_code, answer.content) == (204, b"")
    assert admin_door.send("GET", PROPERTIES).json() == {"properties": {"q": TITLE}}


@pytest.mark.route("DELETE", ALL)
def test_delete_of_the_list_takes_all(make_namespace: MakeNamespace, admin_door: Door) -> None:
    make_namespace(properties={"p": TITLE, "q": TITLE}, tags=[{"name": "t"}])

    answer = admin_door.send("DELETE", PROPERTIES)

    assert (answer.status_code, answer.content) == (204, b"")
    assert admin_door.send("GET", PROPERTIES).json() == {"properties": {}}
    assert admin_door.send("GET", f"{NS}/Own/tags").json() == {"tags": [{"name": "t"}]}
