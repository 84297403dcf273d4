"""Metadata definitions: namespaces, one by one."""

from __future__ import annotations

from typing import Any

import pytest

from images.metadefs.models import Namespace, ResourceType
from tests.conftest import PROJECT, THIRD
from tests.images.api.door import Door
from tests.images.metadefs.conftest import MakeNamespace
from tests.images.metadefs.shown import NS, TITLE, without_times

pytestmark = pytest.mark.django_db

ALL, ONE = f"/v2{NS}", f"/v2{NS}/{{namespace}}"
WHOLE: dict[str, Any] = {
    "namespace": "Own",
    "display_name": "Own things",
    "description": "D",
    "visibility": "public",
    "protected": True,
    "owner": THIRD,
    "properties": {"p": TITLE},
    "objects": [{"name": "o", "required": ["q"], "properties": {"q": TITLE}}],
    "tags": [{"name": "t"}],
    "resource_type_associations": [{"name": "R", "prefix": "r_", "properties_target": "image"}],
}


@pytest.mark.route("POST", ALL)
def test_create_answers_201_with_location_and_defaults(admin_door: Door, settings: Any) -> None:
    settings.PUBLIC_URL = "https://cloud.example"

    answer = admin_door.send("POST", NS, {"namespace": "OS::Own"})

    assert answer.headers["Location"] == f"https://cloud.example/v2{NS}/OS::Own"
    assert (answer.status_code, without_times(answer.json())) == (
        201,
        {
            "namespace": "OS::Own",
            "visibility": "private",
            "protected": False,
            "owner": "a" * 32,
            "self": f"/v2{NS}/OS::Own",
            "schema": "/v2/schemas/metadefs/namespace",
        },
    )


@pytest.mark.route("POST", ALL)
@pytest.mark.route("GET", ONE)
def test_create_takes_everything_in_one_body(admin_door: Door) -> None:
    made = admin_door.send("POST", NS, WHOLE)

    shown = admin_door.send("GET", f"{NS}/Own").json()
    (row,), (association,) = shown["objects"], shown["resource_type_associations"]
    assert (made.status_code, made.json()) == (201, shown)
    assert without_times(row) == WHOLE["objects"][0] | {
        "self": f"/v2{NS}/Own/objects/o",
        "schema": "/v2/schemas/metadefs/object",
    }
    assert without_times(association) == WHOLE["resource_type_associations"][0]
    same = WHOLE.keys() - {"objects", "resource_type_associations"}
    assert {name: shown[name] for name in same} == {name: WHOLE[name] for name in same}


@pytest.mark.route("POST", ALL)
@pytest.mark.parametrize(
    "twice",
    [
        {"objects": [{"name": "o"}, {"name": "o"}]},
        {"tags": [{"name": "t"}, {"name": "t"}]},
        {"resource_type_associations": [{"name": "new"}, {"name": "new"}]},
    ],
)
def test_create_is_undone_together_on_failure(admin_door: Door, twice: dict[str, Any]) -> None:
    answer = admin_door.send("POST", NS, {"namespace": "Own", "properties": {"p": TITLE}} | twice)

    assert answer.status_code == 409
    assert (Namespace.objects.count(), ResourceType.objects.count()) == (0, 0)


@pytest.mark.route("GET", ONE)
def test_show_leaves_out_what_is_absent(make_namespace: MakeNamespace, owner_door: Door) -> None:
    make_namespace(description="")

    answer = owner_door.send("GET", f"{NS}/Own")

    assert (answer.status_code, without_times(answer.json())) == (
        200,
        {
            "namespace": "Own",
            "description": "",
            "visibility": "private",
            "protected": False,
            "owner": PROJECT,
            "self": f"/v2{NS}/Own",
            "schema": "/v2/schemas/metadefs/namespace",
        },
    )


@pytest.mark.route("GET", ONE)
@pytest.mark.parametrize(
    ("resource_type", "prefix"), [("R", "r_"), ("Bare", ""), ("unknown", ""), ("", "")]
)
def test_show_on_a_resource_type_prefixes_all_property_names(
    make_namespace: MakeNamespace, owner_door: Door, resource_type: str, prefix: str
) -> None:
    types = [{"name": "R", "prefix": "r_"}, {"name": "Bare"}]
    parts = {"properties": WHOLE["properties"], "objects": WHOLE["objects"]}
    make_namespace(resource_type_associations=types, **parts)

    shown = owner_door.send("GET", f"{NS}/Own?resource_type={resource_type}").json()

    assert shown["properties"] == {f"{prefix}p": TITLE}
    assert shown["objects"][0]["properties"] == {f"{prefix}q": TITLE}
    assert shown["objects"][0]["required"] == [f"{prefix}q"]


@pytest.mark.route("PUT", ONE)
def test_put_replaces_the_own_fields_and_nothing_else(
    make_namespace: MakeNamespace, admin_door: Door
) -> None:
    make_namespace(**{key: WHOLE[key] for key in WHOLE if key != "namespace"})
    before = admin_door.send("GET", f"{NS}/Own").json()

    answer = admin_door.send("PUT", f"{NS}/Own", {"namespace": "New"})

    assert (answer.status_code, without_times(answer.json())) == (
        200,
        {
            "namespace": "New",
            "visibility": "private",
            "protected": False,
            "owner": "a" * 32,
            "self": f"/v2{NS}/New",
            "schema": "/v2/schemas/metadefs/namespace",
        },
    )
    after = admin_door.send("GET", f"{NS}/New").json()
    assert [after[part] for part in ("properties", "tags")] == [
        before[part] for part in ("properties", "tags")
    ]
    assert admin_door.send("GET", f"{NS}/Own").status_code == 404


@pytest.mark.route("PUT", ONE)
def test_put_takes_what_get_gave_without_the_read_only(
    make_namespace: MakeNamespace, admin_door: Door
) -> None:
    make_namespace(**{key: WHOLE[key] for key in WHOLE if key != "namespace"})
    given = admin_door.send("GET", f"{NS}/Own").json()
    sent = {key: given[key] for key in given if key not in {"self", "schema"}}

    answer = admin_door.send("PUT", f"{NS}/Own", without_times(sent))

    assert (answer.status_code, admin_door.send("GET", f"{NS}/Own").json()) == (200, given)


@pytest.mark.route("DELETE", ONE)
def test_delete_takes_all_below_it(make_namespace: MakeNamespace, admin_door: Door) -> None:
    make_namespace(**{key: WHOLE[key] for key in WHOLE if key not in {"namespace", "protected"}})

    answer = admin_door.send("DELETE", f"{NS}/Own")

    assert (answer.status_code, answer.content) == (204, b"")
    assert admin_door.send("GET", f"{NS}/Own").status_code == 404
    assert [row.name for row in ResourceType.objects.all()] == ["R"]


@pytest.mark.route("DELETE", ONE)
def test_delete_of_a_protected_one_is_403(make_namespace: MakeNamespace, admin_door: Door) -> None:
    make_namespace(protected=True)

    assert admin_door.send("DELETE", f"{NS}/Own").status_code == 403
    assert Namespace.objects.count() == 1


@pytest.mark.route("POST", ALL)
@pytest.mark.route("GET", ONE)
@pytest.mark.parametrize("name", ["OS::A:b", "😀", "a b", "n" * 80, "%", "..."])
def test_name_may_hold_almost_anything(admin_door: Door, name: str) -> None:
    made = admin_door.send("POST", NS, {"namespace": name})

    path = made.json()["self"].removeprefix("/v2")
    assert made.status_code == 201
    assert made.headers["Location"].endswith(path)
    assert admin_door.send("GET", path).json() == made.json()
