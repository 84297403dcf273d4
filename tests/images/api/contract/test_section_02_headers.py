"""Headers, bodies and how errors look."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

import pytest

from tests.conftest import OTHER, MakeImage
from tests.images.api.door import OCTETS, V20, V21, Door

pytestmark = pytest.mark.django_db

ANY, IMAGE, LIST = "/v2/{rest}", "/v2/images/{image_id}", "/v2/images"
ID = "X-Openstack-Request-Id"


@pytest.mark.route("GET", LIST)
@pytest.mark.parametrize("token", [None, "nonsense"])
def test_auth_token_missing_or_bad_is_401_with_a_challenge(
    closed_door: Door, settings: Any, token: str | None
) -> None:
    settings.PUBLIC_URL = "https://cloud.example"
    sent = {} if token is None else {"HTTP_X_AUTH_TOKEN": token}

    answer = closed_door.send("GET", "/images", **sent)

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Keystone uri="https://cloud.example/identity/v3"'


@pytest.mark.route("GET", LIST)
@pytest.mark.parametrize(
    ("asked", "answered"),
    [("req-mine", "req-mine"), ("mine", "req-mine"), ("m" * 60, "req-" + "m" * 60)],
)
def test_request_id_of_the_client_is_used(owner_door: Door, asked: str, answered: str) -> None:
    assert (
        owner_door.send("GET", "/images", HTTP_X_OPENSTACK_REQUEST_ID=asked).headers[ID] == answered
    )


@pytest.mark.route("GET", LIST)
@pytest.mark.parametrize("asked", [None, "", "m" * 61, "req-" + "m" * 100])
def test_better_02_request_id_that_is_none_or_too_long_is_made(
    owner_door: Door, asked: str | None
) -> None:
    sent = {} if asked is None else {"HTTP_X_OPENSTACK_REQUEST_ID": asked}

    answer = owner_door.send("GET", "/images", **sent)

    assert answer.status_code == 200
    assert re.fullmatch(r"req-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", answer.headers[ID])


@pytest.mark.route("POST", LIST)
@pytest.mark.parametrize("content_type", ["application/json", "text/plain", ""])
def test_content_type_of_json_is_not_checked(owner_door: Door, content_type: str) -> None:
    answer = owner_door.send("POST", "/images", {"name": "x"}, content_type=content_type)

    assert answer.status_code == 201


@pytest.mark.route("GET", IMAGE)
@pytest.mark.route("DELETE", IMAGE)
@pytest.mark.route("PUT", "/v2/images/{image_id}/tags/{tag}")
@pytest.mark.route("POST", "/v2/images/{image_id}/actions/deactivate")
@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "", 200),
        ("PUT", "/tags/a", 204),
        ("POST", "/actions/deactivate", 204),
        ("DELETE", "", 204),
    ],
)
def test_content_type_of_an_empty_body_means_nothing(
    make_active: MakeImage, owner_door: Door, method: str, path: str, status: int
) -> None:
    answer = owner_door.send(method, f"/images/{make_active().pk}{path}", b"")

    assert answer.status_code == status


@pytest.mark.route("PUT", "/v2/images/{image_id}/file")
@pytest.mark.parametrize(
    ("content_type", "status"),
    [(OCTETS, 204), (f"{OCTETS}; charset=x", 204), ("application/json", 415), ("", 415)],
)
def test_content_type_of_data_must_be_octets(
    make_image: MakeImage, owner_door: Door, content_type: str, status: int
) -> None:
    answer = owner_door.upload(make_image(), b"x", content_type=content_type)

    assert answer.status_code == status


@pytest.mark.route("PATCH", IMAGE)
@pytest.mark.parametrize("content_type", [V21, V20, f"{V21}; charset=utf-8"])
def test_content_type_of_a_patch_is_one_of_two(
    make_image: MakeImage, owner_door: Door, content_type: str
) -> None:
    assert owner_door.change(make_image(), dialect=content_type).status_code == 200


@pytest.mark.route("PATCH", IMAGE)
@pytest.mark.parametrize("content_type", ["application/json", "application/json-patch+json", ""])
def test_content_type_of_another_patch_is_415_with_accept_patch(
    make_image: MakeImage, owner_door: Door, content_type: str
) -> None:
    answer = owner_door.change(make_image(), dialect=content_type)

    assert (answer.status_code, answer.headers["Accept-Patch"]) == (415, f"{V21}, {V20}")


@pytest.mark.route("PATCH", IMAGE)
@pytest.mark.parametrize("accept", ["", "text/html", "image/png", "nonsense"])
def test_accept_never_refuses(make_image: MakeImage, owner_door: Door, accept: str) -> None:
    path = f"/images/{make_image().pk}"

    answer = owner_door.send("PATCH", path, [], content_type=V21, HTTP_ACCEPT=accept)

    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")


@pytest.mark.route("POST", LIST)
@pytest.mark.route("PATCH", IMAGE)
@pytest.mark.route("PUT", "/v2/images/{image_id}/file")
@pytest.mark.route("POST", "/v2/images/{image_id}/members")
@pytest.mark.parametrize(
    ("method", "path", "body", "content_type", "status"),
    [
        ("POST", "/images", b"{}", "application/json", 201),
        ("PATCH", "/images/{}", b"[]", V21, 200),
        ("PUT", "/images/{}/file", b"x", OCTETS, 204),
        ("POST", "/images/{}/members", b'{"member": "p"}', "application/json", 200),
    ],
)
def test_body_may_come_in_chunks(
    make_image: MakeImage,
    owner_door: Door,
    method: str,
    path: str,
    body: bytes,
    content_type: str,
    status: int,
) -> None:
    chunked = {
        "HTTP_TRANSFER_ENCODING": "chunked",
        "CONTENT_LENGTH": "",
        "wsgi.input_terminated": True,
    }
    sent = chunked | {"wsgi.input": BytesIO(body), "content_type": content_type}

    assert owner_door.send(method, path.format(make_image().pk), **sent).status_code == status


@pytest.mark.route("POST", LIST)
def test_location_of_a_created_image_is_an_absolute_url(owner_door: Door, settings: Any) -> None:
    settings.PUBLIC_URL = "https://cloud.example"

    answer = owner_door.create()

    assert answer.headers["Location"] == f"https://cloud.example/v2/images/{answer.json()['id']}"


@pytest.mark.route("POST", "/v2/images/{image_id}/members")
@pytest.mark.route("PUT", "/v2/images/{image_id}/tags/{tag}")
def test_location_of_members_and_tags_is_none(make_image: MakeImage, owner_door: Door) -> None:
    path = f"/images/{make_image().pk}"

    shared = owner_door.send("POST", f"{path}/members", {"member": OTHER})
    tagged = owner_door.send("PUT", f"{path}/tags/a")

    assert ("Location" in shared.headers, "Location" in tagged.headers) == (False, False)


@pytest.mark.route("POST", LIST)
def test_better_03_store_ids_of_a_created_image_are_the_real_stores(
    owner_door: Door, settings: Any
) -> None:
    memory = {"BACKEND": "stores.backends.memory.MemoryStore"}
    settings.IMAGE_STORES = {"memory": memory, "other": memory}

    assert owner_door.create().headers["OpenStack-image-store-ids"] == "memory,other"


@pytest.mark.route("GET", "/v2/images/{image_id}/file")
@pytest.mark.parametrize(("content", "length"), [(b"", "0"), (b"some bytes", "10")])
def test_length_of_a_download_is_always_there(
    make_active: MakeImage, owner_door: Door, content: bytes, length: str
) -> None:
    assert owner_door.download(make_active(content)).headers["Content-Length"] == length


@pytest.mark.route("GET", "/v2/images/{image_id}/file")
@pytest.mark.parametrize("ranged", [{}, {"HTTP_RANGE": "bytes=0-1"}])
def test_md5_of_a_download_is_of_the_whole_image_in_hexadecimal(
    make_active: MakeImage, owner_door: Door, ranged: dict[str, str]
) -> None:
    answer = owner_door.download(make_active(b"abc"), **ranged)

    assert answer.headers["Content-MD5"] == "900150983cd24fb0d6963f7d28e17f72"


@pytest.mark.route("POST", LIST)
def test_json_answers_are_utf8_and_not_escaped(owner_door: Door) -> None:
    answer = owner_door.create(name="\N{GRINNING FACE}ü")

    assert answer.headers["Content-Type"] == "application/json"
    assert '"name":"\N{GRINNING FACE}ü"'.encode() in answer.content
