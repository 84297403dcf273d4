"""The clients' programs, each in a process of its own that has imported them before.

A server of processes imports `openstack` and `glance` once and forks for each command: the same
programs from the same entry points, without the second that each start takes.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from importlib.metadata import entry_points
from multiprocessing import get_context
from multiprocessing.reduction import DupFd
from pathlib import Path
from typing import IO, Any

PROGRAMS = Path(sys.executable).parent
WARM = get_context("forkserver")
WARM.set_forkserver_preload(
    [
        "glanceclient.shell",
        "glanceclient.v2.shell",
        "openstackclient.identity.v3.token",
        "openstackclient.image.v2.image",
        "openstackclient.shell",
    ]
)
Standard = tuple[int | IO[bytes], IO[bytes], IO[bytes]]


def run_program(
    words: list[str], environment: Mapping[str, str], home: Path, standard: Standard
) -> int:
    """Run the program *words* in *home* with those *standard* files; return its exit status."""
    variables = {
        "PATH": f"{PROGRAMS}:{os.environ['PATH']}",
        "HOME": str(home),
        # Found below HOME by itself, but openstacksdk looks there when it is imported.
        "OS_CLIENT_CONFIG_FILE": str(home / ".config" / "openstack" / "clouds.yaml"),
        **environment,
    }
    files = [file if isinstance(file, int) else file.fileno() for file in standard]
    child = _Program(words, variables, files)
    child.start()
    child.join()
    return int(child.exitcode)


class _Program(WARM.Process):  # type: ignore[name-defined,misc] # made at run time
    """One run of a program."""

    def __init__(self, words: list[str], variables: dict[str, str], files: list[int]) -> None:
        super().__init__()
        self.words, self.variables = words, variables
        self.files: list[Any] = [*files]

    def __getstate__(self) -> dict[str, Any]:
        """Send the files along, which only works while the process is started."""
        return self.__dict__ | {"files": [DupFd(file) for file in self.files]}

    def run(self) -> None:
        """Be that program; one that is none of the clients starts as usual."""
        for number, file in enumerate(self.files):
            os.dup2(file.detach(), number)
        sys.stdin = open(0, closefd=False, encoding="utf-8")  # noqa: SIM115 -- ends with the process
        os.environ.clear()
        os.environ.update(self.variables)
        os.chdir(self.variables["HOME"])
        sys.argv = self.words
        for program in entry_points(group="console_scripts", name=self.words[0]):
            sys.exit(program.load()())
        os.execvp(self.words[0], self.words)
