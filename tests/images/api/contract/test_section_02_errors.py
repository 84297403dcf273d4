"""How errors look, and what is refused on every path."""

from __future__ import annotations

import pytest

from images.models import Image
from tests.conftest import OTHER, MakeImage
from tests.images.api.door import Door

pytestmark = pytest.mark.django_db

ANY, IMAGE, LIST = "/v2/{rest}", "/v2/images/{image_id}", "/v2/images"
ABSENT = "/images/3f2504e0-4f89-41d3-9a0c-0305e82c3301"


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/images", "GET, POST, OPTIONS"),
        ("PUT", "/images/x", "GET, PATCH, DELETE, OPTIONS"),
        ("POST", "/images/x/file", "GET, PUT, OPTIONS"),
        ("GET", "/images/x/tags/t", "PUT, DELETE, OPTIONS"),
        ("GET", "/images/x/actions/deactivate", "POST, OPTIONS"),
        ("PATCH", "/images/x/members", "GET, POST, OPTIONS"),
    ],
)
def test_wrong_method_is_405_with_those_of_the_path(
    owner_door: Door, method: str, path: str, allowed: str
) -> None:
    answer = owner_door.send(method, path)

    assert (answer.status_code, answer.headers["Allow"]) == (405, allowed)


@pytest.mark.parametrize("path", ["/images", "/images/x", "/images/x/file", "/schemas/image", "/x"])
def test_head_is_405_and_options_are_empty(owner_door: Door, path: str) -> None:
    options = owner_door.send("OPTIONS", path)

    assert owner_door.send("HEAD", path).status_code == 405
    assert (options.status_code, options.content) == (200, b"")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/images/{}"),
        ("DELETE", "/images/{}"),
        ("GET", "/images/{}/file"),
        ("GET", "/images/{}/members"),
        ("GET", f"/images/{{}}/members/{OTHER}"),
        ("DELETE", f"/images/{{}}/members/{OTHER}"),
        ("PUT", "/images/{}/tags/t"),
        ("DELETE", "/images/{}/tags/t"),
        ("POST", "/images/{}/actions/deactivate"),
        ("POST", "/images/{}/actions/reactivate"),
        ("GET", "/schemas/image"),
        ("GET", "/info/stores"),
        ("GET", "/info/import"),
    ],
)
def test_unexpected_body_is_400(
    make_active: MakeImage, owner_door: Door, method: str, path: str
) -> None:
    image = make_active(tags=["t"])
    image.members.create(project=OTHER)

    assert owner_door.send(method, path.format(image.pk), {"a": "body"}).status_code == 400
    assert Image.objects.get(pk=image.pk).updated_at == image.updated_at


@pytest.mark.route("GET", LIST)
def test_unexpected_body_of_a_list_is_ignored(owner_door: Door) -> None:
    assert owner_door.send("GET", "/images", {"a": "body"}).status_code == 200


@pytest.mark.route("GET", ANY)
@pytest.mark.route("POST", ANY)
@pytest.mark.route("PUT", ANY)
@pytest.mark.route("PATCH", ANY)
@pytest.mark.route("DELETE", ANY)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize(
    "path", ["/nothing", "/images/", "/images/x/", "/images/x/file/", "/images/x/tags"]
)
def test_unknown_path_and_trailing_slash_are_404(owner_door: Door, method: str, path: str) -> None:
    assert owner_door.send(method, path).status_code == 404


@pytest.mark.route("GET", IMAGE)
@pytest.mark.parametrize("accept", ["application/json", "application/json, text/html;q=0.5", ""])
def test_error_as_json(owner_door: Door, accept: str) -> None:
    answer = owner_door.send("GET", ABSENT, HTTP_ACCEPT=accept)

    assert answer.headers["Content-Type"] == "application/json"
    assert answer.json() == {
        "message": f"No image found with ID {ABSENT[8:]}.",
        "code": "404 Not Found",
        "title": "Not Found",
    }


@pytest.mark.route("GET", IMAGE)
@pytest.mark.parametrize("accept", ["text/html", "*/*"])
def test_error_as_html(owner_door: Door, accept: str) -> None:
    answer = owner_door.send("GET", ABSENT, HTTP_ACCEPT=accept)

    assert answer.headers["Content-Type"] == "text/html; charset=UTF-8"
    assert answer.content.decode().count("404 Not Found") == 2
    assert f"\nNo image found with ID {ABSENT[8:]}.\n" in answer.content.decode()


@pytest.mark.route("GET", IMAGE)
@pytest.mark.parametrize("accept", [None, "text/plain"])
def test_error_as_text(owner_door: Door, accept: str | None) -> None:
    owner_door.defaults.pop("HTTP_ACCEPT")
    sent = {} if accept is None else {"HTTP_ACCEPT": accept}

    answer = owner_door.send("GET", ABSENT, **sent)

    assert answer.headers["Content-Type"] == "text/plain; charset=UTF-8"
    assert answer.content.decode() == f"404 Not Found\n\nNo image found with ID {ABSENT[8:]}.\n"


@pytest.mark.route("POST", LIST)
def test_better_26_error_is_a_plain_sentence_that_names_the_field(owner_door: Door) -> None:
    message = owner_door.create(disk_format="zip").json()["message"]

    assert message.startswith("Invalid value of 'disk_format': 'zip' is not one of")
    assert ("<br" in message, len(message) < 250) == (False, True)
