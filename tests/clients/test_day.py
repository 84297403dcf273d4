"""The day of `openstack` with the service's own users; tests/keystone spends it with others."""

from __future__ import annotations

from pathlib import Path

from tests.clients.clouds import Cloud, one_store
from tests.clients.day import Day
from tests.clients.people import Person


@one_store
def test_day_with_a_password(cloud: Cloud, alice: Person, bob: Person, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.write_bytes(b"some bytes" * 100_000)

    Day(alice, alice.by_password, bob, cloud.projects["blue"]).spend(disk)
