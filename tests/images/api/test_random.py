"""Random requests: whatever is sent, the answer is never that the service broke."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from images.actors import Actor
from images.api.fields import BASE, EXTRAS
from images.api.filters import RULES, SCOPES
from images.models import Image
from tests.conftest import MakeImage
from tests.images.api.door import V20, V21, Door

pytestmark = [pytest.mark.django_db, pytest.mark.no_cover]

enough = settings(
    max_examples=100,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

any_text = st.text(st.characters(exclude_categories=[]), max_size=30)
sent_text = st.text(max_size=30)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | any_text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(any_text, inner, max_size=3),
    max_leaves=5,
)
field_names = st.sampled_from(sorted(BASE | EXTRAS)) | any_text
field_values = (
    json_values
    | st.sampled_from(["public", "shared", "raw", "bare", "queued", "in:", "gt:1"])
    | st.integers(min_value=-(2**65), max_value=2**65)
    | st.lists(any_text, max_size=3)
)
operations = st.fixed_dictionaries(
    {"op": st.sampled_from(["add", "replace", "remove"]) | json_values},
    optional={
        "path": field_names.map(lambda name: f"/{name}") | json_values,
        "value": field_values,
    },
)
old_operations = st.dictionaries(
    st.sampled_from(["add", "replace", "remove", "value"]),
    field_names.map(lambda name: f"/{name}") | field_values,
)
filter_names = (
    st.sampled_from(sorted({*RULES, *SCOPES, "tag", "limit", "marker", "sort", "sort_key"}))
    | st.sampled_from(["sort_dir", "size_min", "min_ram_max", "created_at", "x_min"])
    | sent_text
)
filter_values = (
    sent_text
    | st.sampled_from(["in:", "eq:", "gt:", "neq:"]).flatmap(
        lambda operator: sent_text.map(lambda text: operator + text)
    )
    | st.integers().map(str)
    | st.datetimes().map(str)
    | st.sampled_from(["name", "size:asc", "id:desc,name", "all", "true", "2026-01-01T00:00:00Z"])
)


@pytest.fixture
def door(owner: Actor) -> Door:
    return Door(owner)


def assert_answered(answer: Any) -> None:
    assert answer.status_code < 500, answer.content


@enough
@given(body=st.dictionaries(field_names, field_values, max_size=6) | json_values)
def test_create(db: None, door: Door, body: Any) -> None:
    with transaction.atomic():
        assert_answered(door.send("POST", "/images", json.dumps(body).encode()))
        transaction.set_rollback(True)


@enough
@given(
    body=st.lists(operations, max_size=4) | st.lists(old_operations, max_size=4) | json_values,
    dialect=st.sampled_from([V20, V21]),
)
def test_patch(make_image: MakeImage, door: Door, body: Any, dialect: str) -> None:
    image = make_image(properties={"k": "v"})
    path, content = f"/images/{image.pk}", json.dumps(body).encode()

    assert_answered(door.send("PATCH", path, content, content_type=dialect))
    Image.objects.all().delete()


@enough
@given(query=st.lists(st.tuples(filter_names, filter_values), max_size=5))
def test_list(make_image: MakeImage, door: Door, query: list[tuple[str, str]]) -> None:
    if not Image.objects.exists():
        make_image(properties={"k": "v"}, tags=["a"])

    assert_answered(door.get(f"/v2/images?{urlencode(query)}"))


@enough
@given(query=st.binary(max_size=40))
def test_raw_query(db: None, door: Door, query: bytes) -> None:
    assert_answered(door.get("/v2/images", QUERY_STRING=query.decode("latin-1")))


@enough
@given(
    parts=st.lists(
        st.sampled_from(["images", "members", "tags", "file", "schemas", "info", "actions", "id"])
        | sent_text,
        max_size=5,
    ),
    method=st.sampled_from(["GET", "PUT", "POST", "PATCH", "DELETE", "HEAD", "OPTIONS"]),
)
def test_path(make_image: MakeImage, door: Door, parts: list[str], method: str) -> None:
    image = Image.objects.first() or make_image(tags=["a"])
    names = [str(image.pk) if part == "id" else quote(part, safe="") for part in parts]

    assert_answered(door.send(method, "/" + "/".join(names)))


@enough
@given(
    headers=st.dictionaries(
        st.sampled_from(
            [
                "HTTP_RANGE",
                "HTTP_CONTENT_RANGE",
                "HTTP_ACCEPT",
                "HTTP_X_OPENSTACK_REQUEST_ID",
                "HTTP_X_OPENSTACK_IMAGE_SIZE",
                "HTTP_X_IMAGE_META_STORE",
                "HTTP_CONTENT_ENCODING",
                "CONTENT_TYPE",
            ]
        ),
        sent_text | st.integers().map(str),
    ),
    method=st.sampled_from(["GET", "PUT"]),
)
def test_headers_of_data(
    make_active: MakeImage, door: Door, headers: dict[str, str], method: str
) -> None:
    image = Image.objects.first() or make_active()

    assert_answered(door.send(method, f"/images/{image.pk}/file", **headers))
