"""Events of the catalogue: which act tells what."""

from __future__ import annotations

from typing import Any

import pytest

from images.models import Event
from tests.conftest import PROJECT
from tests.images.api.door import Door
from tests.images.metadefs.conftest import MakeNamespace
from tests.images.metadefs.shown import NS, TITLE

pytestmark = pytest.mark.django_db

OWN = f"{NS}/Own"
PARTS: dict[str, Any] = {
    "objects": [{"name": "o", "properties": {"q": TITLE}}],
    "properties": {"p": TITLE},
    "tags": [{"name": "t"}],
    "resource_type_associations": [{"name": "R", "prefix": "r_"}],
}
NAMESPACE = {
    "namespace": "Own",
    "display_name": None,
    "description": None,
    "visibility": "private",
    "protected": False,
    "owner": PROJECT,
}
OBJECT = {
    "namespace": "Own",
    "name": "o",
    "description": None,
    "required": [],
    "properties": [{"name": "q", **TITLE}],
}
PROPERTY = {"namespace": "Own", "name": "p", **TITLE}
TAG = {"namespace": "Own", "name": "t"}
TYPE = {"namespace": "Own", "name": "R", "prefix": "r_", "properties_target": None}
BARE: dict[str, Any] = {"namespace": "Own", "description": None, "required": [], "properties": []}
THERE: dict[str, Any] = {"deleted": False}
GONE = {"deleted": True}
TIMES = ("created_at", "updated_at", "deleted_at")

Told = list[tuple[str, dict[str, Any]]]


def told() -> Told:
    """Return kind and payload of all events, in order, without their times."""
    found = []
    for event in Event.objects.all():
        created, updated, deleted = (event.payload.pop(name) for name in TIMES)
        assert (event.project, created <= updated) == (PROJECT, True)
        assert (deleted is not None) == event.payload["deleted"]
        found.append((event.kind, event.payload))
    return found


def test_creation_of_a_whole_namespace_tells_of_each_part(make_namespace: MakeNamespace) -> None:
    make_namespace(**PARTS)

    assert told() == [
        ("metadef_namespace.create", NAMESPACE | THERE),
        ("metadef_resource_type.create", TYPE | THERE),
        ("metadef_object.create", OBJECT | THERE),
        ("metadef_property.create", PROPERTY | THERE),
        ("metadef_tag.create", TAG | THERE),
    ]


@pytest.mark.parametrize(
    ("method", "path", "body", "events"),
    [
        (
            "PUT",
            OWN,
            {"namespace": "New", "owner": PROJECT},
            [("namespace.update", NAMESPACE | {"namespace": "New", "namespace_old": "Own"})],
        ),
        ("DELETE", OWN, None, [("namespace.delete", NAMESPACE | GONE)]),
        ("DELETE", f"{OWN}/objects", None, [("namespace.delete_objects", NAMESPACE)]),
        ("DELETE", f"{OWN}/properties", None, [("namespace.delete_properties", NAMESPACE)]),
        ("DELETE", f"{OWN}/tags", None, [("namespace.delete_tags", NAMESPACE)]),
        ("POST", f"{OWN}/objects", {"name": "n"}, [("object.create", BARE | {"name": "n"})]),
        (
            "PUT",
            f"{OWN}/objects/o",
            {"name": "n"},
            [("object.update", BARE | {"name": "n", "name_old": "o"})],
        ),
        ("DELETE", f"{OWN}/objects/o", None, [("object.delete", OBJECT | GONE)]),
        (
            "POST",
            f"{OWN}/properties",
            {"name": "n", **TITLE},
            [("property.create", PROPERTY | {"name": "n"})],
        ),
        (
            "PUT",
            f"{OWN}/properties/p",
            {"name": "n", **TITLE},
            [("property.update", PROPERTY | {"name": "n", "name_old": "p"})],
        ),
        ("DELETE", f"{OWN}/properties/p", None, [("property.delete", PROPERTY | GONE)]),
        ("POST", f"{OWN}/tags/n", None, [("tag.create", TAG | {"name": "n"})]),
        (
            "PUT",
            f"{OWN}/tags/t",
            {"name": "n"},
            [("tag.update", TAG | {"name": "n", "name_old": "t"})],
        ),
        ("DELETE", f"{OWN}/tags/t", None, [("tag.delete", TAG | GONE)]),
        (
            "POST",
            f"{OWN}/tags",
            {"tags": [{"name": "n"}, {"name": "m"}]},
            [
                ("namespace.delete_tags", NAMESPACE),
                ("tag.create", TAG | {"name": "n"}),
                ("tag.create", TAG | {"name": "m"}),
            ],
        ),
        (
            "POST",
            f"{OWN}/resource_types",
            {"name": "S"},
            [("resource_type.create", TYPE | {"name": "S", "prefix": None})],
        ),
        ("DELETE", f"{OWN}/resource_types/R", None, [("resource_type.delete", TYPE | GONE)]),
    ],
)
def test_act_tells_of_itself(
    make_namespace: MakeNamespace,
    admin_door: Door,
    method: str,
    path: str,
    body: Any,
    events: Told,
) -> None:
    make_namespace(**PARTS)
    before = len(told())

    assert admin_door.send(method, path, body).status_code < 300

    assert told()[before:] == [(f"metadef_{kind}", THERE | payload) for kind, payload in events]
    assert {event.user for event in Event.objects.all()[before:]} == {"u" + "a" * 31}
    assert {event.subject for event in Event.objects.all()} <= {"Own", "New"}


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", NS, {"namespace": "Own"}),
        ("POST", f"{OWN}/objects", {"name": "o"}),
        ("POST", f"{OWN}/tags", {"tags": [{"name": "x"}, {"name": "x"}]}),
        ("PUT", f"{OWN}/properties/none", {"name": "o", **TITLE}),
        ("DELETE", f"{OWN}/tags/none", None),
    ],
)
def test_act_that_fails_tells_nothing(
    make_namespace: MakeNamespace, admin_door: Door, method: str, path: str, body: Any
) -> None:
    make_namespace(**PARTS)
    before = len(told())

    assert admin_door.send(method, path, body).status_code >= 400

    assert told()[before:] == []


def test_reading_tells_nothing(make_namespace: MakeNamespace, owner_door: Door) -> None:
    make_namespace(**PARTS)
    before = len(told())

    for path in (NS, OWN, f"{OWN}/objects", "/metadefs/resource_types"):
        owner_door.send("GET", path)

    assert told()[before:] == []
