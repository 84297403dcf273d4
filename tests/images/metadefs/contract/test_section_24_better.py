"""What the catalogue does better than the reference; clients and tests take it all the same."""

from __future__ import annotations

from typing import Any

import pytest

from images.metadefs.models import MetadefObject, MetadefProperty, MetadefTag, Namespace
from images.models import Event
from tests.conftest import PROJECT, actor
from tests.images.api.door import Door
from tests.images.metadefs.conftest import MakeNamespace
from tests.images.metadefs.shown import NS, TITLE, without_times

pytestmark = pytest.mark.django_db

OWN = f"{NS}/Own"


@pytest.mark.parametrize("name", ["😀", "𠀀 🜁"])
def test_better_04_unicode_of_four_bytes_is_taken_everywhere(admin_door: Door, name: str) -> None:
    definition = TITLE | {"title": name, "default": name, "enum": [name]}
    sent: dict[str, Any] = {
        "namespace": name,
        "display_name": name,
        "description": name,
        "properties": {name: definition},
        "objects": [{"name": name, "required": [name], "properties": {name: definition}}],
        "tags": [{"name": name}],
        "resource_type_associations": [{"name": name, "prefix": name, "properties_target": name}],
    }

    made = admin_door.send("POST", NS, sent).json()

    shown = admin_door.send("GET", f"{NS}/{name}").json()
    assert shown == made
    assert {key: shown[key] for key in ("namespace", "properties", "tags")} == {
        key: sent[key] for key in ("namespace", "properties", "tags")
    }
    assert (
        without_times(shown["resource_type_associations"][0])
        == sent["resource_type_associations"][0]
    )
    assert admin_door.send("GET", f"{NS}/{name}/tags/{name}").json()["name"] == name


@pytest.mark.parametrize("limit", ["x", "", "1.5", "٣", "9" * 30])
@pytest.mark.parametrize("path", ["", "/Own/objects", "/Own/tags"])
def test_better_07_limit_that_is_no_number_is_400(
    make_namespace: MakeNamespace, owner_door: Door, path: str, limit: str
) -> None:
    make_namespace()

    assert owner_door.send("GET", f"{NS}{path}?limit={limit}").status_code == 400


@pytest.mark.parametrize("key", ["unknown", "", "metadef_tags", "namespace__owner", "pk"])
@pytest.mark.parametrize("path", ["", "/Own/objects", "/Own/tags"])
def test_better_07_unknown_sort_key_is_400(
    make_namespace: MakeNamespace, owner_door: Door, path: str, key: str
) -> None:
    make_namespace()

    assert owner_door.send("GET", f"{NS}{path}?sort_key={key}").status_code == 400


def test_better_07_unknown_parameter_of_a_property_is_ignored(
    make_namespace: MakeNamespace, owner_door: Door
) -> None:
    make_namespace(properties={"p": TITLE})

    answer = owner_door.send("GET", f"{OWN}/properties/p?x=y")

    assert (answer.status_code, answer.json()) == (200, {"name": "p"} | TITLE)


def test_better_07_bulk_tags_without_tags_are_400(
    make_namespace: MakeNamespace, admin_door: Door
) -> None:
    make_namespace(tags=[{"name": "kept"}])

    assert admin_door.send("POST", f"{OWN}/tags", {}).status_code == 400
    assert admin_door.send("GET", f"{OWN}/tags").json() == {"tags": [{"name": "kept"}]}


def test_better_15_repeated_parameters_stay_in_the_addresses(
    make_namespace: MakeNamespace, owner_door: Door
) -> None:
    make_namespace()

    body = owner_door.send("GET", f"{NS}?x=1&x=2&limit=1").json()

    assert (body["first"], body["next"]) == (
        f"/v2{NS}?x=1&x=2&limit=1",
        f"/v2{NS}?x=1&x=2&limit=1&marker=Own",
    )


def test_better_22_list_without_a_role_is_403() -> None:
    assert Door(actor(PROJECT)).send("GET", NS).status_code == 403


def test_better_23_bulk_tags_answer_what_was_sent(
    make_namespace: MakeNamespace, admin_door: Door
) -> None:
    make_namespace(tags=[{"name": "a"}])

    answer = admin_door.send(
        "POST", f"{OWN}/tags", {"tags": [{"name": "b"}]}, HTTP_X_OPENSTACK_APPEND="1"
    )

    assert answer.json() == {"tags": [{"name": "b"}]}


def test_better_24_schema_of_the_object_list_has_its_leading_slash(
    make_namespace: MakeNamespace, owner_door: Door
) -> None:
    make_namespace()

    body = owner_door.send("GET", f"{OWN}/objects").json()

    assert body == {"objects": [], "schema": "/v2/schemas/metadefs/objects"}


@pytest.mark.parametrize(
    ("path", "model"),
    [
        (OWN, Namespace),
        (f"{OWN}/objects/o", MetadefObject),
        (f"{OWN}/properties/p", MetadefProperty),
        (f"{OWN}/tags/t", MetadefTag),
    ],
)
def test_better_25_put_of_what_is_there_touches_nothing(
    make_namespace: MakeNamespace, admin_door: Door, path: str, model: Any
) -> None:
    make_namespace(objects=[{"name": "o"}], properties={"p": TITLE}, tags=[{"name": "t"}])
    before, events = model.objects.values().get(), Event.objects.count()
    body = {OWN: {"namespace": "Own", "owner": PROJECT}}.get(path, {"name": path[-1]})
    body |= TITLE if path.endswith("/p") else {}

    answer = admin_door.send("PUT", path, body)

    assert answer.status_code == 200
    assert (model.objects.values().get(), Event.objects.count()) == (before, events)


def test_better_26_refusal_is_one_plain_sentence_that_names_the_field(admin_door: Door) -> None:
    sent = {"namespace": "x", "properties": {"p": {"title": "T", "type": "text"}}}

    told = admin_door.send("POST", NS, sent).json()

    assert told == {
        "message": "Invalid value of 'properties.p.type': 'text' is not one of "
        "['array', 'boolean', 'integer', 'number', 'object', 'string']",
        "code": "400 Bad Request",
        "title": "Bad Request",
    }


@pytest.mark.parametrize("minor", ["0", "7", "18"])
@pytest.mark.parametrize(
    "path", ["/metadefs/namespaces/Own", "/metadefs/resource_types", "/schemas/metadefs/tag"]
)
def test_minor_versions_are_names(
    make_namespace: MakeNamespace, owner_door: Door, minor: str, path: str
) -> None:
    make_namespace()

    answer = owner_door.get(f"/v2.{minor}{path}")

    assert (answer.status_code, answer.json()) == (200, owner_door.get(f"/v2{path}").json())
