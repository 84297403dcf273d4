"""Tags and actions: deactivate, reactivate."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from images.models import Image
from tests.conftest import OTHER, MakeImage
from tests.images.api.door import Door

pytestmark = pytest.mark.django_db

IMAGE = "/v2/images/{image_id}"
TAG = f"{IMAGE}/tags/{{tag}}"
DEACTIVATE, REACTIVATE = f"{IMAGE}/actions/deactivate", f"{IMAGE}/actions/reactivate"


@pytest.mark.route("PUT", TAG)
@pytest.mark.route("DELETE", TAG)
@pytest.mark.parametrize("tag", ["a", "t" * 255, "\N{GRINNING FACE}", "a b?#%"])
def test_tag_is_put_twice_and_deleted_once(
    make_image: MakeImage, owner_door: Door, tag: str
) -> None:
    path = f"/images/{make_image().pk}/tags/{quote(tag)}"

    answers = [owner_door.send(method, path) for method in ("PUT", "PUT", "DELETE", "DELETE")]

    assert [answer.status_code for answer in answers] == [204, 204, 204, 404]
    assert answers[0].content == b""


@pytest.mark.route("PUT", TAG)
@pytest.mark.parametrize(
    ("who", "tag", "body", "status"),
    [
        ("stranger_door", "a", {"a": "body"}, 400),
        ("stranger_door", "t" * 256, None, 404),
        ("reader_door", "a", None, 403),
        ("owner_door", "t" * 256, None, 400),
        ("owner_door", "a", None, 413),
        ("owner_door", "t0", None, 204),
    ],
)
def test_tag_refuses_in_order(
    request: pytest.FixtureRequest,
    make_image: MakeImage,
    who: str,
    tag: str,
    body: Any,
    status: int,
) -> None:
    image = make_image(tags=[f"t{number}" for number in range(128)])

    answer = request.getfixturevalue(who).send("PUT", f"/images/{image.pk}/tags/{tag}", body)

    assert answer.status_code == status


@pytest.mark.route("DELETE", TAG)
@pytest.mark.parametrize(("who", "status"), [("stranger_door", 404), ("reader_door", 403)])
def test_tag_is_not_deleted_by_others(
    request: pytest.FixtureRequest, make_image: MakeImage, who: str, status: int
) -> None:
    path = f"/images/{make_image(tags=['a']).pk}/tags/a"

    assert request.getfixturevalue(who).send("DELETE", path).status_code == status


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
@pytest.mark.parametrize("tag", ["a/b", "a%2Fb", ""])
def test_tag_with_a_slash_is_no_route(
    make_image: MakeImage, owner_door: Door, method: str, tag: str
) -> None:
    assert owner_door.send(method, f"/images/{make_image().pk}/tags/{tag}").status_code == 404


@pytest.mark.parametrize(
    ("path", "status"),
    [("tags", 404), ("tags/a", 405), ("actions/deactivate", 405), ("actions/reactivate", 405)],
)
def test_tags_and_actions_are_not_read(
    make_image: MakeImage, owner_door: Door, path: str, status: int
) -> None:
    assert owner_door.send("GET", f"/images/{make_image().pk}/{path}").status_code == status


@pytest.mark.route("POST", DEACTIVATE)
@pytest.mark.route("POST", REACTIVATE)
@pytest.mark.parametrize(("act", "to"), [("deactivate", "deactivated"), ("reactivate", "active")])
@pytest.mark.parametrize("status", ["active", "deactivated"])
def test_action_is_204_and_a_second_time_too(
    make_active: MakeImage, owner_door: Door, act: str, to: str, status: str
) -> None:
    image = make_active()
    Image.objects.update(status=status)

    answer = owner_door.send("POST", f"/images/{image.pk}/actions/{act}")

    assert (answer.status_code, answer.content) == (204, b"")
    assert Image.objects.get().status == to


@pytest.mark.route("POST", DEACTIVATE)
@pytest.mark.route("POST", REACTIVATE)
@pytest.mark.parametrize("act", ["deactivate", "reactivate"])
@pytest.mark.parametrize(
    ("who", "body", "status"),
    [
        ("stranger_door", {"a": "body"}, 400),
        ("stranger_door", None, 404),
        ("reader_door", None, 403),
        ("member_door", None, 403),
        ("owner_door", None, 403),
        ("admin_door", None, 403),
    ],
)
def test_action_refuses_in_order(
    request: pytest.FixtureRequest,
    make_image: MakeImage,
    act: str,
    who: str,
    body: Any,
    status: int,
) -> None:
    image = make_image()  # queued
    image.members.create(project=OTHER)

    answer = request.getfixturevalue(who).send("POST", f"/images/{image.pk}/actions/{act}", body)

    assert answer.status_code == status


@pytest.mark.route("PATCH", IMAGE)
@pytest.mark.route("PUT", TAG)
@pytest.mark.route("GET", f"{IMAGE}/file")
@pytest.mark.route("GET", IMAGE)
@pytest.mark.route("DELETE", IMAGE)
@pytest.mark.route("POST", f"{IMAGE}/members")
@pytest.mark.parametrize(
    ("method", "path", "sent", "status"),
    [
        (
            "PATCH",
            "",
            {"body": [], "content_type": "application/openstack-images-v2.1-json-patch"},
            200,
        ),
        ("PUT", "/tags/a", {}, 204),
        ("GET", "", {}, 200),
        ("POST", "/members", {"body": {"member": OTHER}}, 200),
        ("GET", "/file", {}, 403),
        ("DELETE", "", {}, 204),
    ],
)
def test_deactivated_image_is_shut_for_its_bytes_alone(
    make_active: MakeImage,
    owner_door: Door,
    method: str,
    path: str,
    sent: dict[str, Any],
    status: int,
) -> None:
    image = make_active()
    Image.objects.update(status="deactivated")

    assert owner_door.send(method, f"/images/{image.pk}{path}", **sent).status_code == status
