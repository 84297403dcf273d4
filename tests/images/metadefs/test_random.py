"""Random requests to the catalogue: whatever is sent, the answer is never that it broke."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from images.actors import Actor
from images.metadefs.definitions import NAMESPACE, PROPERTY
from images.metadefs.models import Namespace
from tests.images.api.door import Door
from tests.images.metadefs.conftest import MakeNamespace
from tests.images.metadefs.shown import EVERYTHING, NS, TITLE

pytestmark = [pytest.mark.django_db, pytest.mark.no_cover]

enough = settings(
    max_examples=100,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
any_text = st.text(st.characters(exclude_categories=[]), max_size=20)
numbers = st.integers() | st.floats() | st.sampled_from([10**4000, -1, 2**63, 1e308])
values = st.recursive(
    st.none() | st.booleans() | numbers | any_text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(any_text, inner, max_size=3),
    max_leaves=5,
)
definitions = st.dictionaries(st.sampled_from(sorted(PROPERTY)), values, max_size=4).map(
    lambda more: TITLE | more
)
parts = st.fixed_dictionaries(
    {"name": any_text},
    optional={"properties": st.dictionaries(any_text, definitions, max_size=2)},
)
namespaces = st.fixed_dictionaries(
    {"namespace": any_text},
    optional={
        "properties": st.dictionaries(any_text, definitions | st.just(EVERYTHING), max_size=2),
        "objects": st.lists(parts, max_size=2),
        "tags": st.lists(parts, max_size=2),
        "resource_type_associations": st.lists(parts | values, max_size=2),
    },
) | st.dictionaries(st.sampled_from(sorted(NAMESPACE)), values, max_size=4)
bodies = (
    namespaces | parts | definitions | st.fixed_dictionaries({"tags": st.lists(parts)}) | values
)
words = st.sampled_from(
    ["Own", "objects", "properties", "tags", "resource_types", "o", "p", "t", "R"]
)
names = words | st.text(max_size=20)
queries = st.lists(
    st.tuples(
        st.sampled_from(["limit", "marker", "sort_key", "sort_dir", "visibility", "resource_types"])
        | st.just("resource_type"),
        st.sampled_from([*NAMESPACE, "name", "id", "asc", "public", "R", "Own", "o"])
        | st.integers().map(str)
        | st.text(max_size=20),
    ),
    max_size=4,
)


@pytest.fixture
def door(admin: Actor) -> Door:
    return Door(admin)


def own(make_namespace: MakeNamespace) -> None:
    """Leave nothing but the namespace `Own` with a part of each kind."""
    Namespace.objects.all().delete()
    make_namespace(
        objects=[{"name": "o"}],
        properties={"p": TITLE},
        tags=[{"name": "t"}],
        resource_type_associations=[{"name": "R", "prefix": "p"}],
    )


def assert_answered(answer: Any) -> None:
    assert answer.status_code < 500, answer.content


@enough
@given(
    body=bodies,
    way=st.sampled_from(
        [
            ("POST", ""),
            ("PUT", "/Own"),
            ("POST", "/Own/objects"),
            ("PUT", "/Own/objects/o"),
            ("POST", "/Own/properties"),
            ("PUT", "/Own/properties/p"),
            ("POST", "/Own/tags"),
            ("PUT", "/Own/tags/t"),
            ("POST", "/Own/resource_types"),
        ]
    ),
)
def test_body(make_namespace: MakeNamespace, door: Door, body: Any, way: tuple[str, str]) -> None:
    own(make_namespace)
    method, path = way

    assert_answered(door.send(method, NS + path, json.dumps(body).encode()))
    assert_answered(door.send("GET", NS))


@enough
@given(
    path=st.lists(names, max_size=4),
    method=st.sampled_from(["GET", "PUT", "POST", "PATCH", "DELETE", "HEAD", "OPTIONS"]),
    query=queries,
)
def test_address(
    make_namespace: MakeNamespace,
    door: Door,
    path: list[str],
    method: str,
    query: list[tuple[str, str]],
) -> None:
    own(make_namespace)
    place = "/".join([NS, *(quote(name, safe="") for name in path)])

    assert_answered(door.send(method, f"{place}?{urlencode(query)}"))


@enough
@given(query=queries, path=st.sampled_from(["", "/Own", "/Own/objects", "/Own/tags"]))
def test_query(
    make_namespace: MakeNamespace, door: Door, query: list[tuple[str, str]], path: str
) -> None:
    own(make_namespace)

    assert_answered(door.send("GET", f"{NS}{path}?{urlencode(query)}"))
