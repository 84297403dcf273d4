"""People at a terminal: the clients as they come, run with a home folder and a clouds.yaml."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Self

from openstack.config import OpenStackConfig
from openstack.connection import Connection

from tests.clients.programs import run_program

PASSWORD = "correct-horse-battery"
CLOUD = {"OS_CLOUD": "vitrine"}
Word = str | Path
Environment = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Done:
    """A command that ended: what it printed, and what it said to the person."""

    command: list[str]
    code: int
    out: str
    said: str

    def succeeded(self) -> Self:
        """Return this, which must have succeeded."""
        assert self.code == 0, f"{self.command}: {self.out}{self.said}"
        return self

    def failed(self) -> str:
        """Return what it said; it must have failed."""
        assert self.code != 0, f"{self.command}: {self.out}"
        return self.said

    @property
    def json(self) -> Any:
        """What `-f json` printed."""
        return json.loads(self.out)

    @property
    def table(self) -> list[list[str]]:
        """The rows of a printed table, its head left out; a folded cell is one again."""
        rows: list[list[str]] = []
        for line in self.out.splitlines():
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            if not line.startswith("|"):
                continue
            if cells[0]:
                rows.append(cells)
            else:
                rows[-1] = [kept + more for kept, more in zip(rows[-1], cells, strict=True)]
        return rows[1:]

    @property
    def facts(self) -> dict[str, str]:
        """The rows of a table of two columns."""
        return {row[0]: row[1] for row in self.table}


@dataclass(frozen=True, slots=True)
class Person:
    """A user of one project, whose home holds a clouds.yaml."""

    name: str
    project: str
    url: str
    home: Path

    @property
    def clouds_yaml(self) -> Path:
        """Where the clients look for their cloud."""
        return self.home / ".config" / "openstack" / "clouds.yaml"

    @property
    def by_password(self) -> Environment:
        """The environment of a log-in with name and password, without a clouds.yaml."""
        return {
            "OS_AUTH_URL": f"{self.url}/identity/v3",
            "OS_USERNAME": self.name,
            "OS_PASSWORD": PASSWORD,
            "OS_PROJECT_NAME": self.project,
            "OS_USER_DOMAIN_NAME": "Default",
            "OS_PROJECT_DOMAIN_NAME": "Default",
            "OS_IDENTITY_API_VERSION": "3",
        }

    def openstack(
        self, *command: Word, logged_in: Environment = CLOUD, piped: Path | None = None
    ) -> Done:
        """Run `openstack`, in the cloud of clouds.yaml unless it logs in otherwise."""
        return self.run("openstack", *command, environment=logged_in, piped=piped).succeeded()

    def refused(self, *command: Word, logged_in: Environment = CLOUD) -> str:
        """Run `openstack`, which must fail, and return what it says."""
        return self.run("openstack", *command, environment=logged_in).failed()

    def glance(self, *command: Word, piped: Path | None = None) -> Done:
        """Run `glance`, which knows no clouds.yaml, with name and password."""
        done = self.run("glance", *command, piped=piped, environment=self.by_password)
        return done.succeeded()

    def run(
        self, *command: Word, environment: Environment = CLOUD, piped: Path | None = None
    ) -> Done:
        """Run a client at a terminal, or with a file coming through a pipe.

        The clients take whatever is not a terminal for an image.
        """
        words = [str(word) for word in command]
        with (
            input_of(piped) as source,
            tempfile.TemporaryFile() as out,
            tempfile.TemporaryFile() as said,
        ):
            code = run_program(words, environment, self.home, (source, out, said))
            out.seek(0)
            said.seek(0)
            return Done(words, code, out.read().decode(), said.read().decode())

    def connect(self) -> Connection:
        """Return openstacksdk's connection to the cloud of clouds.yaml; the caller closes it."""
        config = OpenStackConfig(config_files=[str(self.clouds_yaml)], load_envvars=False)
        return Connection(config=config.get_one("vitrine"))


@contextmanager
def input_of(piped: Path | None) -> Iterator[int | IO[bytes]]:
    """Give a terminal, or a pipe through which the bytes of *piped* come."""
    if piped is None:
        terminal, end = os.openpty()
        try:
            yield end
        finally:
            os.close(terminal)
            os.close(end)
    else:
        with subprocess.Popen(["cat", piped], stdout=subprocess.PIPE) as source:
            assert source.stdout
            yield source.stdout
