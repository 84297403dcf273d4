"""Metadata definitions: resource types, of a namespace and all."""

from __future__ import annotations

import pytest

from tests.images.api.door import Door
from tests.images.metadefs.conftest import MakeNamespace
from tests.images.metadefs.shown import NS, without_times

pytestmark = pytest.mark.django_db

ALL = f"/v2{NS}/{{namespace}}/resource_types"
KNOWN = "/v2/metadefs/resource_types"
TYPES = f"{NS}/Own/resource_types"


def names(door: Door, path: str, key: str) -> list[str]:
    """Return the names that a list shows, in its order."""
    return [row["name"] for row in door.send("GET", path).json()[key]]


@pytest.mark.route("POST", ALL)
@pytest.mark.route("GET", ALL)
def test_create_answers_201_and_makes_a_new_type(
    make_namespace: MakeNamespace, admin_door: Door, owner_door: Door
) -> None:
    make_namespace()
    sent = {"name": "OS::R", "prefix": "r:", "properties_target": "image"}

    answer = admin_door.send("POST", TYPES, sent)

    listed = owner_door.send("GET", TYPES)
    assert (answer.status_code, without_times(answer.json())) == (201, sent)
    assert listed.json() == {"resource_type_associations": [answer.json()]}
    assert names(owner_door, "/metadefs/resource_types", "resource_types") == ["OS::R"]


@pytest.mark.route("POST", ALL)
def test_create_with_a_known_type_makes_none(
    make_namespace: MakeNamespace, admin_door: Door
) -> None:
    make_namespace("Other", resource_type_associations=[{"name": "R", "prefix": "x"}])
    make_namespace()

    answer = admin_door.send("POST", TYPES, {"name": "R"})

    assert (answer.status_code, without_times(answer.json())) == (201, {"name": "R"})
    assert names(admin_door, "/metadefs/resource_types", "resource_types") == ["R"]


@pytest.mark.route("GET", ALL)
def test_list_shows_the_newest_first(make_namespace: MakeNamespace, owner_door: Door) -> None:
    make_namespace(resource_type_associations=[{"name": "A"}, {"name": "B"}])

    assert names(owner_door, TYPES, "resource_type_associations") == ["B", "A"]


@pytest.mark.route("DELETE", f"{ALL}/{{name}}")
def test_delete_takes_the_association_and_leaves_the_type(
    make_namespace: MakeNamespace, admin_door: Door
) -> None:
    make_namespace(resource_type_associations=[{"name": "A"}, {"name": "B"}])

    answer = admin_door.send("DELETE", f"{TYPES}/A")

    assert (answer.status_code, answer.content) == (204, b"")
    assert names(admin_door, TYPES, "resource_type_associations") == ["B"]
    assert names(admin_door, "/metadefs/resource_types", "resource_types") == ["B", "A"]


@pytest.mark.route("GET", KNOWN)
def test_all_known_types_are_listed_with_times_to_any_reader(
    make_namespace: MakeNamespace, stranger_door: Door
) -> None:
    make_namespace(resource_type_associations=[{"name": "R", "prefix": "r"}])

    answer = stranger_door.send("GET", "/metadefs/resource_types")

    (row,) = answer.json()["resource_types"]
    assert (answer.status_code, without_times(row)) == (200, {"name": "R"})


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_all_known_types_are_written_by_nobody(admin_door: Door, method: str) -> None:
    assert admin_door.send(method, "/metadefs/resource_types").status_code == 405


@pytest.mark.parametrize("method", ["GET", "PUT", "POST"])
def test_one_association_is_only_deleted(
    make_namespace: MakeNamespace, admin_door: Door, method: str
) -> None:
    make_namespace(resource_type_associations=[{"name": "R"}])

    assert admin_door.send(method, f"{TYPES}/R").status_code == 405
