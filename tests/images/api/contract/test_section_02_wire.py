"""Headers and bodies as they stand on the wire, between gunicorn and a socket."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.faults.site import Site, open_site
from tests.faults.wire import LAST_CHUNK, Answer, chunk
from tests.images.api.door import V21

JSON = "application/json"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Return a running server with files."""
    with open_site(tmp_path_factory.mktemp("wire"), store="file") as running:
        yield running


def chunked(site: Site, method: str, path: str, body: bytes, **headers: object) -> Answer:
    """Send *body* in chunks, as every client may."""
    with site.wire() as wire:
        wire.send(site.head(method, path, Transfer_Encoding="chunked", **headers))
        wire.send(chunk(body), LAST_CHUNK)
        return wire.answer()


def test_json_comes_in_chunks(site: Site) -> None:
    created = chunked(site, "POST", "/v2/images", b'{"name": "x"}')
    path = f"/v2/images/{json.loads(created.body)['id']}"
    operation = [{"op": "replace", "path": "/name", "value": "y"}]
    changed = chunked(
        site, "PATCH", path, json.dumps(operation).encode(), Content_Type=V21, Accept=""
    )

    assert (created.status, changed.status) == (201, 200)
    assert json.loads(changed.body)["name"] == "y"


def test_answer_without_a_body_has_none(site: Site) -> None:
    image = site.create_image()

    answers = [
        site.put(image, b"x"),
        site.call("PUT", f"/v2/images/{image}/tags/a", Content_Type=JSON),
        site.call("POST", f"/v2/images/{image}/actions/deactivate", Content_Type=JSON),
        site.call("DELETE", f"/v2/images/{image}", Content_Type=JSON),
    ]

    assert [(answer.status, answer.body) for answer in answers] == [(204, b"")] * 4


@pytest.mark.parametrize("body", [b"x", b"{}"])
def test_unexpected_body_is_400_however_it_comes(site: Site, body: bytes) -> None:
    path = f"/v2/images/{site.create_image()}"

    assert site.call("GET", path, body).status == 400
    assert chunked(site, "GET", path, body).status == 400


def test_json_is_utf8_to_the_last_letter(site: Site) -> None:
    name = "\N{GRINNING FACE} ü"

    answer = site.call("POST", "/v2/images", json.dumps({"name": name}).encode())

    assert answer.headers["content-type"] == JSON
    assert f'"{name}"'.encode() in answer.body
    assert answer.headers["location"] == (
        f"{site.server.url}/v2/images/{json.loads(answer.body)['id']}"
    )


@pytest.mark.parametrize("path", ["/v2/images", "/v2/nothing", "/v2/schemas/image"])
def test_request_id_is_on_every_answer(site: Site, path: str) -> None:
    answer = site.call("GET", path, X_Openstack_Request_Id="mine")

    assert answer.headers["x-openstack-request-id"] == "req-mine"


def test_tag_and_property_in_the_address_are_utf8(site: Site) -> None:
    image = site.create_image(**{"k\N{GRINNING FACE}": "v"})
    face = "%F0%9F%98%80"

    tagged = site.call("PUT", f"/v2/images/{image}/tags/{face}")
    listed = site.call("GET", f"/v2/images?tag={face}&k{face}=v&limit=1")

    found = json.loads(listed.body)
    assert (tagged.status, [row["id"] for row in found["images"]]) == (204, [image])
    assert found["next"] == f"/v2/images?tag={face}&k{face}=v&limit=1&marker={image}"


def test_head_is_405_and_options_is_empty(site: Site) -> None:
    options = site.call("OPTIONS", "/v2/images")
    with site.wire() as wire:
        wire.send(site.head("HEAD", "/v2/images"))
        refused = wire.interim()

    assert refused.startswith(b"HTTP/1.1 405 ")
    assert (options.status, options.body) == (200, b"")
