"""Metadata definitions: acts that are refused, and that nothing changes then."""

from __future__ import annotations

from typing import Any

import pytest

from tests.images.api.door import Door
from tests.images.metadefs.conftest import MakeNamespace
from tests.images.metadefs.shown import NS, TITLE

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own(make_namespace: MakeNamespace) -> None:
    make_namespace(
        objects=[{"name": "o"}, {"name": "taken"}],
        properties={"p": TITLE, "taken": TITLE},
        tags=[{"name": "t"}, {"name": "taken"}],
        resource_type_associations=[{"name": "taken"}],
    )
    make_namespace("taken")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "", {"namespace": "taken"}),
        ("PUT", "/Own", {"namespace": "taken"}),
        ("POST", "/Own/objects", {"name": "taken"}),
        ("PUT", "/Own/objects/o", {"name": "taken"}),
        ("POST", "/Own/properties", {"name": "taken", **TITLE}),
        ("PUT", "/Own/properties/p", {"name": "taken", **TITLE}),
        ("POST", "/Own/tags/taken", None),
        ("PUT", "/Own/tags/t", {"name": "taken"}),
        ("POST", "/Own/tags", {"tags": [{"name": "a"}, {"name": "a"}]}),
        ("POST", "/Own/resource_types", {"name": "taken"}),
    ],
)
def test_name_that_is_taken_is_409(admin_door: Door, method: str, path: str, body: Any) -> None:
    before = admin_door.send("GET", f"{NS}/Own").json()

    answer = admin_door.send(method, NS + path, body)

    assert (answer.status_code, admin_door.send("GET", f"{NS}/Own").json()) == (409, before)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/Own/{}/none", None),
        ("DELETE", "/Own/{}/none", None),
        ("PUT", "/Own/{}/none", {"name": "x"}),
        ("GET", "/none/{}", None),
        ("DELETE", "/none/{}", None),
        ("POST", "/none/{}", {"name": "x"}),
        ("PUT", "/none/{}/x", {"name": "x"}),
    ],
)
@pytest.mark.parametrize("kind", ["objects", "properties", "tags"])
def test_what_is_absent_is_404(
    admin_door: Door, method: str, path: str, body: Any, kind: str
) -> None:
    if body and kind == "properties":
        body = body | TITLE
    if method == "POST" and kind == "tags":
        body = {"tags": [body]}

    assert admin_door.send(method, NS + path.format(kind), body).status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/none", None),
        ("PUT", "/none", {"namespace": "x"}),
        ("DELETE", "/none", None),
        ("POST", "/none/tags/x", None),
        ("GET", "/none/resource_types", None),
        ("POST", "/none/resource_types", {"name": "x"}),
        ("DELETE", "/none/resource_types/x", None),
        ("DELETE", "/Own/resource_types/none", None),
        ("GET", "/Own/", None),
        ("GET", "/Own/unknown", None),
        ("GET", "/", None),
    ],
)
def test_what_is_absent_otherwise_is_404(
    admin_door: Door, method: str, path: str, body: Any
) -> None:
    assert admin_door.send(method, NS + path, body).status_code == 404


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("", 403),
        ("/objects", 403),
        ("/properties", 403),
        ("/tags", 403),
        ("/objects/o", 403),
        ("/properties/p", 403),
        ("/tags/t", 403),
        ("/resource_types/taken", 403),
        ("/objects/none", 404),
    ],
)
def test_protected_namespace_keeps_everything(
    make_namespace: MakeNamespace, admin_door: Door, path: str, status: int
) -> None:
    admin_door.send("PUT", f"{NS}/Own", {"namespace": "Own", "protected": True})
    before = admin_door.send("GET", f"{NS}/Own").json()

    answer = admin_door.send("DELETE", f"{NS}/Own{path}")

    assert (answer.status_code, admin_door.send("GET", f"{NS}/Own").json()) == (status, before)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/Own", 400),
        ("DELETE", "/Own", 400),
        ("DELETE", "/Own/objects", 400),
        ("GET", "/Own/objects/o", 400),
        ("GET", "/Own/properties", 400),
        ("DELETE", "/Own/tags/t", 400),
        ("POST", "/Own/tags/new", 400),
        ("GET", "/Own/resource_types", 400),
        ("GET", "", 200),
        ("GET", "/Own/objects", 200),
        ("GET", "/Own/tags", 200),
    ],
)
def test_unexpected_body_is_400_but_on_lists(
    admin_door: Door, method: str, path: str, status: int
) -> None:
    assert admin_door.send(method, NS + path, {"name": "x"}).status_code == status


@pytest.mark.parametrize("path", ["", "/Own", "/Own/objects", "/Own/tags/t"])
@pytest.mark.parametrize("method", ["PATCH", "HEAD"])
def test_other_methods_are_405(admin_door: Door, path: str, method: str) -> None:
    assert admin_door.send(method, NS + path).status_code == 405


@pytest.mark.parametrize("path", ["/a%00b", "/Own/objects/%00", "/Own/tags/%ff", "/%ed%a0%80"])
@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_address_that_no_database_holds_is_400(admin_door: Door, method: str, path: str) -> None:
    assert admin_door.send(method, NS + path).status_code == 400


@pytest.mark.parametrize("name", ["t" * 81, "t" * 3000])
def test_tag_that_is_too_long_is_400(admin_door: Door, name: str) -> None:
    assert admin_door.send("POST", f"{NS}/Own/tags/{name}").status_code == 400
