"""`glance …`, which logs in with a name and a password, or with a token that somebody has."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from openstack.image.v2._proxy import Proxy

from tests.clients.clouds import BARE, Cloud, one_store
from tests.clients.people import Person

FORMATS = ("--disk-format", "qcow2", "--container-format", "bare")


@pytest.fixture
def record(sdk: Proxy) -> Iterator[str]:
    """Return the id of an image without data that a test may change."""
    image = sdk.create_image("glances", **BARE)
    yield image.id
    sdk.delete_image(image)


@pytest.fixture
def filled(sdk: Proxy, qcow2: Path) -> Iterator[str]:
    """Return the id of an image with a disk in it."""
    image = sdk.create_image("filled", data=qcow2.read_bytes(), **(BARE | {"disk_format": "qcow2"}))
    yield image.id
    sdk.delete_image(image)


def test_image_create_sends_a_file(alice: Person, cloud: Cloud, qcow2: Path) -> None:
    fields = ("--name", "filed", "--property", "a=b", "--tags", "t", "u", "--file", qcow2)

    shown = alice.glance("image-create", *FORMATS, *fields, "--progress", "--store", cloud.store)

    facts = [shown.facts[name] for name in ("status", "size", "stores", "a")]
    assert facts == ["active", str(qcow2.stat().st_size), cloud.store, "b"]
    assert shown.facts["os_hash_value"] == hashlib.sha512(qcow2.read_bytes()).hexdigest()


def test_image_create_sends_a_pipe_in_chunks(alice: Person, qcow2: Path) -> None:
    shown = alice.glance("image-create", *FORMATS, "--name", "piped", piped=qcow2).facts

    assert (shown["status"], shown["size"]) == ("active", str(qcow2.stat().st_size))
    assert shown["os_hash_value"] == hashlib.sha512(qcow2.read_bytes()).hexdigest()


def test_image_upload_fills_a_record(alice: Person, sdk: Proxy, raw: Path) -> None:
    image = sdk.create_image("later", **BARE)

    alice.glance("image-upload", "--progress", image.id, piped=raw)

    shown = alice.glance("image-show", image.id).facts
    assert (shown["status"], shown["checksum"]) == (
        "active",
        hashlib.md5(raw.read_bytes()).hexdigest(),
    )


def test_image_download_gives_the_same_bytes(
    filled: str, alice: Person, qcow2: Path, tmp_path: Path
) -> None:
    alice.glance("image-download", "--progress", "--file", tmp_path / "saved", filled)

    assert (tmp_path / "saved").read_bytes() == qcow2.read_bytes()


@one_store
def test_image_download_of_a_deactivated_image_is_refused(filled: str, alice: Person) -> None:
    alice.glance("image-deactivate", filled)
    download = ("glance", "image-download", "--file", alice.home / "refused", filled)
    said = alice.run(*download, environment=alice.by_password).failed()

    alice.glance("image-reactivate", filled)

    assert "HTTP 403 Forbidden: " in said
    assert alice.glance("image-show", filled).facts["status"] == "active"


@one_store
def test_image_list_pages_and_filters(record: str, filled: str, alice: Person) -> None:
    by_name = ("--sort", "name:asc", "--property-filter", "container_format=bare")

    listed = alice.glance("image-list", "--page-size", "1", *by_name).table

    names = [name for _, name in listed]
    assert names == sorted(names)
    assert {"filled", "glances"} <= set(names)


@one_store
def test_image_update_changes_fields(record: str, alice: Person, sdk: Proxy) -> None:
    sdk.update_image(record, a="b")
    fields = ("--name", "changed", "--min-disk", "3", "--property", "c=d", "--remove-property", "a")

    shown = alice.glance("image-update", *fields, record).facts

    assert [shown[name] for name in ("name", "min_disk", "c")] == ["changed", "3", "d"]
    assert "a" not in shown


@one_store
def test_image_tags_come_and_go(record: str, alice: Person, sdk: Proxy) -> None:
    alice.glance("image-tag-update", record, "kept")
    alice.glance("image-tag-update", record, "dropped")

    alice.glance("image-tag-delete", record, "dropped")

    assert sdk.get_image(record).tags == ["kept"]


@one_store
def test_members_come_answer_and_go(record: str, cloud: Cloud, alice: Person, bob: Person) -> None:
    blue = cloud.projects["blue"]
    added = alice.glance("member-create", record, blue).table
    answered = bob.glance("member-update", record, blue, "accepted").table
    listed = alice.glance("member-list", "--image-id", record).table

    alice.glance("member-delete", record, blue)

    assert (added, answered) == ([[record, blue, "pending"]], [[record, blue, "accepted"]])
    assert listed == answered
    assert alice.glance("member-list", "--image-id", record).table == []


@one_store
def test_image_delete_takes_several(alice: Person, sdk: Proxy) -> None:
    ids = [sdk.create_image(name, **BARE).id for name in ("one", "two")]

    alice.glance("image-delete", *ids)

    assert {image.id for image in sdk.images()}.isdisjoint(ids)


@one_store
def test_stores_info_lists_the_stores(alice: Person) -> None:
    info = alice.glance("stores-info").facts

    assert (
        '{"id": "file", "description": "Files on this server", "default": "true"}' in info["stores"]
    )


@one_store
def test_token_and_address_serve_instead_of_a_password(alice: Person) -> None:
    token = alice.openstack("token", "issue", "-f", "value", "-c", "id").out.strip()
    known = {"OS_AUTH_TOKEN": token, "OS_IMAGE_URL": alice.url}

    done = alice.run("glance", "image-list", environment=known)

    assert done.succeeded().out.startswith("+--")
