"""Metadata definitions: tags of a namespace."""

from __future__ import annotations

from typing import Any

import pytest

from tests.images.api.door import Door
from tests.images.metadefs.conftest import MakeNamespace
from tests.images.metadefs.shown import NS, without_times

pytestmark = pytest.mark.django_db

ALL, ONE = f"/v2{NS}/{{namespace}}/tags", f"/v2{NS}/{{namespace}}/tags/{{name}}"
TAGS = f"{NS}/Own/tags"


def named(*names: str) -> dict[str, list[dict[str, str]]]:
    """Return the body that holds the tags *names*."""
    return {"tags": [{"name": name} for name in names]}


@pytest.fixture(autouse=True)
def own(make_namespace: MakeNamespace) -> None:
    make_namespace(tags=[{"name": "a"}, {"name": "b"}])


@pytest.mark.route("GET", ALL)
def test_list_shows_names_newest_first(owner_door: Door) -> None:
    answer = owner_door.send("GET", TAGS)

    assert (answer.status_code, answer.json()) == (200, named("b", "a"))


@pytest.mark.route("POST", ALL)
def test_bulk_answers_201_as_sent_and_replaces_all(admin_door: Door) -> None:
    answer = admin_door.send("POST", TAGS, named("b", "c"))

    assert (answer.status_code, answer.json()) == (201, named("b", "c"))
    assert admin_door.send("GET", TAGS).json() == named("c", "b")


@pytest.mark.route("POST", ALL)
@pytest.mark.parametrize(
    ("header", "left"),
    [
        ("true", named("c", "b", "a")),
        ("True", named("c", "b", "a")),
        (" yes ", named("c", "b", "a")),
        ("1", named("c", "b", "a")),
        ("false", named("c")),
        ("nonsense", named("c")),
        ("", named("c")),
    ],
)
def test_bulk_with_append_adds(admin_door: Door, header: str, left: dict[str, Any]) -> None:
    answer = admin_door.send("POST", TAGS, named("c"), HTTP_X_OPENSTACK_APPEND=header)

    assert (answer.status_code, answer.json()) == (201, named("c"))
    assert admin_door.send("GET", TAGS).json() == left


@pytest.mark.route("POST", ALL)
@pytest.mark.parametrize(("header", "names"), [("", ("c", "c")), ("true", ("c", "a"))])
def test_bulk_with_a_name_twice_is_409_and_changes_nothing(
    admin_door: Door, header: str, names: tuple[str, str]
) -> None:
    answer = admin_door.send("POST", TAGS, named(*names), HTTP_X_OPENSTACK_APPEND=header)

    assert answer.status_code == 409
    assert admin_door.send("GET", TAGS).json() == named("b", "a")


@pytest.mark.route("POST", ALL)
def test_bulk_of_none_empties(admin_door: Door) -> None:
    assert admin_door.send("POST", TAGS, named()).status_code == 201
    assert admin_door.send("GET", TAGS).json() == named()


@pytest.mark.route("POST", ONE)
@pytest.mark.route("GET", ONE)
@pytest.mark.parametrize("name", ["c", "A", "😀", "a:b c", "t" * 80])
def test_create_answers_201_with_times(admin_door: Door, owner_door: Door, name: str) -> None:
    answer = admin_door.send("POST", f"{TAGS}/{name}")

    shown = owner_door.send("GET", f"{TAGS}/{name}")
    assert (answer.status_code, without_times(answer.json())) == (201, {"name": name})
    assert (shown.status_code, shown.json()) == (200, answer.json())
    assert "Location" not in answer.headers


@pytest.mark.route("PUT", ONE)
def test_put_renames(admin_door: Door) -> None:
    answer = admin_door.send("PUT", f"{TAGS}/a", {"name": "new"})

    assert (answer.status_code, without_times(answer.json())) == (200, {"name": "new"})
    assert admin_door.send("GET", TAGS).json() == named("b", "new")


@pytest.mark.route("DELETE", ONE)
def test_delete_takes_one(admin_door: Door) -> None:
    answer = admin_door.send("DELETE", f"{TAGS}/a")

    assert (answer.status_code, answer.content) == (204, b"")
    assert admin_door.send("GET", TAGS).json() == named("b")


@pytest.mark.route("DELETE", ALL)
def test_delete_of_the_list_takes_all(admin_door: Door) -> None:
    answer = admin_door.send("DELETE", TAGS)

    assert (answer.status_code, answer.content) == (204, b"")
    assert admin_door.send("GET", TAGS).json() == named()
