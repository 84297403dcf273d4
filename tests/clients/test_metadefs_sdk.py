"""openstacksdk's metadata definitions, as programs use them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from openstack.exceptions import ConflictException, ForbiddenException, NotFoundException
from openstack.image.v2._proxy import Proxy

from tests.clients.clouds import one_store

pytestmark = one_store

NAME = "OS::Sdk::Own"
TITLE = {"title": "T", "type": "string"}


@pytest.fixture
def own(roots_sdk: Proxy) -> Iterator[str]:
    """Return the name of an empty public namespace."""
    roots_sdk.create_metadef_namespace(namespace=NAME, visibility="public")
    yield NAME
    roots_sdk.update_metadef_namespace(NAME, is_protected=False)
    roots_sdk.delete_metadef_namespace(NAME)


def test_namespace_is_made_found_changed_and_deleted(roots_sdk: Proxy, sdk: Proxy) -> None:
    made = roots_sdk.create_metadef_namespace(
        namespace="made", display_name="Shown", visibility="public", is_protected=True
    )
    found = sdk.get_metadef_namespace("made")

    changed = roots_sdk.update_metadef_namespace(made, visibility="public", is_protected=False)
    roots_sdk.delete_metadef_namespace(changed, ignore_missing=False)

    assert (found.display_name, found.is_protected, found.id) == ("Shown", True, "made")
    assert (changed.is_protected, changed.display_name) == (False, "Shown")
    with pytest.raises(NotFoundException):
        sdk.get_metadef_namespace("made")


def test_namespaces_come_page_by_page(roots_sdk: Proxy, sdk: Proxy) -> None:
    names = [f"page-{number}" for number in range(5)]
    for name in names:
        roots_sdk.create_metadef_namespace(namespace=name, visibility="public")

    found = sdk.metadef_namespaces(limit=2, sort_key="namespace", sort_dir="asc")

    listed = [row.namespace for row in found]
    for name in names:
        roots_sdk.delete_metadef_namespace(name)
    assert [name for name in listed if name in names] == names


def test_tags_come_and_go(own: str, roots_sdk: Proxy, sdk: Proxy) -> None:
    namespace = sdk.get_metadef_namespace(own)
    for tag in ("a", "b", "c"):
        roots_sdk.add_tag_to_metadef_namespace(own, tag)

    roots_sdk.remove_tag_from_metadef_namespace(own, "a")
    left = sdk.get_metadef_namespace(own).tags
    namespace.set_tags(roots_sdk, ["d"], append=True)
    namespace.fetch_tags(sdk)
    roots_sdk.remove_tags_from_metadef_namespace(own)

    assert left == [{"name": "c"}, {"name": "b"}]
    assert namespace.tags == [{"name": "d"}, {"name": "c"}, {"name": "b"}]
    assert sdk.get(f"/metadefs/namespaces/{own}/tags").json() == {"tags": []}


def test_objects_come_and_go(own: str, roots_sdk: Proxy, sdk: Proxy) -> None:
    made = roots_sdk.create_metadef_object(own, name="o", description="D", properties={"p": TITLE})
    changed = roots_sdk.update_metadef_object(made, own, name="new", required=["p"])

    found = sdk.get_metadef_object("new", own)
    listed = [row.name for row in sdk.metadef_objects(own)]
    roots_sdk.delete_metadef_object(found, own)

    assert (changed.name, found.required, listed) == ("new", ["p"], ["new"])
    roots_sdk.create_metadef_object(own, name="more")
    roots_sdk.delete_all_metadef_objects(own)
    assert list(sdk.metadef_objects(own)) == []


def test_properties_come_and_go(own: str, roots_sdk: Proxy, sdk: Proxy) -> None:
    made = roots_sdk.create_metadef_property(own, name="p", enum=["a"], min_length=1, **TITLE)
    roots_sdk.update_metadef_property(made, own, name="new", **TITLE)

    found = sdk.get_metadef_property("new", own)
    listed = [row.name for row in sdk.metadef_properties(own)]
    roots_sdk.delete_metadef_property(found, own, ignore_missing=False)

    assert (made.enum, made.min_length, found.enum, listed) == (["a"], 1, None, ["new"])
    roots_sdk.create_metadef_property(own, name="more", **TITLE)
    roots_sdk.delete_all_metadef_properties(own)
    assert list(sdk.metadef_properties(own)) == []


def test_property_is_found_by_its_name_on_a_resource_type(
    own: str, roots_sdk: Proxy, sdk: Proxy
) -> None:
    roots_sdk.create_metadef_property(own, name="p", **TITLE)
    roots_sdk.create_metadef_resource_type_association(own, name="OS::Sdk::R", prefix="r_")

    answer = sdk.get(f"/metadefs/namespaces/{own}/properties/r_p?resource_type=OS::Sdk::R")

    assert answer.json() == {"name": "p", **TITLE}


def test_resource_types_come_and_go(own: str, roots_sdk: Proxy, sdk: Proxy) -> None:
    made = roots_sdk.create_metadef_resource_type_association(own, name="OS::Sdk::R", prefix="r_")

    known = [row.name for row in sdk.metadef_resource_types()]
    listed = [(row.name, row.prefix) for row in sdk.metadef_resource_type_associations(own)]
    roots_sdk.delete_metadef_resource_type_association(made, own, ignore_missing=False)

    assert "OS::Sdk::R" in known
    assert listed == [("OS::Sdk::R", "r_")]
    assert list(sdk.metadef_resource_type_associations(own)) == []


def test_name_that_is_taken_is_a_conflict(own: str, roots_sdk: Proxy) -> None:
    with pytest.raises(ConflictException):
        roots_sdk.create_metadef_namespace(namespace=own)


def test_member_is_refused_to_write(own: str, sdk: Proxy) -> None:
    with pytest.raises(ForbiddenException, match="You are not permitted to add an object"):
        sdk.create_metadef_object(own, name="o")


def test_schemas_are_served(sdk: Proxy) -> None:
    single = [
        sdk.get_metadef_namespace_schema(),
        sdk.get_metadef_object_schema(),
        sdk.get_metadef_property_schema(),
        sdk.get_metadef_tag_schema(),
        sdk.get_metadef_resource_type_schema(),
    ]
    lists = [
        sdk.get_metadef_namespaces_schema(),
        sdk.get_metadef_objects_schema(),
        sdk.get_metadef_properties_schema(),
        sdk.get_metadef_tags_schema(),
        sdk.get_metadef_resource_types_schema(),
    ]

    assert [schema.name for schema in single + lists] == [
        "namespace",
        "object",
        "property",
        "tag",
        "resource_type_association",
        "namespaces",
        "objects",
        "properties",
        "tags",
        "resource_type_associations",
    ]
