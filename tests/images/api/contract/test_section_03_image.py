"""The image: each field's type and limits, on create and by PATCH, and which names are reserved."""

from __future__ import annotations

import re
from typing import Any

import pytest

from images.models import Image
from tests.conftest import PROJECT, MakeImage
from tests.images.api.door import V20, V21, Door

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.route("POST", "/v2/images"),
    pytest.mark.route("PATCH", "/v2/images/{image_id}"),
]

UUID = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
MOST = 2**31 - 1
FACE = "\N{GRINNING FACE}"  # four bytes in UTF-8
FORMATS = "ami ari aki vhd vhdx vmdk raw qcow2 vdi iso ploop".split()  # noqa: SIM905 -- as the API lists them
CONTAINERS = "ami ari aki bare ovf ova docker compressed".split()  # noqa: SIM905 -- the same

GOOD: list[tuple[str, Any]] = [
    ("name", None),
    ("name", ""),
    ("name", "n" * 255),
    ("name", FACE * 255),  # 24/4
    *(("visibility", word) for word in ("community", "shared", "private")),
    *((name, flag) for name in ("protected", "os_hidden") for flag in (True, False)),
    *((name, number) for name in ("min_disk", "min_ram") for number in (0, 1, MOST)),
    *(("disk_format", word) for word in [*FORMATS, None]),
    *(("container_format", word) for word in [*CONTAINERS, None]),
    ("tags", []),
    ("tags", [""]),
    ("tags", ["t" * 255, FACE]),
    ("k", ""),
    ("k" * 255, "v"),
    ("a key/with ~ any.characters:" + FACE, FACE),
    *((name, UUID) for name in ("kernel_id", "ramdisk_id")),
    *((name, "v") for name in ("instance_uuid", "architecture", "os_distro", "os_version")),
    *((name, "v") for name in ("description", "cinder_encryption_key_id")),
    ("cinder_encryption_key_deletion_policy", "on_image_deletion"),
    ("cinder_encryption_key_deletion_policy", "do_not_delete"),
]

BAD: list[tuple[str, Any]] = [
    ("name", "n" * 256),
    ("name", 1),
    ("visibility", "secret"),
    ("visibility", None),
    *((name, value) for name in ("protected", "os_hidden") for value in ("true", 1, None)),
    ("owner", "o" * 256),
    ("owner", 1),
    *((n, v) for n in ("min_disk", "min_ram") for v in (-1, MOST + 1, None, "1", 1.5, True)),
    *((name, value) for name in ("disk_format", "container_format") for value in ("zip", "", 1)),
    ("tags", "a"),
    ("tags", None),
    ("tags", [1]),
    ("tags", ["t" * 256]),
    *(("k", value) for value in (1, 1.5, True, None, ["v"], {"a": "b"})),
    ("k" * 256, "v"),
    ("", "v"),
    *((name, value) for name in ("kernel_id", "ramdisk_id") for value in ("x", 1)),
    ("os_distro", None),
    ("architecture", 1),
    ("cinder_encryption_key_deletion_policy", "sometimes"),
]

READ_ONLY: list[tuple[str, Any]] = [
    ("status", "active"),
    ("checksum", "c" * 32),
    ("os_hash_algo", "md5"),  # on create too: 24/5
    ("os_hash_value", "c" * 128),
    ("size", 1),
    ("virtual_size", 1),
    ("created_at", "2000-01-01T00:00:00Z"),
    ("updated_at", "2000-01-01T00:00:00Z"),
    ("direct_url", "file:///x"),
    ("stores", "memory"),  # by PATCH too: 24/5
    ("self", "/v2/images/x"),
    ("file", "/v2/images/x/file"),
    ("schema", "/v2/schemas/x"),
    ("location", "file:///x"),
    ("deleted", "true"),
    ("deleted_at", "2000-01-01T00:00:00Z"),
    ("os_glance", "x"),
    ("os_glance_import_task", "x"),
    ("os_glance_importing_to_stores", ""),
    ("os_glance_failed_import", ""),
]


def path_to(name: str) -> str:
    """Return the JSON pointer to *name*."""
    return "/" + name.replace("~", "~0").replace("/", "~1")


@pytest.mark.parametrize(("name", "value"), GOOD)
def test_field_is_set_on_create(owner_door: Door, name: str, value: Any) -> None:
    answer = owner_door.create(**{name: value})

    shown = owner_door.show(answer.json()["id"]).json()
    assert (answer.status_code, sorted_if_many(shown[name])) == (201, sorted_if_many(value))


@pytest.mark.parametrize("op", ["add", "replace"])
@pytest.mark.parametrize(("name", "value"), GOOD)
def test_field_is_set_by_patch(
    make_image: MakeImage, owner_door: Door, op: str, name: str, value: Any
) -> None:
    image = make_image(properties={name: "old"} if name.casefold() not in FIXED else {})

    answer = owner_door.change(image, {"op": op, "path": path_to(name), "value": value})

    assert (answer.status_code, sorted_if_many(answer.json()[name])) == (200, sorted_if_many(value))


