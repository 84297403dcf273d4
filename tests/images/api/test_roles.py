"""Who may what over the wire: each address and method × each role × each visibility."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pytest
from django.urls.resolvers import URLPattern
from django.views import View

from images.actors import Actor
from images.api.base import ApiView
from images.api.urls import otherwise, urlpatterns
from images.models import Image
from tests.conftest import OTHER, PROJECT, THIRD, MakeImage, actor
from tests.images.api.door import OCTETS, V21, Door

pytestmark = pytest.mark.django_db

ACTS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "list": ("GET", "/images", {}),
    "create": ("POST", "/images", {"body": {"owner": PROJECT}}),
    "publish": ("POST", "/images", {"body": {"owner": PROJECT, "visibility": "public"}}),
    "show": ("GET", "/images/{id}", {}),
    "patch": ("PATCH", "/images/{id}", {"body": [], "content_type": V21}),
    "delete": ("DELETE", "/images/{id}", {}),
    "download": ("GET", "/images/{id}/file", {}),
    "upload": ("PUT", "/images/{id}/file", {"body": b"x", "content_type": OCTETS}),
    "deactivate": ("POST", "/images/{id}/actions/deactivate", {}),
    "reactivate": ("POST", "/images/{id}/actions/reactivate", {}),
    "tag": ("PUT", "/images/{id}/tags/new", {}),
    "untag": ("DELETE", "/images/{id}/tags/old", {}),
    "members": ("GET", "/images/{id}/members", {}),
    "share": ("POST", "/images/{id}/members", {"body": {"member": "x"}}),
    "member": ("GET", f"/images/{{id}}/members/{OTHER}", {}),
    "answer": ("PUT", f"/images/{{id}}/members/{OTHER}", {"body": {"status": "accepted"}}),
    "unshare": ("DELETE", f"/images/{{id}}/members/{OTHER}", {}),
    "locations": ("GET", "/images/{id}/locations", {}),
    "locate": ("POST", "/images/{id}/locations", {"body": {"url": "http://mirror.example/x"}}),
    "unstore": ("DELETE", "/stores/memory/{id}", {}),
    "its tasks": ("GET", "/images/{id}/tasks", {}),
    "tasks": ("GET", "/tasks", {}),
    "task": ("GET", "/tasks/3f2504e0-4f89-41d3-9a0c-0305e82c3301", {}),
    "schema": ("GET", "/schemas/image", {}),
    "stores": ("GET", "/info/stores", {}),
    "store details": ("GET", "/info/stores/detail", {}),
    "imports": ("GET", "/info/import", {}),
    "unknown": ("GET", "/nothing", {}),
}
ANYBODY = {"list": 200, "schema": 200, "stores": 200, "imports": 200, "unknown": 404} | (
    dict.fromkeys(("tasks", "task", "store details"), 403)
)
PATTERNS = [*urlpatterns, *otherwise]
ON_IMAGE = [act for act, (_, path, _) in ACTS.items() if "{id}" in path]
MEMBERS = ("members", "share", "member", "answer", "unshare")

HIDDEN = ANYBODY | dict.fromkeys(ON_IMAGE, 404) | {"create": 403, "publish": 403}
SEEN = HIDDEN | dict.fromkeys(ON_IMAGE, 403) | {"show": 200, "its tasks": 200, "locate": 409}
NOT_SHARED = SEEN | {"member": 404}
OWNER = ANYBODY | {
    "create": 201,
    "publish": 403,
    "show": 200,
    "patch": 200,
    "delete": 204,
    "download": 200,
    "upload": 409,
    "deactivate": 204,
    "reactivate": 204,
    "tag": 204,
    "untag": 204,
    "members": 200,
    "share": 200,
    "member": 200,
    "answer": 403,
    "unshare": 204,
    "locations": 403,
    "locate": 409,
    "unstore": 403,
    "its tasks": 200,
}
ADMIN = OWNER | {
    "publish": 201,
    "answer": 200,
    "locations": 200,
    "unstore": 403,  # the last location
    "tasks": 200,
    "task": 404,
    "store details": 200,
}
SYSTEM = HIDDEN | {"list": 403}
TABLE: list[tuple[str, Actor, str, dict[str, int]]] = [
    ("owner's reader", actor(PROJECT, "reader"), "shared", SEEN | {"members": 200, "member": 200}),
    ("owner's member", actor(PROJECT, "member"), "shared", OWNER),
    ("owner's manager", actor(PROJECT, "manager"), "shared", OWNER),
    (
        "owner's member",
        actor(PROJECT, "member"),
        "private",
        OWNER | dict.fromkeys(MEMBERS, 403) | {"member": 404},
    ),
    ("stranger", actor(THIRD, "manager"), "private", HIDDEN),
    ("stranger", actor(THIRD, "manager"), "shared", HIDDEN),
    ("former member", actor(OTHER, "manager"), "private", HIDDEN),
    ("reader shared with", actor(OTHER, "reader"), "shared",
     SEEN | {"members": 200, "member": 200}),
    ("member shared with", actor(OTHER, "member"), "shared",
     SEEN | {"members": 200, "member": 200, "download": 200, "answer": 200}),
    ("any reader", actor(THIRD, "reader"), "community", NOT_SHARED),
    ("any member", actor(THIRD, "member"), "community", NOT_SHARED | {"download": 200}),
    ("any reader", actor(THIRD, "reader"), "public", NOT_SHARED),
    ("any member", actor(THIRD, "member"), "public", NOT_SHARED | {"download": 200}),
    ("administrator", actor(THIRD, "admin"), "shared", ADMIN),
    ("system", actor(None, "admin"), "public", SYSTEM),
    ("service", actor(PROJECT, "service"), "public", SYSTEM | {"store details": 200}),
    ("without a role", actor(PROJECT), "public", SYSTEM),
    ("unscoped", Actor(user="u"), "public", SYSTEM),
]  # fmt: skip


def test_every_row_of_the_table_is_whole() -> None:
    assert [row.keys() ^ ACTS.keys() for *_, row in TABLE] == [set()] * len(TABLE)


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize(("who", "asking", "visibility", "row"), TABLE)
def test_act_is_answered_as_the_role_deserves(
    make_active: MakeImage,
    who: str,
    asking: Actor,
    visibility: str,
    row: dict[str, int],
    act: str,
) -> None:
    image = make_active(tags=["old"])
    image.members.create(project=OTHER)
    Image.objects.update(visibility=visibility)
    method, path, sent = ACTS[act]

    answer = Door(asking).send(method, path.format(id=image.pk), **sent)

    assert answer.status_code == row[act], who
    assert answer.status_code >= 400 or act != "delete" or not Image.objects.exists()


@pytest.mark.parametrize("act", ACTS)
def test_nobody_is_asked_for_a_token_first(make_active: MakeImage, act: str) -> None:
    image = make_active(visibility="community")
    method, path, sent = ACTS[act]

    assert Door().send(method, path.format(id=image.pk), **sent).status_code == 401


@pytest.mark.parametrize("act", ON_IMAGE)
def test_hidden_image_answers_as_an_unknown_one(make_active: MakeImage, act: str) -> None:
    image, unknown = make_active(), "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
    method, path, sent = ACTS[act]
    stranger = Door(actor(THIRD, "manager"))

    answers = [stranger.send(method, path.format(id=one), **sent) for one in (image.pk, unknown)]

    assert answers[0].status_code == answers[1].status_code == 404
    assert answers[0].content.replace(str(image.pk).encode(), b"") == answers[1].content.replace(
        unknown.encode(), b""
    )


def test_every_address_has_a_row() -> None:
    """A new view, or a new method of one, needs a row in `ACTS`."""
    image = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
    asked = {(method, path.format(id=image)) for method, path, _ in ACTS.values()}
    rows = {(method, matching(f"v2{path}")) for method, path in asked}
    views = {pattern: view for pattern in PATTERNS if (view := view_of(pattern))}
    rest = list(views)[-1]

    methods = {
        (method.upper(), pattern)
        for pattern, view in views.items()
        for method in ("get", "post", "put", "patch", "delete")
        if method in methods_of(pattern, view)
        and pattern is not rest
        and not str(pattern.pattern).startswith(("api/", "uploads"))  # rows of their own
    }
    assert all(issubclass(view, ApiView) for view in views.values())
    assert rows == methods | {("GET", rest)}


def view_of(pattern: URLPattern) -> type[View] | None:
    """Return the class of the view that *pattern* leads to, if it is one."""
    view: type[View] | None = getattr(pattern.callback, "cls", None)
    return view


def methods_of(pattern: URLPattern, view: type[View]) -> Collection[str]:
    """Return the methods that *pattern* takes: a viewset's are named where it is mounted."""
    mounted: dict[str, str] = getattr(pattern.callback, "actions", None) or {}
    return mounted or [method for method in view.http_method_names if hasattr(view, method)]


def matching(path: str) -> URLPattern:
    """Return the pattern that answers *path*."""
    return next(pattern for pattern in PATTERNS if pattern.resolve(path))
