"""`openstack image metadef …`: the administrator writes the catalogue, everybody reads it."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from openstack.image.v2._proxy import Proxy

from tests.clients.clouds import one_store
from tests.clients.people import Done, Person

pytestmark = one_store

NAME = "OS::Cli::Own"
PROPERTY = ("--name", "p", "--title", "T", "--type", "string")


def metadef(person: Person, words: str, *more: str) -> Done:
    """Run `openstack image metadef` with *words* and *more*."""
    return person.openstack("image", "metadef", *words.split(), *more)


@pytest.fixture
def own(root: Person, roots_sdk: Proxy) -> Iterator[str]:
    """Return the name of an empty public namespace."""
    metadef(root, "namespace create", NAME, "--public", "--description", "D")
    yield NAME
    roots_sdk.update_metadef_namespace(NAME, protected=False)
    roots_sdk.delete_metadef_namespace(NAME)


def test_namespace_create_shows_it(root: Person) -> None:
    fields = ("--display-name", "Shown", "--description", "D", "--public", "--protected")

    shown = metadef(root, "namespace create", "made", *fields, "-f", "json").json

    metadef(root, "namespace set", "made", "--unprotected")
    metadef(root, "namespace delete", "made")
    kept = {key: shown[key] for key in ("namespace", "display_name", "description", "visibility")}
    assert kept == {
        "namespace": "made",
        "display_name": "Shown",
        "description": "D",
        "visibility": "public",
    }
    assert shown["protected"] is True


def test_namespace_list_filters(own: str, root: Person, alice: Person) -> None:
    metadef(root, "resource type association create", own, "OS::Cli::Type")
    metadef(root, "namespace create", "hidden", "--private")

    lists = [
        metadef(alice, "namespace list", *more, "-f", "json").json
        for more in ((), ("--visibility", "public"), ("--resource-types", "OS::Cli::Type"))
    ]

    metadef(root, "namespace delete", "hidden")
    names = [[row["namespace"] for row in rows] for rows in lists]
    assert names == [["hidden", own], [own], [own]]


def test_namespace_set_replaces_and_tags(own: str, root: Person, alice: Person) -> None:
    tags = ("--tag", "a", "--tag", "b")

    metadef(root, "namespace set", own, "--public", "--display-name", "New", *tags)

    shown = metadef(alice, "namespace show", own, "-f", "json").json
    assert (shown["display_name"], shown["visibility"]) == ("New", "public")
    assert "description" not in shown
    assert [tag["name"] for tag in shown["tags"]] == ["b", "a"]


def test_namespace_unset_takes_tags_away(own: str, root: Person, roots_sdk: Proxy) -> None:
    metadef(root, "namespace set", own, "--public", "--tag", "a", "--tag", "b", "--tag", "c")

    metadef(root, "namespace unset", own, "--tag", "a")
    left = roots_sdk.get(f"/metadefs/namespaces/{own}/tags").json()
    metadef(root, "namespace unset", own, "--all-tags")

    assert left == {"tags": [{"name": "c"}, {"name": "b"}]}
    assert roots_sdk.get(f"/metadefs/namespaces/{own}/tags").json() == {"tags": []}


def test_namespace_delete_of_a_protected_one_is_refused(own: str, root: Person) -> None:
    metadef(root, "namespace set", own, "--protected")

    said = root.refused("image", "metadef", "namespace", "delete", own)

    assert f"403: Client Error for url: {root.url}/v2/metadefs/namespaces/{own}" in said
    assert f"Metadata definition namespace {own} is protected." in said


def test_objects_come_and_go(own: str, root: Person, alice: Person, roots_sdk: Proxy) -> None:
    made = metadef(root, "object create", "--namespace", own, "o", "-f", "json").json
    definition = {"title": "T", "type": "string"}
    roots_sdk.update_metadef_object("o", own, name="o", properties={"p": definition})

    metadef(root, "object update", own, "o", "--name", "new")
    shown = metadef(alice, "object show", own, "new", "-f", "json").json
    listed = metadef(alice, "object list", own, "-f", "json").json
    metadef(root, "object delete", own, "new")

    assert (made["name"], made["properties"], made["required"]) == ("o", {}, [])
    assert (shown["name"], shown["properties"]) == ("new", {})
    assert listed == [{"name": "new", "description": None}]
    assert metadef(alice, "object list", own, "-f", "json").json == []


def test_property_of_an_object_is_shown(
    own: str, root: Person, alice: Person, roots_sdk: Proxy
) -> None:
    definition = {"title": "T", "type": "string", "enum": ["a"]}
    roots_sdk.create_metadef_object(own, name="o", properties={"p": definition})

    shown = metadef(alice, "object property show", own, "o", "p", "-f", "json").json
    metadef(root, "object delete", own)

    assert shown == {"name": "p", **definition}
    assert list(roots_sdk.metadef_objects(own)) == []


def test_properties_come_and_go(own: str, root: Person, alice: Person) -> None:
    schema = ("--schema", json.dumps({"enum": ["a", "b"], "default": "a", "minLength": 1}))
    made = metadef(root, "property create", own, *PROPERTY, *schema, "-f", "json").json

    metadef(root, "property set", own, "p", "--title", "New")
    shown = metadef(alice, "property show", own, "p", "-f", "json").json
    listed = metadef(alice, "property list", own, "-f", "json").json
    metadef(root, "property delete", own, "p")

    assert (made["enum"], made["default"]) == (["a", "b"], "a")
    assert (shown["title"], shown["enum"]) == ("New", ["a", "b"])
    assert listed == [{"name": "p", "title": "New", "type": "string"}]
    assert metadef(alice, "property list", own, "-f", "json").json == []


def test_property_delete_takes_all(own: str, root: Person, roots_sdk: Proxy) -> None:
    metadef(root, "property create", own, *PROPERTY, "--schema", "{}")

    metadef(root, "property delete", own)

    assert list(roots_sdk.metadef_properties(own)) == []


def test_resource_types_come_and_go(own: str, root: Person, alice: Person) -> None:
    create = ("resource type association create", own, "OS::Cli::R", "--properties-target", "image")
    made = metadef(root, *create, "-f", "json").json

    listed = metadef(alice, "resource type association list", own, "-f", "json").json
    metadef(root, "resource type association delete", own, "OS::Cli::R")

    known = metadef(alice, "resource type list", "-f", "json").json
    assert (made["name"], made["properties_target"]) == ("OS::Cli::R", "image")
    assert listed == [{"Name": "OS::Cli::R"}]
    assert {"Name": "OS::Cli::R"} in known
    assert metadef(alice, "resource type association list", own, "-f", "json").json == []


def test_resource_type_of_a_protected_namespace_goes_by_force(own: str, root: Person) -> None:
    metadef(root, "resource type association create", own, "OS::Cli::R")
    metadef(root, "namespace set", own, "--public", "--protected")
    delete = ("image", "metadef", "resource", "type", "association", "delete", own, "OS::Cli::R")

    said = root.refused(*delete)
    root.openstack(*delete, "--force")

    assert "is protected." in said
    assert metadef(root, "resource type association list", own, "-f", "json").json == []


def test_member_is_refused_to_write(own: str, alice: Person) -> None:
    said = alice.refused("image", "metadef", "namespace", "set", own, "--private")

    assert "You are not permitted to change the namespace." in said