FIXED = {
    "name",
    "visibility",
    "protected",
    "os_hidden",
    "min_disk",
    "min_ram",
    "disk_format",
    "container_format",
    "tags",
}


def sorted_if_many(value: Any) -> Any:
    return sorted(value) if isinstance(value, list) else value


@pytest.mark.parametrize(("name", "value"), BAD)
def test_value_that_the_field_cannot_have_is_400(
    make_image: MakeImage, owner_door: Door, name: str, value: Any
) -> None:
    image = make_image()

    assert owner_door.create(**{name: value}).status_code == 400
    for op in ("add", "replace"):
        operation = {"op": op, "path": path_to(name), "value": value}
        assert owner_door.change(image, operation).status_code == 400


@pytest.mark.parametrize(("name", "value"), READ_ONLY)
def test_name_that_is_read_only_or_reserved_is_403(
    make_image: MakeImage, owner_door: Door, name: str, value: Any
) -> None:
    image = make_image()

    assert owner_door.send("POST", "/images", {name: value}).status_code == 403
    for op in ("add", "replace", "remove"):
        newer, older = {"op": op, "path": f"/{name}"}, {op: f"/{name}"}
        for operation, dialect in ((newer, V21), (older, V20)):
            answer = owner_door.change(image, operation | {"value": value}, dialect=dialect)
            assert answer.status_code == 403
    assert Image.remembered.get().updated_at == image.updated_at


@pytest.mark.parametrize("name", sorted(FIXED))
def test_base_field_is_not_removed(make_image: MakeImage, owner_door: Door, name: str) -> None:
    operation = {"op": "remove", "path": f"/{name}"}

    assert owner_door.change(make_image(), operation).status_code == 403


def test_defaults(owner_door: Door) -> None:
    answer = owner_door.create()

    shown = answer.json()
    identity, made, changed = (shown.pop(key) for key in ("id", "created_at", "updated_at"))
    assert (answer.status_code, bool(TIME.fullmatch(made)), changed) == (201, True, made)
    assert shown == {
        "name": None,
        "status": "queued",
        "visibility": "shared",
        "protected": False,
        "os_hidden": False,
        "checksum": None,
        "os_hash_algo": None,
        "os_hash_value": None,
        "owner": PROJECT,
        "size": None,
        "virtual_size": None,
        "container_format": None,
        "disk_format": None,
        "min_disk": 0,
        "min_ram": 0,
        "tags": [],
        "self": f"/v2/images/{identity}",
        "file": f"/v2/images/{identity}/file",
        "schema": "/v2/schemas/image",
    }


def test_tags_are_a_set(make_image: MakeImage, owner_door: Door) -> None:
    created = owner_door.create(tags=["b", "a", "b"]).json()
    operation = {"op": "replace", "path": "/tags", "value": ["c", "c"]}
    changed = owner_door.change(make_image(), operation).json()

    assert (sorted(created["tags"]), changed["tags"]) == (["a", "b"], ["c"])


@pytest.mark.parametrize("path", ["/tags/-", "/tags/0", "/name/x", "/k/l"])
def test_tags_are_patched_as_a_whole(make_image: MakeImage, owner_door: Door, path: str) -> None:
    operation = {"op": "add", "path": path, "value": "a"}

    assert owner_door.change(make_image(), operation).status_code == 400


@pytest.mark.parametrize("name", ["disk_format", "container_format"])
@pytest.mark.parametrize(
    ("status", "answered"), [("queued", 200), ("importing", 200), ("saving", 403), ("active", 403)]
)
def test_formats_are_patched_while_queued_or_importing(
    make_active: MakeImage, owner_door: Door, name: str, status: str, answered: int
) -> None:
    image = make_active()
    Image.objects.update(status=status)
    same = {"op": "replace", "path": f"/{name}", "value": getattr(image, name)}

    assert owner_door.change(image, same).status_code == answered


@pytest.mark.parametrize(
    ("count", "status"),
    [({"tags": 128}, 201), ({"tags": 129}, 413), ({"k": 128}, 201), ({"k": 129}, 413)],
)
def test_tags_and_properties_are_128_at_most(
    owner_door: Door, count: dict[str, int], status: int
) -> None:
    tags = [f"t{number}" for number in range(count.get("tags", 0))]
    properties = {f"k{number}": "" for number in range(count.get("k", 0))}

    assert owner_door.create(tags=tags, **properties).status_code == status


@pytest.mark.route("GET", "/v2/images/{image_id}")
def test_data_fill_in_what_only_they_can(make_active: MakeImage, owner_door: Door) -> None:
    shown = owner_door.show(make_active(b"abc")).json()

    assert (shown["status"], shown["size"], shown["virtual_size"]) == ("active", 3, 3)
    assert shown["checksum"] == "900150983cd24fb0d6963f7d28e17f72"
    assert (shown["os_hash_algo"], len(shown["os_hash_value"])) == ("sha512", 128)
    assert shown["stores"] == "memory"
