"""Who may what in the catalogue: each route × each role × what the namespace is."""

from __future__ import annotations

from typing import Any

import pytest

from images.actors import Actor
from tests.conftest import PROJECT, THIRD, actor
from tests.images.api.door import Door
from tests.images.metadefs.conftest import MakeNamespace
from tests.images.metadefs.shown import NS, TITLE
from tests.routes import Route, route_of, routes

pytestmark = pytest.mark.django_db

OWN = f"{NS}/Own"
READS: dict[str, tuple[str, Any]] = {
    "show": (OWN, None),
    "objects": (f"{OWN}/objects", None),
    "object": (f"{OWN}/objects/o", None),
    "properties": (f"{OWN}/properties", None),
    "property": (f"{OWN}/properties/p", None),
    "tags": (f"{OWN}/tags", None),
    "tag": (f"{OWN}/tags/t", None),
    "resource types": (f"{OWN}/resource_types", None),
}
WRITES: dict[str, tuple[str, str, Any, int]] = {
    "change": ("PUT", OWN, {"namespace": "Own"}, 200),
    "delete": ("DELETE", OWN, None, 204),
    "add object": ("POST", f"{OWN}/objects", {"name": "new"}, 201),
    "change object": ("PUT", f"{OWN}/objects/o", {"name": "o"}, 200),
    "delete object": ("DELETE", f"{OWN}/objects/o", None, 204),
    "delete objects": ("DELETE", f"{OWN}/objects", None, 204),
    "add property": ("POST", f"{OWN}/properties", {"name": "new", **TITLE}, 201),
    "change property": ("PUT", f"{OWN}/properties/p", {"name": "p", **TITLE}, 200),
    "delete property": ("DELETE", f"{OWN}/properties/p", None, 204),
    "delete properties": ("DELETE", f"{OWN}/properties", None, 204),
    "add tag": ("POST", f"{OWN}/tags/new", None, 201),
    "set tags": ("POST", f"{OWN}/tags", {"tags": []}, 201),
    "rename tag": ("PUT", f"{OWN}/tags/t", {"name": "x"}, 200),
    "delete tag": ("DELETE", f"{OWN}/tags/t", None, 204),
    "delete tags": ("DELETE", f"{OWN}/tags", None, 204),
    "associate": ("POST", f"{OWN}/resource_types", {"name": "new"}, 201),
    "dissociate": ("DELETE", f"{OWN}/resource_types/R", None, 204),
}
ABSENT: dict[str, tuple[str, str, Any]] = {
    "object": ("DELETE", f"{OWN}/objects/none", None),
    "property": ("PUT", f"{OWN}/properties/none", {"name": "p", **TITLE}),
    "tag": ("DELETE", f"{OWN}/tags/none", None),
    "resource type": ("DELETE", f"{OWN}/resource_types/none", None),
}
# who, what the namespace of PROJECT is to others, what reads and what writes are answered
TABLE: list[tuple[Actor, str, int, int]] = [
    (actor(PROJECT, "reader"), "private", 200, 403),
    (actor(PROJECT, "member"), "private", 200, 403),
    (actor(PROJECT, "manager"), "public", 200, 403),
    (actor(THIRD, "reader"), "public", 200, 403),
    (actor(THIRD, "manager"), "public", 200, 403),
    (actor(THIRD, "manager"), "private", 404, 404),
    (actor(PROJECT, "service"), "public", 404, 404),
    (actor(PROJECT), "public", 404, 404),
    (actor(None, "admin"), "public", 404, 404),
    (Actor(user="u"), "public", 404, 404),
]


@pytest.fixture
def make_own(make_namespace: MakeNamespace) -> Any:
    """Return a maker of the namespace with one part of each kind."""

    def make(visibility: str) -> None:
        make_namespace(
            visibility=visibility,
            objects=[{"name": "o"}],
            properties={"p": TITLE},
            tags=[{"name": "t"}],
            resource_type_associations=[{"name": "R"}],
        )

    return make


@pytest.mark.parametrize("act", READS)
@pytest.mark.parametrize(("asking", "visibility", "reads", "writes"), TABLE)
def test_read_is_answered_as_the_role_deserves(
    make_own: Any, asking: Actor, visibility: str, reads: int, writes: int, act: str
) -> None:
    make_own(visibility)
    path, _ = READS[act]

    assert Door(asking).send("GET", path).status_code == reads


