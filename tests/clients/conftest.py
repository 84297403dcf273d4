"""A cloud for each store, its people, and disks worth keeping."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openstack.connection import Connection
from openstack.image.v2._proxy import Proxy

from tests.clients.clouds import Cloud, open_cloud
from tests.clients.people import Person

RESCUE = Path("/usr/lib/grub-rescue/grub-rescue-cdrom.iso")  # Debian's grub-rescue-pc
HERE = Path(__file__).parent
FUTURE = [
    f"ignore::openstack.warnings.{name}"
    for name in ("OpenStackDeprecationWarning", "RemovedInSDK50Warning", "RemovedInSDK60Warning")
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder, and forgive openstacksdk what it says of its own future."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.clients)
            item.add_marker(pytest.mark.filterwarnings(*FUTURE))


@pytest.fixture(scope="package", params=["file", pytest.param("rbd", marks=pytest.mark.ceph)])
def cloud(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Cloud]:
    """Return a running service that keeps its data in each store in turn."""
    with open_cloud(request.param, tmp_path_factory.mktemp(request.param)) as cloud:
        yield cloud


@pytest.fixture(scope="package")
def alice(cloud: Cloud) -> Person:
    """A member of the project red."""
    return cloud.home_of("alice")


@pytest.fixture(scope="package")
def bob(cloud: Cloud) -> Person:
    """A member of the project blue."""
    return cloud.home_of("bob")


@pytest.fixture(scope="package")
def carol(cloud: Cloud) -> Person:
    """A member of red who may look at blue."""
    return cloud.home_of("carol")


@pytest.fixture(scope="package")
def root(cloud: Cloud) -> Person:
    """The cloud's administrator, in red."""
    return cloud.home_of("root")


@pytest.fixture(scope="package")
def sdk(alice: Person) -> Iterator[Proxy]:
    """Return the image part of alice's openstacksdk."""
    with alice.connect() as connection:
        yield image_proxy(connection)


@pytest.fixture(scope="package")
def bobs_sdk(bob: Person) -> Iterator[Proxy]:
    """Return the image part of bob's openstacksdk."""
    with bob.connect() as connection:
        yield image_proxy(connection)


@pytest.fixture(scope="package")
def roots_sdk(root: Person) -> Iterator[Proxy]:
    """Return the image part of the administrator's openstacksdk."""
    with root.connect() as connection:
        yield image_proxy(connection)


@pytest.fixture(scope="session")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a disk of 48 MiB with a file system on it, mostly zeros."""
    disk = tmp_path_factory.mktemp("disks") / "disk.raw"
    with disk.open("wb") as file:
        file.truncate(48 << 20)
    run("/sbin/mkfs.ext4", "-q", "-d", str(HERE), str(disk))
    return disk


@pytest.fixture(scope="session")
def qcow2(raw: Path) -> Path:
    """Return the same disk as qemu-img writes it for QEMU."""
    disk = raw.with_suffix(".qcow2")
    run("qemu-img", "convert", "-O", "qcow2", str(raw), str(disk))
    return disk


@pytest.fixture(scope="session")
def iso() -> Path:
    """Return a CD that boots."""
    return RESCUE


@pytest.fixture(scope="package")
def first(alice: Person, qcow2: Path) -> dict[str, Any]:
    """Return what `openstack image create` says of a qcow2 that came in as a file."""
    create = ("image", "create", "--disk-format", "qcow2", "--file", qcow2, "first")
    shown: dict[str, Any] = alice.openstack(*create, "-f", "json").json
    return shown


def run(*command: str) -> None:
    """Run a command that must succeed."""
    subprocess.run(command, check=True, capture_output=True)


def image_proxy(connection: Connection) -> Proxy:
    """Return the part of openstacksdk that speaks the Image API v2."""
    assert isinstance(connection.image, Proxy)
    return connection.image
