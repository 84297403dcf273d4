"""The commands of docs/guide.md, in their order, as a reader would type them."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests.clients.clouds import one_store
from tests.clients.people import Person
from tests.live import ROOT

pytestmark = one_store

BLOCK = re.compile(r"^```sh( member)?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.mark.timeout(300)  # two dozen commands
def test_commands_of_the_guide_work(alice: Person, bob: Person, qcow2: Path) -> None:
    shutil.copy(qcow2, alice.home / "disk.qcow2")

    for match in BLOCK.finditer((ROOT / "docs" / "guide.md").read_text()):
        person = bob if match[1] else alice
        script = f"set -e\n{match[2]}"
        place = {"OS_CLOUD": "vitrine", "URL": person.url}
        person.run("sh", "-c", script, environment=place).succeeded()

    for file in (
        alice.home / "copy.qcow2",
        alice.home / "resumed.qcow2",
        bob.home / "shared.qcow2",
    ):
        assert file.read_bytes() == qcow2.read_bytes()
