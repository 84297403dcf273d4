"""`glance md-…`: the administrator writes the catalogue, everybody reads it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from openstack.image.v2._proxy import Proxy

from tests.clients.clouds import one_store
from tests.clients.people import Person

pytestmark = one_store

NAME = "OS::Glance::Own"
PROPERTY = ("--name", "p", "--title", "T", "--type", "string")
WHOLE = {
    "namespace": NAME,
    "description": "D",
    "visibility": "public",
    "properties": {"p": {"title": "T", "type": "string", "default": "x"}},
    "objects": [{"name": "o", "properties": {"q": {"title": "Q", "type": "integer"}}}],
    "tags": [{"name": "t"}],
    "resource_type_associations": [{"name": "OS::Glance::R", "prefix": "r_"}],
}


@pytest.fixture
def own(roots_sdk: Proxy) -> Iterator[str]:
    """Return the name of a public namespace with a part of each kind."""
    assert roots_sdk.post("/metadefs/namespaces", json=WHOLE).status_code == 201
    yield NAME
    roots_sdk.update_metadef_namespace(NAME, protected=False)
    roots_sdk.delete_metadef_namespace(NAME)


def test_namespace_is_made_updated_and_deleted(root: Person) -> None:
    fields = ("--display-name", "Shown", "--visibility", "public", "--protected", "False")
    made = root.glance("md-namespace-create", "made", *fields).facts

    root.glance("md-namespace-update", "made", "--description", "new", "--namespace", "renamed")
    shown = root.glance("md-namespace-show", "renamed").facts
    root.glance("md-namespace-delete", "renamed")

    assert [made[name] for name in ("namespace", "display_name", "visibility", "protected")] == [
        "made",
        "Shown",
        "public",
        "False",
    ]
    assert [shown[name] for name in ("description", "display_name")] == ["new", "Shown"]


@pytest.mark.parametrize("way", ["file", "pipe"])
def test_namespace_is_imported(root: Person, tmp_path: Path, way: str) -> None:
    written = tmp_path / "namespace.json"
    written.write_text(json.dumps(WHOLE))

    if way == "file":
        shown = root.glance("md-namespace-import", "--file", written).facts
    else:
        shown = root.glance("md-namespace-import", piped=written).facts

    root.glance("md-namespace-delete", NAME)
    parts = ("properties", "objects", "tags", "resource_type_associations")
    assert [shown[part] for part in parts] == ['["p"]', '["o"]', '["t"]', '["OS::Glance::R"]']


def test_namespace_keeps_its_parts_when_it_is_updated(own: str, root: Person) -> None:
    root.glance("md-namespace-update", own, "--protected", "True")

    shown = root.glance("md-namespace-show", own, "--resource-type", "OS::Glance::R").facts
    assert (shown["properties"], shown["objects"], shown["protected"]) == (
        '["r_p"]',
        '["o"]',
        "True",
    )


def test_namespaces_are_listed_page_by_page(own: str, root: Person, alice: Person) -> None:
    for number in range(2):
        root.glance("md-namespace-create", f"more-{number}", "--visibility", "public")

    paged = alice.glance("md-namespace-list", "--page-size", "1", "--visibility", "public").table
    typed = alice.glance("md-namespace-list", "--resource-types", "OS::Glance::R").table

    for number in range(2):
        root.glance("md-namespace-delete", f"more-{number}")
    assert paged == [["more-1"], ["more-0"], [own]]
    assert typed == [[own]]


def test_resource_types_come_and_go(own: str, root: Person, alice: Person) -> None:
    root.glance("md-resource-type-associate", own, "--name", "OS::Glance::S", "--prefix", "s_")

    known = alice.glance("md-resource-type-list").table
    listed = alice.glance("md-namespace-resource-type-list", own).table
    root.glance("md-resource-type-deassociate", own, "OS::Glance::S")

    assert ["OS::Glance::S"] in known
    assert listed == [["OS::Glance::S", "s_", ""], ["OS::Glance::R", "r_", ""]]
    left = alice.glance("md-namespace-resource-type-list", own).table
    assert left == [["OS::Glance::R", "r_", ""]]


def test_properties_come_and_go(own: str, root: Person, alice: Person) -> None:
    schema = ("--schema", json.dumps({"enum": ["a"], "default": "a"}))
    fields = ("--name", "made", "--title", "M", "--type", "string")
    made = root.glance("md-property-create", own, *fields, *schema).facts

    root.glance("md-property-update", own, "made", "--title", "New", "--name", "renamed")
    shown = alice.glance("md-property-show", own, "renamed").facts
    listed = alice.glance("md-property-list", own).table
    root.glance("md-property-delete", own, "renamed")

    assert (made["name"], made["enum"]) == ("made", '["a"]')
    assert (shown["title"], shown["default"]) == ("New", "a")
    assert listed == [["renamed", "New", "string"], ["p", "T", "string"]]
    assert alice.glance("md-property-list", own).table == [["p", "T", "string"]]


def test_objects_come_and_go(own: str, root: Person, alice: Person) -> None:
    schema = json.dumps({"description": "D", "properties": {"x": {"title": "X", "type": "string"}}})
    made = root.glance("md-object-create", own, "--name", "made", "--schema", schema).facts

    root.glance("md-object-update", own, "made", "--name", "new", "--schema", '{"required": ["x"]}')
    shown = alice.glance("md-object-show", own, "new").facts
    inside = alice.glance("md-object-property-show", own, "new", "x").facts
    listed = alice.glance("md-object-list", own).table
    root.glance("md-object-delete", own, "new")

    assert (made["name"], made["properties"]) == ("made", '["x"]')
    assert (shown["required"], shown["description"]) == ('["x"]', "D")
    assert inside == {"name": "x", "title": "X", "type": "string"}
    assert [row[0] for row in listed] == ["new", "o"]
    assert [row[0] for row in alice.glance("md-object-list", own).table] == ["o"]


def test_tags_come_and_go(own: str, root: Person, alice: Person) -> None:
    made = root.glance("md-tag-create", own, "--name", "made").facts

    renamed = root.glance("md-tag-update", own, "made", "--name", "new").facts
    shown = alice.glance("md-tag-show", own, "new").facts
    listed = alice.glance("md-tag-list", own).table
    root.glance("md-tag-delete", own, "new")

    assert (made["name"], renamed["name"], shown) == ("made", "new", renamed)
    assert listed == [["new"], ["t"]]
    assert alice.glance("md-tag-list", own).table == [["t"]]


def test_several_tags_replace_all(own: str, root: Person) -> None:
    made = root.glance("md-tag-create-multiple", own, "--names", "a,b").table

    assert made == [["a"], ["b"]]
    assert [row[0] for row in root.glance("md-tag-list", own).table] == ["b", "a"]


def test_several_tags_with_append_fail_in_the_client(own: str, root: Person) -> None:
    """The client's own error: it gives its HTTP library a header that is no text."""
    command = ("glance", "md-tag-create-multiple", own, "--names", "a,b", "--append")

    said = root.run(*command, environment=root.by_password).failed()

    assert said == "quote_from_bytes() expected bytes\n"
    assert root.glance("md-tag-list", own).table == [["t"]]


def test_all_of_a_kind_go_at_once(own: str, root: Person) -> None:
    for command in (
        "md-namespace-objects-delete",
        "md-namespace-properties-delete",
        "md-namespace-tags-delete",
    ):
        root.glance(command, own)

    shown = root.glance("md-namespace-show", own).facts
    assert {"objects", "properties", "tags"}.isdisjoint(shown)


def test_member_is_refused_to_write(own: str, alice: Person) -> None:
    command = ("glance", "md-namespace-delete", own)

    said = alice.run(*command, environment=alice.by_password).failed()

    assert "HTTP 403 Forbidden: You are not permitted to delete the namespace." in said
