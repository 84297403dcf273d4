from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from tests.live import ROOT, base_environment, free_port


def manage(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a command of manage.py and return how it ended."""
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=base_environment() | variables,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("arguments", [("limits",), ("create_project", "demo"), ("reconcile",)])
def test_database_that_does_not_answer_is_one_sentence(arguments: tuple[str, ...]) -> None:
    secret = "hush-hush-hush"
    url = f"postgres://vitrine:{secret}@127.0.0.1:{free_port()}/vitrine"

    ended = manage(*arguments, VITRINE_DATABASE_URL=url)

    assert (ended.returncode, ended.stdout) == (1, "")
    said = "VITRINE_DATABASE_URL: the database does not answer: "
    assert len([line for line in ended.stderr.splitlines() if line.startswith(said)]) == 1
    assert [word for word in ("Traceback", secret) if word in ended.stderr] == []


@pytest.mark.parametrize("command", ["create_project", "create_user", "sign_in_link"])
def test_argument_that_is_no_text_is_refused(command: str) -> None:
    ended = manage(command, os.fsdecode(b"\xff"))

    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == "The arguments must be text in UTF-8.\n"


def test_reader_that_has_seen_enough_is_no_error() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "manage.py", "rules"]

    ended = subprocess.run(
        command,
        cwd=ROOT,
        env=base_environment() | {"PYTHONUNBUFFERED": "1"},
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(writing)

    assert (ended.returncode, ended.stderr) == (141, "")


def test_interrupted_command_ends_without_a_trace() -> None:
    command = [sys.executable, "manage.py", "shell", "--no-imports", "-c"]
    code = "import os, signal; os.kill(os.getpid(), signal.SIGINT)"

    ended = subprocess.run(
        [*command, code],
        cwd=ROOT,
        env=base_environment(),
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a job in the background
    )

    assert (ended.returncode, ended.stderr) == (130, "")
