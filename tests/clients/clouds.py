"""A running service with people in it, for each store that data can go to."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.clients.people import PASSWORD, Person
from tests.live import Server, serve

CEPH = ("CONF", "POOL", "USER")
BARE: dict[str, Any] = {"disk_format": "raw", "container_format": "bare"}
one_store = pytest.mark.parametrize("cloud", ["file"], indirect=True)


PEOPLE = {
    "alice": {"red": "member"},
    "bob": {"blue": "member"},
    "carol": {"red": "member", "blue": "reader"},
    "root": {"red": "member"},
}
MAKE_PEOPLE = f"""
import json
from portal.identity import people
from portal.identity.actors import OPERATOR

ids = dict()
for name, roles in {PEOPLE}.items():
    user = people.create_user(name, password={PASSWORD!r}, actor=OPERATOR)
    for project, role in roles.items():
        if project not in ids:
            ids[project] = people.create_project(project, actor=OPERATOR).pk
        people.give_role(user, project=people.find_project(project), role=role, actor=OPERATOR)
people.make_administrator(user, actor=OPERATOR)
print(json.dumps(ids))
"""


@dataclass(frozen=True, slots=True)
class Cloud:
    """A server whose default store is *store*, the ids of its projects, and a folder for homes."""

    server: Server
    store: str
    projects: dict[str, str]
    folder: Path

    def home_of(self, name: str) -> Person:
        """Return a person in its first project, whose home holds what `clouds_yaml` prints."""
        project = next(iter(PEOPLE[name]))
        person = Person(name, project, self.server.url, self.folder / name)
        person.clouds_yaml.parent.mkdir(parents=True)
        person.clouds_yaml.write_text(self.server.manage("clouds_yaml", name, project))
        return person

    def objects(self) -> list[str]:
        """Return what lies in the store, by name, as files or `rbd ls` show it."""
        if self.store == "rbd":
            return sorted(rbd("ls").decode().split())
        files = self.server.var / "images"
        return sorted(str(path) for path in files.rglob("*") if path.is_file())


@contextmanager
def open_cloud(store: str, folder: Path, **variables: str) -> Iterator[Cloud]:
    """Serve with *store* as the default one, and people in it; root administers the cloud."""
    given = {"VITRINE_DEFAULT_STORE": store} | variables
    if store == "rbd":
        given |= {f"VITRINE_CEPH_{name}": os.environ[f"VITRINE_TEST_CEPH_{name}"] for name in CEPH}
    with serve(folder / "var", **given) as server:
        yield Cloud(server, store, json.loads(server.run(MAKE_PEOPLE)), folder)


def rbd(*command: str) -> bytes:
    """Run Ceph's own `rbd` on the test pool as the service's user; it must succeed."""
    return output(rbd_command(*command))


def rbd_command(*command: str) -> list[str]:
    """Return the words of an `rbd` command on the test pool."""
    conf, pool, user = (os.environ[f"VITRINE_TEST_CEPH_{name}"] for name in CEPH)
    return ["rbd", "--conf", conf, "--id", user, "--pool", pool, *command]


def output(command: list[str]) -> bytes:
    """Return what a command prints; it must succeed."""
    done = subprocess.run(command, capture_output=True, check=False)
    assert done.returncode == 0, f"{command}: {done.stderr.decode()}"
    return done.stdout
