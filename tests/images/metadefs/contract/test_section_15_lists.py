"""Metadata definitions: pages, order and filters of the lists."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.models import F
from pytest_django import DjangoAssertNumQueries

from images.metadefs.models import MetadefObject, MetadefTag, Namespace
from tests.conftest import OTHER, PROJECT
from tests.images.api.door import Door
from tests.images.metadefs.conftest import MakeNamespace
from tests.images.metadefs.shown import NS, TITLE

pytestmark = pytest.mark.django_db

ALL, OBJECTS, TAGS = f"/v2{NS}", f"/v2{NS}/{{namespace}}/objects", f"/v2{NS}/{{namespace}}/tags"


def page(door: Door, query: str = "") -> tuple[list[str], dict[str, Any]]:
    """Return the names on a page of namespaces, and what else the answer holds."""
    answer = door.send("GET", f"{NS}?{query}" if query else NS)
    assert answer.status_code == 200, answer.content
    body = answer.json()
    return [row["namespace"] for row in body.pop("namespaces")], body


def names(door: Door, path: str) -> list[str]:
    """Return the names in the list at *path* of the namespace `Own`."""
    (rows,) = (
        value
        for key, value in door.send("GET", f"{NS}/Own{path}").json().items()
        if key != "schema"
    )
    return [row["name"] for row in rows]


@pytest.fixture
def three(make_namespace: MakeNamespace) -> None:
    """Make `a`, `b` and `c` in this order."""
    make_namespace("a", display_name="z", visibility="public", protected=True)
    make_namespace("b", resource_type_associations=[{"name": "R"}, {"name": "S"}])
    make_namespace("c", display_name="y", resource_type_associations=[{"name": "S"}])


@pytest.mark.route("GET", ALL)
def test_list_is_newest_first_with_first_and_schema(three: None, owner_door: Door) -> None:
    found, body = page(owner_door)

    assert found == ["c", "b", "a"]
    assert body == {"first": f"/v2{NS}", "schema": "/v2/schemas/metadefs/namespaces"}


@pytest.mark.route("GET", ALL)
def test_list_shows_each_as_by_itself(make_namespace: MakeNamespace, owner_door: Door) -> None:
    make_namespace(resource_type_associations=[{"name": "R", "prefix": "r"}], protected=True)

    listed = owner_door.send("GET", NS).json()["namespaces"]

    assert listed == [owner_door.send("GET", f"{NS}/Own").json()]


@pytest.mark.route("GET", ALL)
def test_pages_follow_the_name_of_the_last(three: None, owner_door: Door) -> None:
    Namespace.objects.update(created_at=F("updated_at"))
    first, body = page(owner_door, "limit=2&sort_dir=asc&visibility=private")
    _, full = page(owner_door, "limit=2&sort_key=namespace&sort_dir=asc")

    second, last = page(owner_door, full["next"].partition("?")[2])

    assert (first, body["next"]) == (
        ["b", "c"],
        f"/v2{NS}?limit=2&sort_dir=asc&visibility=private&marker=c",
    )
    assert full["next"] == f"/v2{NS}?limit=2&sort_key=namespace&sort_dir=asc&marker=b"
    assert (second, "next" in last) == (["c"], False)
    assert last["first"] == f"/v2{NS}?limit=2&sort_key=namespace&sort_dir=asc"


@pytest.mark.route("GET", ALL)
@pytest.mark.parametrize("direction", ["asc", "desc"])
@pytest.mark.parametrize(
    "key",
    [
        "namespace",
        "display_name",
        "description",
        "visibility",
        "protected",
        "owner",
        "created_at",
        "updated_at",
        "id",
    ],
)
def test_pages_hold_every_row_once_by_each_key(
    three: None, owner_door: Door, key: str, direction: str
) -> None:
    query, found = f"limit=1&sort_key={key}&sort_dir={direction}", []
    for _ in range(3):
        rows, body = page(owner_door, query)
        found += rows
        query = body["next"].partition("?")[2]

    assert sorted(found) == ["a", "b", "c"]
    assert page(owner_door, query)[0] == []


@pytest.mark.route("GET", ALL)
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("sort_key=namespace", ["c", "b", "a"]),
        ("sort_key=display_name&sort_dir=asc", ["b", "c", "a"]),
        ("sort_dir=asc", ["a", "b", "c"]),
        ("visibility=public", ["a"]),
        ("visibility=private", ["c", "b"]),
        ("resource_types=R", ["b"]),
        ("resource_types=R,S", ["c", "b"]),
        ("resource_types=S&visibility=public", []),
        ("resource_types=unknown", []),
        ("resource_types=", []),
        ("nothing=known", ["c", "b", "a"]),
        ("limit=0", []),
        ("limit=5000", ["c", "b", "a"]),
        ("marker=b", ["a"]),
    ],
)
def test_parameter_is_obeyed(three: None, owner_door: Door, query: str, found: list[str]) -> None:
    assert page(owner_door, query)[0] == found


@pytest.mark.route("GET", ALL)
def test_limit_is_25_by_default_and_1000_at_most(owner_door: Door) -> None:
    rows = [Namespace(namespace=f"n{number}", owner=PROJECT) for number in range(1001)]
    Namespace.objects.bulk_create(rows)

    lengths = [len(page(owner_door, query)[0]) for query in ("", "limit=1000", "limit=1001")]

    assert lengths == [25, 1000, 1000]
    assert "next" in page(owner_door)[1]


@pytest.mark.route("GET", ALL)
@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("visibility=shared", 400),
        ("visibility=", 400),
        ("sort_dir=up", 400),
        ("limit=-1", 400),
        ("limit=", 400),
        ("marker=unknown", 404),
        ("marker=", 404),
        ("marker=a%00b", 400),
        ("marker=%ff", 400),
    ],
)
def test_parameter_that_is_none_is_refused(
    three: None, owner_door: Door, query: str, status: int
) -> None:
    assert owner_door.send("GET", f"{NS}?{query}").status_code == status


@pytest.mark.route("GET", ALL)
def test_marker_that_is_hidden_is_404(make_namespace: MakeNamespace, owner_door: Door) -> None:
    make_namespace("Theirs", owner=OTHER)

    assert owner_door.send("GET", f"{NS}?marker=Theirs").status_code == 404


@pytest.mark.route("GET", OBJECTS)
@pytest.mark.route("GET", TAGS)
@pytest.mark.parametrize("path", ["/objects", "/tags"])
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["c", "b", "a"]),
        ("?limit=2", ["c", "b"]),
        ("?marker=c", ["b", "a"]),
        ("?marker=c&limit=1", ["b"]),
        ("?sort_key=name&sort_dir=asc&marker=a", ["b", "c"]),
    ],
)
def test_parts_come_in_pages(
    make_namespace: MakeNamespace, owner_door: Door, path: str, query: str, found: list[str]
) -> None:
    rows = [{"name": name} for name in "abc"]
    make_namespace(objects=rows, tags=rows)

    assert names(owner_door, path + query) == found


@pytest.mark.route("GET", OBJECTS)
@pytest.mark.route("GET", TAGS)
@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("objects?limit=0", 400),
        ("tags?limit=0", 200),
        ("objects?limit=-1", 400),
        ("tags?limit=-1", 400),
        ("objects?marker=unknown", 404),
        ("tags?marker=unknown", 404),
        ("objects?sort_dir=up", 400),
        ("tags?sort_dir=up", 400),
    ],
)
def test_page_of_parts_that_is_none_is_refused(
    make_namespace: MakeNamespace, owner_door: Door, path: str, status: int
) -> None:
    make_namespace()

    assert owner_door.send("GET", f"{NS}/Own/{path}").status_code == status


@pytest.mark.route("GET", ALL)
@pytest.mark.parametrize(
    ("path", "queries"),
    [
        ("", 2),
        ("?marker=n0&sort_dir=asc", 3),
        ("/n0", 5),
        ("/n0/objects", 2),
        ("/n0/properties", 2),
        ("/n0/tags", 2),
        ("/n0/resource_types", 2),
    ],
)
@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_a_constant_number_of_queries(
    make_namespace: MakeNamespace,
    owner_door: Door,
    django_assert_num_queries: DjangoAssertNumQueries,
    path: str,
    queries: int,
    count: int,
) -> None:
    parts = [{"name": f"{number}"} for number in range(count)]
    for number in range(count + 1):
        make_namespace(
            f"n{number}",
            objects=parts,
            tags=parts,
            resource_type_associations=parts,
            properties={row["name"]: TITLE for row in parts},
        )

    owner_door.send("GET", NS)
    with django_assert_num_queries(queries):
        assert owner_door.send("GET", NS + path).status_code == 200


@pytest.mark.parametrize("model", [MetadefObject, MetadefTag])
def test_rows_of_one_moment_are_told_apart_by_their_ids(
    make_namespace: MakeNamespace, owner_door: Door, model: type[MetadefObject]
) -> None:
    rows = [{"name": name} for name in "abc"]
    namespace = make_namespace(objects=rows, tags=rows)
    model.objects.update(created_at=namespace.created_at)

    path = "/objects" if model is MetadefObject else "/tags"

    assert names(owner_door, f"{path}?marker=b") == ["a"]
