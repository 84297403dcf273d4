"""A day at the command line: the same wherever one logs in."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tests.clients.people import Done, Environment, Person


@dataclass(frozen=True)
class Day:
    """What *person*, logged in somehow, does with an image, and *friend* with whom it is shared."""

    person: Person
    logged_in: Environment
    friend: Person
    friends_project: str
    """Its id."""

    def spend(self, disk: Path) -> None:
        """Create an image from *disk*, find, save, change and share it, and delete it."""
        image = self._create(disk)
        self._save(image, disk)
        self._change(image)
        self._share(image)
        self._run("image", "delete", image)
        assert image not in self._listed(self.person, self.logged_in)

    def _create(self, disk: Path) -> str:
        create = ("image", "create", "--disk-format", "raw", "--file", disk, "of-the-day")
        self._run(*create)
        shown = self._run("image", "show", "of-the-day", "-f", "json").json
        assert (shown["status"], shown["size"]) == ("active", disk.stat().st_size)
        return str(shown["id"])

    def _save(self, image: str, disk: Path) -> None:
        saved = self.person.home / "saved"
        self._run("image", "save", "--file", saved, image)
        assert saved.read_bytes() == disk.read_bytes()

    def _change(self, image: str) -> None:
        self._run("image", "set", "--property", "a=b", "--tag", "t", "--min-ram", "7", image)
        shown = self._run("image", "show", image, "-f", "json").json
        assert (shown["properties"]["a"], shown["tags"], shown["min_ram"]) == ("b", ["t"], 7)

    def _share(self, image: str) -> None:
        before = self._listed(self.friend, self.friend.by_password)
        self._run("image", "add", "project", image, self.friends_project)
        self.friend.openstack("image", "set", "--accept", image, logged_in=self.friend.by_password)
        after = self._listed(self.friend, self.friend.by_password)
        assert (image in before, image in after) == (False, True)

    def _listed(self, person: Person, logged_in: Environment) -> list[str]:
        rows = person.openstack("image", "list", "-f", "json", logged_in=logged_in).json
        return [row["ID"] for row in rows]

    def _run(self, *command: str | Path) -> Done:
        return self.person.openstack(*command, logged_in=self.logged_in)
