from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import settings
from pytest_django import DjangoAssertNumQueries

from images.metadefs.models import Namespace
from tests.conftest import PROJECT
from tests.images.api.door import Door
from tests.images.metadefs.conftest import NS, MakeNamespace

pytestmark = pytest.mark.django_db


def times_of(shown: dict[str, Any]) -> tuple[str, str]:
    """Take the two times out of *shown*, which must be written as the wire does."""
    times = shown.pop("created_at"), shown.pop("updated_at")
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", time) for time in times)
    return times


def test_namespace_is_made(admin_door: Door) -> None:
    answer = admin_door.send("POST", NS, {"namespace": "OS::Own"})

    shown = answer.json()
    times = times_of(shown)
    assert (answer.status_code, times[0]) == (201, times[1])
    assert answer["Location"] == f"{settings.PUBLIC_URL}/v2/metadefs/namespaces/OS::Own"
    assert shown == {
        "namespace": "OS::Own",
        "visibility": "private",
        "protected": False,
        "owner": "a" * 32,
        "self": "/v2/metadefs/namespaces/OS::Own",
        "schema": "/v2/schemas/metadefs/namespace",
    }


def test_namespace_is_shown_as_it_was_made(admin_door: Door) -> None:
    made = admin_door.send("POST", NS, {"namespace": "OS::Own", "description": ""})

    shown = admin_door.send("GET", f"{NS}/OS::Own")

    assert (shown.status_code, shown.json()) == (200, made.json())


def test_namespace_is_deleted(make_namespace: MakeNamespace, admin_door: Door) -> None:
    make_namespace()

    answer = admin_door.send("DELETE", f"{NS}/Own")

    assert (answer.status_code, answer.content) == (204, b"")
    assert Namespace.objects.count() == 0


def test_namespaces_are_listed_newest_first(
    make_namespace: MakeNamespace, owner_door: Door
) -> None:
    for name in ("first", "second"):
        make_namespace(name)

    body = owner_door.send("GET", NS).json()

    assert [row["namespace"] for row in body.pop("namespaces")] == ["second", "first"]
    assert body == {"first": f"/v2{NS}", "schema": "/v2/schemas/metadefs/namespaces"}


@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_a_constant_number_of_queries(
    make_namespace: MakeNamespace,
    owner_door: Door,
    django_assert_num_queries: DjangoAssertNumQueries,
    count: int,
) -> None:
    for number in range(count):
        types = [{"name": f"t{number}{kind}"} for kind in range(count)]
        make_namespace(f"n{number}", resource_type_associations=types)

    with django_assert_num_queries(2):
        answer = owner_door.send("GET", NS)

    assert len(answer.json()["namespaces"]) == count
    assert PROJECT in answer.content.decode()