@pytest.mark.parametrize("act", WRITES)
@pytest.mark.parametrize(("asking", "visibility", "reads", "writes"), TABLE)
def test_write_is_answered_as_the_role_deserves(
    make_own: Any,
    admin_door: Door,
    asking: Actor,
    visibility: str,
    reads: int,
    writes: int,
    act: str,
) -> None:
    make_own(visibility)
    before = admin_door.send("GET", OWN).json()
    method, path, body, _ = WRITES[act]

    answer = Door(asking).send(method, path, body)

    assert (answer.status_code, admin_door.send("GET", OWN).json()) == (writes, before)


@pytest.mark.parametrize("act", WRITES)
@pytest.mark.parametrize("visibility", ["public", "private"])
def test_administrator_of_any_project_writes(
    make_own: Any, admin_door: Door, visibility: str, act: str
) -> None:
    make_own(visibility)
    method, path, body, status = WRITES[act]

    assert admin_door.send(method, path, body).status_code == status


@pytest.mark.parametrize("act", ABSENT)
@pytest.mark.parametrize(
    ("asking", "visibility", "status"),
    [
        (actor(PROJECT, "manager"), "private", 403),
        (actor(THIRD, "manager"), "public", 403),
        (actor(THIRD, "manager"), "private", 404),
        (actor(THIRD, "admin"), "private", 404),
    ],
)
def test_who_may_not_write_does_not_learn_what_is_absent(
    make_own: Any, asking: Actor, visibility: str, status: int, act: str
) -> None:
    make_own(visibility)

    assert Door(asking).send(*ABSENT[act]).status_code == status


@pytest.mark.parametrize(
    ("asking", "listed", "created"),
    [
        (actor(PROJECT, "reader"), 200, 403),
        (actor(PROJECT, "manager"), 200, 403),
        (actor(THIRD, "admin"), 200, 201),
        (actor(PROJECT, "service"), 403, 403),
        (actor(PROJECT), 403, 403),
        (actor(None, "admin"), 403, 403),
    ],
)
def test_lists_and_creation_need_a_role(asking: Actor, listed: int, created: int) -> None:
    door = Door(asking)

    assert door.send("GET", NS).status_code == listed
    assert door.send("GET", "/metadefs/resource_types").status_code == listed
    assert door.send("POST", NS, {"namespace": "New"}).status_code == created


@pytest.mark.parametrize(
    ("asking", "seen"),
    [
        (actor(PROJECT, "reader"), {"mine", "open"}),
        (actor(THIRD, "reader"), {"open", "theirs"}),
        (actor("f" * 32, "reader"), {"open"}),
        (actor("f" * 32, "admin"), {"mine", "open", "theirs"}),
    ],
)
def test_list_holds_own_and_public(
    make_namespace: MakeNamespace, asking: Actor, seen: set[str]
) -> None:
    make_namespace("mine")
    make_namespace("open", visibility="public")
    make_namespace("theirs", owner=THIRD)

    rows = Door(asking).send("GET", NS).json()["namespaces"]

    assert {row["namespace"] for row in rows} == seen


@pytest.mark.parametrize(
    ("method", "path", "body"), [("GET", OWN, None), *[row[:3] for row in WRITES.values()]]
)
def test_hidden_namespace_answers_as_an_unknown_one(
    make_own: Any, stranger_door: Door, method: str, path: str, body: Any
) -> None:
    make_own("private")

    hidden = stranger_door.send(method, path, body)
    unknown = stranger_door.send(method, path.replace("Own", "Nil"), body)

    assert hidden.status_code == unknown.status_code == 404
    assert hidden.content.replace(b"Own", b"Nil") == unknown.content


@pytest.mark.parametrize(
    ("method", "path"), [("GET", NS), ("POST", NS), ("GET", OWN), ("DELETE", OWN)]
)
def test_nobody_is_asked_for_a_token_first(closed_door: Door, method: str, path: str) -> None:
    assert closed_door.send(method, path).status_code == 401


@pytest.mark.parametrize("body", [None, {"unknown": 1}, {"self": "x"}])
def test_syntax_of_the_body_comes_before_permission(
    make_own: Any, owner_door: Door, body: Any
) -> None:
    make_own("private")

    statuses = {
        owner_door.send(method, path, body).status_code
        for method, path in (
            ("POST", NS),
            ("PUT", OWN),
            ("POST", f"{OWN}/objects"),
            ("PUT", f"{NS}/x"),
        )
    }

    assert statuses == {403 if body and "self" in body else 400}


def test_every_route_below_a_namespace_has_a_line_here() -> None:
    asked: set[Route | None] = {route_of("GET", f"/v2{path}") for path, _ in READS.values()}
    asked |= {route_of(method, f"/v2{path}") for method, path, *_ in WRITES.values()}

    assert {route for route in routes() if "{namespace}" in route[1]} == asked
