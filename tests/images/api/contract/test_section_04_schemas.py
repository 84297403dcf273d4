"""Schemas: the documents from which clients build their models."""

from __future__ import annotations

from typing import Any

import pytest
import warlock
from glanceclient.v2.schemas import Schema
from jsonschema import Draft4Validator

from tests.conftest import OTHER, MakeImage
from tests.images.api.door import Door

pytestmark = [pytest.mark.django_db, pytest.mark.route("GET", "/v2/schemas/{name}")]

NAMES = ["image", "images", "member", "members", "task", "tasks"]
FIELDS = [
    "id",
    "name",
    "status",
    "visibility",
    "protected",
    "os_hidden",
    "checksum",
    "os_hash_algo",
    "os_hash_value",
    "owner",
    "size",
    "virtual_size",
    "container_format",
    "disk_format",
    "min_disk",
    "min_ram",
    "created_at",
    "updated_at",
    "tags",
    "locations",
    "direct_url",
    "stores",
    "self",
    "file",
    "schema",
]
EXTRAS = [
    "kernel_id",
    "ramdisk_id",
    "instance_uuid",
    "architecture",
    "os_distro",
    "os_version",
    "description",
    "cinder_encryption_key_id",
    "cinder_encryption_key_deletion_policy",
]
LINKS = {"first": "{first}", "next": "{next}", "describedby": "{schema}"}


def document(door: Door, name: str) -> dict[str, Any]:
    """Return the schema *name*, as it is served."""
    found: dict[str, Any] = door.send("GET", f"/schemas/{name}").json()
    return found


def links(schema: dict[str, Any]) -> dict[str, str]:
    return {link["rel"]: link["href"] for link in schema["links"]}


@pytest.mark.parametrize("name", NAMES)
def test_schema_is_200_for_anybody_who_is_logged_in(reader_door: Door, name: str) -> None:
    answer = reader_door.send("GET", f"/schemas/{name}")

    assert (answer.status_code, answer.json()["name"]) == (200, name)
    Draft4Validator.check_schema(answer.json())


@pytest.mark.parametrize("name", NAMES)
def test_other_methods_are_405(reader_door: Door, name: str) -> None:
    reader_door.send("GET", f"/schemas/{name}")

    for method in ("POST", "PUT", "PATCH", "DELETE", "HEAD"):
        assert reader_door.send(method, f"/schemas/{name}").status_code == 405


def test_unknown_schema_is_404(reader_door: Door) -> None:
    assert reader_door.send("GET", "/schemas/nothing").status_code == 404


def test_image_has_every_field_and_lets_any_text_in(reader_door: Door) -> None:
    schema = document(reader_door, "image")

    assert sorted(schema["properties"]) == sorted(FIELDS + EXTRAS)
    assert schema["additionalProperties"] == {"type": "string"}
    assert links(schema) == {"self": "{self}", "enclosure": "{file}", "describedby": "{schema}"}


def test_image_marks_what_is_read_only_and_what_is_no_base(reader_door: Door) -> None:
    fields = document(reader_door, "image")["properties"]

    read_only = [
        "status",
        "checksum",
        "os_hash_algo",
        "os_hash_value",
        "size",
        "virtual_size",
        "created_at",
        "updated_at",
        "direct_url",
        "stores",
        "self",
        "file",
        "schema",
    ]
    assert sorted(name for name in fields if fields[name].get("readOnly")) == sorted(read_only)
    assert sorted(name for name in fields if fields[name].get("is_base") is False) == sorted(EXTRAS)


@pytest.mark.parametrize(("name", "item"), [("images", "image"), ("members", "member")])
def test_collection_holds_items(reader_door: Door, name: str, item: str) -> None:
    schema = document(reader_door, name)

    assert schema["properties"][name]["items"] == document(reader_door, item)
    assert schema["properties"]["schema"] == {"type": "string"}
    assert "additionalProperties" not in schema


@pytest.mark.parametrize("name", ["images", "tasks"])
def test_paged_collection_has_links(reader_door: Door, name: str) -> None:
    schema = document(reader_door, name)

    assert links(schema) == LINKS
    assert schema["properties"].keys() == {name, "schema", "first", "next"}


@pytest.mark.parametrize("name", ["member", "members", "task", "tasks"])
def test_others_have_no_additional_properties(reader_door: Door, name: str) -> None:
    assert "additionalProperties" not in document(reader_door, name)


def test_task_is_listed_without_its_input(reader_door: Door) -> None:
    task, tasks = document(reader_door, "task"), document(reader_door, "tasks")

    listed = tasks["properties"]["tasks"]["items"]["properties"]
    assert task["properties"].keys() - listed.keys() == {"input", "result", "message"}


def test_client_builds_its_image_from_the_schema(make_active: MakeImage, owner_door: Door) -> None:
    image = make_active(tags=["a"], properties={"k": "v", "os_distro": "debian"}, name="x")
    schema = document(owner_door, "image")

    model = warlock.model_factory(Schema(schema).raw())(owner_door.show(image).json())

    model.name, model.another = "y", "any text"
    assert model.patch.count('"path": "/another"') == 1
    assert [Schema(schema).is_base_property(name) for name in ("name", "os_distro", "k")] == [
        True,
        False,
        False,
    ]


@pytest.mark.parametrize(
    ("name", "path"),
    [("images", "/images"), ("members", "/images/{}/members"), ("member", "/images/{}/members/{}")],
)
def test_client_builds_its_other_models_from_the_schemas(
    make_active: MakeImage, owner_door: Door, name: str, path: str
) -> None:
    image = make_active()
    image.members.create(project=OTHER)

    shown = owner_door.send("GET", path.format(image.pk, OTHER)).json()

    assert warlock.model_factory(document(owner_door, name))(**shown) == shown
