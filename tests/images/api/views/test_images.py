from __future__ import annotations

import re
from io import BytesIO
from typing import Any

import pytest

from images.models import Image
from tests.conftest import PROJECT, MakeImage
from tests.images.api.door import Door

pytestmark = pytest.mark.django_db

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
UUID = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"


# --- create ---


def test_created_image_is_shown_alike_ever_after(owner_door: Door) -> None:
    created = owner_door.create(name="x", tags=["b", "a", "b"], k="v", os_distro="debian").json()

    assert sorted(created["tags"]) == ["a", "b"]
    assert owner_door.show(created["id"]).json() == created
    assert owner_door.send("GET", "/images").json()["images"] == [created]


def test_creation_says_where_the_image_is_and_where_data_may_go(
    owner_door: Door, settings: Any
) -> None:
    settings.PUBLIC_URL = "https://cloud.example"

    answer = owner_door.create(id=UUID)

    assert answer.headers["Location"] == f"https://cloud.example/v2/images/{UUID}"
    assert answer.headers["OpenStack-image-store-ids"] == "memory"
    assert "OpenStack-image-import-methods" not in answer.headers


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "😀" * 255),
        ("name", ""),
        ("name", None),
        ("visibility", "private"),
        ("visibility", "community"),
        ("protected", True),
        ("os_hidden", True),
        ("owner", PROJECT),
        ("container_format", "ovf"),
        ("disk_format", "qcow2"),
        ("disk_format", None),
        ("min_disk", 2147483647),
        ("min_ram", 0),
        ("kernel_id", UUID),
        ("os_version", "12"),
        ("cinder_encryption_key_deletion_policy", "do_not_delete"),
        ("k" * 255, "v"),
        ("a/b ~c", "\u202e right to left"),
        ("k", ""),
        ("k", "v" * 65_535),
    ],
)
def test_field_is_kept_to_the_letter(owner_door: Door, field: str, value: Any) -> None:
    created = owner_door.create(**{field: value})

    assert created.status_code == 201
    assert owner_door.show(created.json()["id"]).json()[field] == value


@pytest.mark.parametrize("identity", [UUID, UUID.upper()])
def test_id_is_the_clients_own_in_either_case(owner_door: Door, identity: str) -> None:
    assert owner_door.create(id=identity).json()["id"] == UUID
    assert owner_door.show(identity).status_code == 200
    assert owner_door.create(id=UUID).status_code == 409


def test_declared_extra_of_null_is_not_set(owner_door: Door) -> None:
    created = owner_door.create(kernel_id=None)

    assert created.status_code == 201
    assert "kernel_id" not in created.json()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", "x"),
        ("id", UUID.replace("-", "")),
        ("id", f"{UUID}\n"),
        ("id", None),
        ("name", "n" * 256),
        ("name", 1),
        ("visibility", "secret"),
        ("visibility", None),
        ("protected", "true"),
        ("protected", 1),
        ("protected", None),
        ("os_hidden", "false"),
        ("owner", "o" * 256),
        ("container_format", "zip"),
        ("disk_format", "RAW"),
        ("disk_format", ""),
        ("min_disk", -1),
        ("min_disk", 2**31),
        ("min_disk", 2**63),
        ("min_disk", 1.5),
        ("min_disk", 1e400),
        ("min_disk", "1"),
        ("min_disk", True),
        ("min_ram", None),
        ("tags", "a"),
        ("tags", None),
        ("tags", [1]),
        ("tags", ["t" * 256]),
        ("tags", [["a"]]),
        ("tags", {"a": "b"}),
        ("k", 1),
        ("k", True),
        ("k", None),
        ("k", ["v"]),
        ("k", {"a": "b"}),
        ("k" * 256, "v"),
        ("", "v"),
        ("kernel_id", "x"),
        ("kernel_id", f"{UUID}\n"),
        ("os_distro", None),
        ("architecture", 1),
        ("cinder_encryption_key_deletion_policy", "sometimes"),
        ("name", "a\0b"),
        ("k", "\ud800"),
        ("k\0", "v"),
        ("\udfff", "v"),
        ("tags", ["a\0"]),
    ],
)
def test_value_that_can_never_be_right_is_refused(owner_door: Door, field: str, value: Any) -> None:
    assert owner_door.create(**{field: value}).status_code == 400
    assert Image.remembered.count() == 0


