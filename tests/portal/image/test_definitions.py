from __future__ import annotations

from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from images.actors import Actor
from images.metadefs.documents import read_namespace
from images.metadefs.lifecycle.namespaces import create_namespace
from portal.image.definitions import Definition, definitions_for, why_locked
from tests.conftest import OTHER, PROJECT, Protect

DISK = {"title": "Disk bus", "type": "string", "enum": ["virtio", "scsi"]}
CORES = {"title": "Cores", "type": "integer", "minimum": 1, "maximum": 64}


def define(admin: Actor, name: str, **fields: Any) -> None:
    """Make a namespace of images that PROJECT owns."""
    association = {"name": "OS::Glance::Image"} | fields.pop("association", {})
    document = {
        "namespace": name,
        "owner": PROJECT,
        "resource_type_associations": [association],
        **fields,
    }
    create_namespace(read_namespace(document), actor=admin)


@pytest.mark.django_db
def test_what_is_defined_for_images_is_known_by_its_full_name(
    admin: Actor, owner: Actor, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    define(admin, "Hardware", association={"prefix": "hw_"}, properties={"disk_bus": DISK})
    define(admin, "Z", objects=[{"name": "cpu", "properties": {"hw_cores": CORES}}])
    define(admin, "Volumes", association={"name": "OS::Cinder::Volume"}, properties={"x": DISK})
    define(admin, "Foreign", owner=OTHER, properties={"y": DISK})

    with django_assert_num_queries(3):
        known = definitions_for(owner)

    assert {name: one.title for name, one in known.items()} == {
        "hw_disk_bus": "Disk bus",
        "hw_cores": "Cores",
    }


@pytest.mark.django_db
def test_of_two_definitions_the_first_namespaces_counts(admin: Actor, owner: Actor) -> None:
    define(admin, "B", properties={"x": DISK | {"title": "of B"}})
    define(admin, "A", properties={"x": DISK | {"title": "of A"}})

    assert definitions_for(owner)["x"].title == "of A"


@pytest.mark.parametrize(
    ("schema", "good", "bad"),
    [
        (DISK, ["virtio", "SCSI"], ["ide", ""]),
        (CORES, ["1", "64"], ["0", "65", "two", "1.5", ""]),
        ({"title": "x", "type": "number", "minimum": 0.5}, ["0.5", "1e3"], ["0.4", "nan", "x"]),
        ({"title": "x", "type": "boolean"}, ["true", "False"], ["yes", ""]),
        ({"title": "x", "type": "string", "maxLength": 2}, ["ab", ""], ["abc"]),
        ({"title": "x", "type": "string", "pattern": "(a+)+$"}, ["a" * 60 + "b"], []),
        ({"title": "x", "type": "array", "items": {"type": "string"}}, ["a,b"], []),
    ],
)
def test_values_are_held_to_their_definition(
    schema: dict[str, Any], good: list[str], bad: list[str]
) -> None:
    definition = Definition("x", schema)

    assert [text for text in good if definition.trouble(text)] == []
    assert [text for text in bad if not definition.trouble(text)] == []


def test_what_is_locked_says_why(owner: Actor, protect: Protect) -> None:
    protect("[^kept$]\nread = @\n[.]\ncreate = @\nread = @\nupdate = @\ndelete = @\n")
    known = {"fixed": Definition("fixed", {"title": "x", "type": "string", "readonly": True})}

    told = [why_locked(name, owner, known) for name in ("os_glance_x", "fixed", "kept", "free")]

    assert told == [
        "The service itself keeps it.",
        "Its definition says that nobody changes it.",
        "The operator’s rules keep it from your role.",
        "",
    ]
