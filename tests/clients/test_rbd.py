"""What lies in Ceph after an upload: the layout that Nova and Cinder clone from."""

from __future__ import annotations

import json
import os
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openstack.exceptions import ConflictException
from openstack.image.v2._proxy import Proxy

from tests.clients.clouds import BARE, Cloud, output, rbd, rbd_command
from tests.clients.people import Person

POOL = os.environ.get("VITRINE_TEST_CEPH_POOL", "")
pytestmark = [
    pytest.mark.parametrize("cloud", ["rbd"], indirect=True),
    pytest.mark.ceph,
]


def export_equals(name: str, expected: Path) -> bool:
    """Compare what `rbd export` writes to a pipe with a file."""
    with subprocess.Popen(rbd_command("export", name, "-"), stdout=subprocess.PIPE) as export:
        compared = subprocess.run(["cmp", "-", expected], stdin=export.stdout, check=False)
    return (export.returncode, compared.returncode) == (0, 0)


@pytest.fixture
def image_id(sdk: Proxy, raw: Path) -> Iterator[str]:
    """Return the id of an image with a raw disk in it."""
    with raw.open("rb") as disk:
        image = sdk.create_image("cloned", data=disk, allow_duplicates=True, **BARE)
    yield image.id
    sdk.delete_image(image.id)


@pytest.fixture
def clone(image_id: str) -> Iterator[str]:
    """Return the name of a disk cloned from the image as Nova does for an instance."""
    name = f"{uuid.uuid4()}_disk"
    rbd("clone", f"{image_id}@snap", f"{POOL}/{name}")
    yield name
    rbd("rm", name)


@pytest.fixture(scope="module")
def nova(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Return `rbd` as Nova uses it: a user and a pool of its own, which the service cannot read."""
    conf, keyring = (
        os.environ["VITRINE_TEST_CEPH_CONF"],
        tmp_path_factory.mktemp("nova") / "keyring",
    )
    ceph = ["ceph", "--conf", conf, "--name", "client.admin"]
    caps = ["mon", "profile rbd", "osd", f"profile rbd pool=vms, profile rbd-read-only pool={POOL}"]
    output([*ceph, "osd", "pool", "create", "vms", "8"])
    output([*ceph, "osd", "pool", "application", "enable", "vms", "rbd"])
    output([*ceph, "auth", "get-or-create", "client.nova", *caps, "-o", str(keyring)])
    return ["rbd", "--conf", conf, "--id", "nova", "--keyring", str(keyring)]


def test_layout_is_what_others_clone_from(first: dict[str, Any], qcow2: Path) -> None:
    info = json.loads(rbd("info", first["id"], "--format", "json"))
    snapshots = json.loads(rbd("snap", "ls", first["id"], "--format", "json"))

    assert [info[name] for name in ("size", "order", "object_size")] == [
        qcow2.stat().st_size,
        23,
        8 << 20,
    ]
    assert "layering" in info["features"]
    assert [(row["name"], row["protected"]) for row in snapshots] == [("snap", "true")]


def test_location_names_cluster_pool_image_and_snapshot(
    first: dict[str, Any], cloud: Cloud
) -> None:
    code = f"from stores.registry import get_store; print(get_store('rbd').url({first['id']!r}))"

    url = cloud.server.run(code).strip()

    scheme, _, place = url.partition("://")
    fsid, *rest = place.split("/")
    assert (scheme, str(uuid.UUID(fsid))) == ("rbd", fsid)
    assert rest == [POOL, first["id"], "snap"]


def test_export_is_the_disk(first: dict[str, Any], qcow2: Path) -> None:
    assert export_equals(f"{first['id']}@snap", qcow2)


def test_chunked_upload_ends_at_its_true_size(alice: Person, raw: Path) -> None:
    formats = ("--disk-format", "raw", "--container-format", "bare")

    shown = alice.glance("image-create", "--name", "grown", *formats, piped=raw).facts

    info = json.loads(rbd("info", shown["id"], "--format", "json"))
    assert (info["size"], shown["size"]) == (raw.stat().st_size, str(raw.stat().st_size))
    assert export_equals(shown["id"], raw)


def test_clone_has_the_disk(clone: str, image_id: str, raw: Path) -> None:
    children = rbd("children", f"{image_id}@snap").decode().split()

    assert children == [f"{POOL}/{clone}"]
    assert export_equals(clone, raw)


def test_zeros_take_no_space(image_id: str, raw: Path) -> None:
    usage = json.loads(rbd("du", f"{image_id}@snap", "--format", "json"))["images"][0]

    assert usage["provisioned_size"] == raw.stat().st_size
    assert usage["used_size"] < raw.stat().st_size


def test_delete_waits_for_the_last_clone(
    clone: str, image_id: str, alice: Person, sdk: Proxy, raw: Path
) -> None:
    before = sdk.get_image(image_id).to_dict()

    said = alice.refused("image", "delete", image_id)

    assert "409 Conflict: " in said
    assert sdk.get_image(image_id).to_dict() == before
    assert export_equals(f"{image_id}@snap", raw)


def test_delete_follows_a_flattened_clone(clone: str, image_id: str, sdk: Proxy, raw: Path) -> None:
    with pytest.raises(ConflictException):
        sdk.delete_image(image_id)
    rbd("flatten", clone)

    sdk.delete_image(image_id)

    assert image_id not in rbd("ls").decode().split()
    assert export_equals(clone, raw)


@pytest.mark.parametrize("clone_format", ["1", "2"])
def test_clone_in_another_pool_holds_the_image(
    image_id: str, nova: list[str], sdk: Proxy, clone_format: str
) -> None:
    instance = f"vms/{uuid.uuid4()}_disk"
    clone = [*nova, "--rbd-default-clone-format", clone_format, "clone"]
    output([*clone, f"{POOL}/{image_id}@snap", instance])

    with pytest.raises(ConflictException):
        sdk.delete_image(image_id)
    output([*nova, "rm", instance])
    sdk.delete_image(image_id)

    assert image_id not in rbd("ls").decode().split()


def test_snapshot_of_somebody_holds_the_image(image_id: str, sdk: Proxy) -> None:
    rbd("snap", "create", f"{image_id}@backup")

    with pytest.raises(ConflictException):
        sdk.delete_image(image_id)
    snapshots = json.loads(rbd("snap", "ls", image_id, "--format", "json"))
    rbd("snap", "rm", f"{image_id}@backup")

    assert [(row["name"], row["protected"]) for row in snapshots] == [
        ("snap", "true"),
        ("backup", "false"),
    ]
