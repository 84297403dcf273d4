"""A process that runs one command of manage.py after another, so that Django is loaded once.

It reads and writes lines of JSON: what to run, and what came of it.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import threading
import traceback
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.management import execute_from_command_line
from django.db import connections

ROOT = Path(__file__).resolve().parent.parent


@dataclass
class Console:
    """A process with the settings of *environment*; it starts with its first command."""

    environment: dict[str, str]
    _process: subprocess.Popen[str] | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run a command of manage.py, and return what a process of its own would have said."""
        with self._lock:
            process = self._running()
            assert process.stdin
            assert process.stdout
            process.stdin.write(json.dumps([arguments, stdin]) + "\n")
            process.stdin.flush()
            line = process.stdout.readline()
        assert line, f"The console ended at {arguments}: {process.poll()}"
        return subprocess.CompletedProcess(arguments, *json.loads(line))

    def close(self) -> None:
        """End the process, if there is one."""
        if self._process:
            self._process.communicate()
            self._process = None

    def _running(self) -> subprocess.Popen[str]:
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.console"],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        return self._process


def main() -> None:
    """Run what is asked, until nothing more is."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints is no answer
    sys.stdout, sys.stderr = output, errors = io.StringIO(), io.StringIO()  # before logs are set up
    for line in sys.stdin:
        arguments, typed = json.loads(line)
        stdin, sys.stdin = sys.stdin, io.StringIO(typed)
        code = execute(arguments)
        sys.stdin = stdin
        answers.write(json.dumps([code, taken(output), taken(errors)]) + "\n")
        answers.flush()


def taken(buffer: io.StringIO) -> str:
    """Return what was written, and forget it."""
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text


def execute(arguments: list[str]) -> int:
    """Run one command as manage.py does, and leave no connection behind."""
    code: Any = 0
    try:
        execute_from_command_line(["manage.py", *arguments])
    except SystemExit as end:
        code = end.code
        if isinstance(code, str):
            sys.stderr.write(code)
    except Exception:  # noqa: BLE001 -- a process would end with it
        traceback.print_exc()
        code = 1
    for connection in connections.all(initialized_only=True):
        connection.close()
        if connection.vendor == "postgresql":
            connection.close_pool()  # type: ignore[attr-defined] # its engine has it
    return code if isinstance(code, int) else bool(code)


if __name__ == "__main__":
    main()