@pytest.mark.parametrize(
    "body",
    [
        None,
        b"",
        b"null",
        b"[]",
        b'"text"',
        b"1",
        b"{",
        b"{'name': 'x'}",
        b'{"name": NaN}',
        b'{"name": Infinity}',
        b'{"name": "a", "name": "b"}',
        b'\xef\xbb\xbf{"name": "x"}',
        '{"name": "x"}'.encode("utf-16"),
        b'{"name": "\xff"}',
        b'{"name": "x"} {}',
        b'{"a":' * 100_000,
        b"[" * 100_000,
        b'{"k": ' + b"9" * 5000 + b"}",
    ],
)
def test_body_that_is_no_json_object_is_refused(owner_door: Door, body: bytes | None) -> None:
    assert owner_door.send("POST", "/images", body).status_code == 400


def test_body_that_is_too_large_is_refused(owner_door: Door) -> None:
    body = b'{"name": "' + b"x" * (5 << 20) + b'"}'

    assert owner_door.send("POST", "/images", body).status_code == 413


@pytest.mark.parametrize("content_type", ["text/plain", "application/xml", "", "nonsense"])
def test_content_type_of_json_is_not_looked_at(owner_door: Door, content_type: str) -> None:
    answer = owner_door.send("POST", "/images", {"name": "x"}, content_type=content_type)

    assert (answer.status_code, answer.json()["name"]) == (201, "x")


@pytest.mark.parametrize(
    "fields",
    [
        {"tags": [f"t{number}" for number in range(129)]},
        {f"k{number}": "" for number in range(129)},
        {"k": "v" * 65_536},
    ],
)
def test_flood_is_refused(owner_door: Door, fields: dict[str, Any]) -> None:
    assert owner_door.create(**fields).status_code == 413
    assert Image.remembered.count() == 0


def test_image_may_have_as_many_as_the_limits_say(owner_door: Door) -> None:
    fields = {f"k{number}": "" for number in range(128)}

    answer = owner_door.create(tags=[f"t{number}" for number in range(128)] * 2, **fields)

    assert (answer.status_code, len(answer.json()["tags"])) == (201, 128)


def test_id_of_a_deleted_image_is_taken(owner_door: Door, admin_door: Door) -> None:
    owner_door.create(id=UUID)
    assert owner_door.send("DELETE", f"/images/{UUID}").status_code == 204

    assert owner_door.create(id=UUID).status_code == 409
    assert admin_door.create(id=UUID).status_code == 409


# --- show ---


@pytest.mark.parametrize("identity", ["x", UUID, "..", "%00", "%2e%2e", "😀"])
def test_what_is_no_image_is_absent(owner_door: Door, identity: str) -> None:
    assert owner_door.show(identity).status_code in {400, 404}


def test_hidden_image_is_as_absent_as_an_unknown_one(
    make_image: MakeImage, stranger_door: Door
) -> None:
    image = make_image()

    hidden, unknown = stranger_door.show(image), stranger_door.show(UUID)

    assert (hidden.status_code, unknown.status_code) == (404, 404)
    assert hidden.content == unknown.content.replace(UUID.encode(), str(image.pk).encode())


def test_image_with_data_is_shown_with_them(make_active: MakeImage, owner_door: Door) -> None:
    shown = owner_door.show(make_active(b"")).json()

    assert (shown["status"], shown["size"], shown["stores"]) == ("active", 0, "memory")
    assert shown["checksum"] == "d41d8cd98f00b204e9800998ecf8427e"
    assert (shown["os_hash_algo"], len(shown["os_hash_value"])) == ("sha512", 128)


def test_answers_are_kept_by_no_cache(make_image: MakeImage, owner_door: Door) -> None:
    for answer in (owner_door.show(make_image()), owner_door.show(UUID)):
        assert answer.headers["Cache-Control"] == "private, no-store"


# --- delete ---


def test_image_is_deleted(make_active: MakeImage, owner_door: Door) -> None:
    image = make_active()

    answer = owner_door.send("DELETE", f"/images/{image.pk}")

    assert (answer.status_code, answer.content) == (204, b"")
    assert owner_door.show(image).status_code == 404
    assert owner_door.send("DELETE", f"/images/{image.pk}").status_code == 404
    assert owner_door.download(image).status_code == 404


def test_protected_image_is_not_deleted(make_image: MakeImage, owner_door: Door) -> None:
    assert owner_door.send("DELETE", f"/images/{make_image(protected=True).pk}").status_code == 403


# --- bodies ---


def test_json_may_come_in_chunks(owner_door: Door, settings: Any) -> None:
    chunked = {
        "HTTP_TRANSFER_ENCODING": "chunked",
        "wsgi.input": BytesIO(b'{"name": "x"}'),
        "wsgi.input_terminated": True,
    }

    assert owner_door.send("POST", "/images", **chunked).json()["name"] == "x"
