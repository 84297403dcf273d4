"""`openstack image …` where data move: a disk goes in, comes out, is shared and deleted."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from openstack.image.v2._proxy import Proxy

from tests.clients.clouds import BARE, Cloud, one_store
from tests.clients.people import Person

WRONG_FORMAT = "The disk format is said to be iso, but the content is qcow2."


def test_create_says_what_was_stored(first: dict[str, Any], qcow2: Path, cloud: Cloud) -> None:
    content = qcow2.read_bytes()

    facts = [first[name] for name in ("status", "size", "virtual_size", "checksum")]

    assert facts == ["active", len(content), 48 << 20, hashlib.md5(content).hexdigest()]
    assert first["properties"]["os_hash_value"] == hashlib.sha512(content).hexdigest()
    assert first["properties"]["stores"] == cloud.store


def test_list_shows_it(first: dict[str, Any], alice: Person) -> None:
    listed = alice.openstack("image", "list", "--name", "first", "-f", "json").json

    assert listed == [{"ID": first["id"], "Name": "first", "Status": "active"}]


def test_save_gives_the_same_bytes(
    first: dict[str, Any], alice: Person, qcow2: Path, tmp_path: Path
) -> None:
    alice.openstack("image", "save", "--file", tmp_path / "saved", "first")

    assert (tmp_path / "saved").read_bytes() == qcow2.read_bytes()


def test_save_writes_to_a_pipe(first: dict[str, Any], alice: Person, qcow2: Path) -> None:
    script = 'openstack image save --chunk-size 65536 "$0" | sha512sum'

    done = alice.run("sh", "-c", script, first["id"])

    assert done.out.split()[0] == hashlib.sha512(qcow2.read_bytes()).hexdigest()


def test_create_takes_a_pipe(alice: Person, raw: Path) -> None:
    create = ("image", "create", "--disk-format", "raw", "piped", "-f", "json")

    shown = alice.openstack(*create, piped=raw).json

    assert (shown["status"], shown["size"]) == ("active", raw.stat().st_size)
    assert shown["checksum"] == hashlib.md5(raw.read_bytes()).hexdigest()


def test_cd_that_boots_comes_and_goes(alice: Person, iso: Path, tmp_path: Path) -> None:
    create = ("image", "create", "--disk-format", "iso", "--progress", "--file", iso, "rescue")
    alice.openstack(*create)

    alice.openstack("image", "save", "--file", tmp_path / "saved", "rescue")

    assert (tmp_path / "saved").read_bytes() == iso.read_bytes()


def test_save_writes_what_another_project_shares(
    first: dict[str, Any], alice: Person, bob: Person, qcow2: Path, tmp_path: Path
) -> None:
    alice.openstack("image", "add", "project", "first", "blue")
    bob.openstack("image", "set", "--accept", first["id"])

    bob.openstack("image", "save", "--file", tmp_path / "saved", "first")
    alice.openstack("image", "remove", "project", "first", "blue")

    assert (tmp_path / "saved").read_bytes() == qcow2.read_bytes()


@one_store
def test_deactivated_image_saves_nothing(alice: Person, sdk: Proxy, tmp_path: Path) -> None:
    image = sdk.create_image("off", data=b"some bytes", wait=True, **BARE)
    alice.openstack("image", "set", "--deactivate", "off")

    alice.refused("image", "save", "--file", tmp_path / "saved", "off")

    assert sdk.get_image(image).status == "deactivated"
    assert not (tmp_path / "saved").exists() or b"some" not in (tmp_path / "saved").read_bytes()


@one_store
def test_activated_again_it_saves(alice: Person, sdk: Proxy, tmp_path: Path) -> None:
    image = sdk.create_image("on", data=b"some bytes", wait=True, **BARE)
    sdk.deactivate_image(image)

    alice.openstack("image", "set", "--activate", "on")
    alice.openstack("image", "save", "--file", tmp_path / "saved", "on")

    assert (tmp_path / "saved").read_bytes() == b"some bytes"


def test_delete_takes_several(alice: Person, cloud: Cloud, sdk: Proxy) -> None:
    kept = cloud.objects()
    for name in ("one", "two"):
        sdk.create_image(name, data=b"some bytes", wait=True, **BARE)

    alice.openstack("image", "delete", "one", "two")

    assert [image.name for image in sdk.images() if image.name in {"one", "two"}] == []
    assert cloud.objects() == kept


def test_wrong_format_is_refused_with_the_reason(
    alice: Person, cloud: Cloud, qcow2: Path, sdk: Proxy
) -> None:
    kept = cloud.objects()

    said = alice.refused("image", "create", "--disk-format", "iso", "--file", qcow2, "misnamed")

    assert said.partition("/file, ")[2] == f"{WRONG_FORMAT}\n"
    assert list(sdk.images(name="misnamed")) == []
    assert cloud.objects() == kept
