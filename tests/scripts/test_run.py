"""`scripts/run` as a newcomer meets it: real processes, a folder of its own, a free port."""

from __future__ import annotations

import os
import signal
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests import leaks
from tests.live import ROOT, base_environment, free_port

pytestmark = pytest.mark.timeout(300)  # the first start compresses every static file


@dataclass(frozen=True)
class Run:
    """A `scripts/run` that serves."""

    process: subprocess.Popen[str]
    environment: dict[str, str]
    link: str

    @property
    def url(self) -> str:
        return f"http://{self.environment['VITRINE_LISTEN']}"

    @property
    def children(self) -> list[int]:
        pid = self.process.pid
        listed = Path(f"/proc/{pid}/task/{pid}/children").read_text()
        return [int(child) for child in listed.split()]


def environment(var: Path) -> dict[str, str]:
    ours = {"VITRINE_VAR": str(var), "VITRINE_LISTEN": f"127.0.0.1:{free_port()}"}
    inherited = base_environment()
    del inherited["VITRINE_SECRET_KEY"]  # the script makes one
    return inherited | ours


@contextmanager
def running(var: Path) -> Iterator[Run]:
    variables = environment(var)
    # In a shell's background SIGINT is ignored, which children inherit and no shell can undo.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    path = var.parent / "run.log"
    with (
        path.open("ab") as log,
        subprocess.Popen(
            ["scripts/run"], cwd=ROOT, env=variables, text=True, stdout=subprocess.PIPE, stderr=log
        ) as process,
    ):
        try:
            assert process.stdout
            said = ""
            while not said.startswith("Sign in: "):
                said = process.stdout.readline()
                assert said, f"ended with {process.wait()}"
            yield Run(process, variables, said.removeprefix("Sign in: ").strip())
        finally:
            process.terminate()
            process.wait(60)
            leaks.assert_no_secret(path.read_text(), where="scripts/run")


def refused(variables: dict[str, str]) -> str:
    """Return what a `scripts/run` says that must not start."""
    done = subprocess.run(
        ["scripts/run"], cwd=ROOT, env=variables, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stdout == ""
    return done.stderr


def is_there(pid: int) -> bool:
    state = Path(f"/proc/{pid}/stat")
    return state.exists() and state.read_text().rpartition(") ")[2][0] != "Z"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """Yield a first start, in a folder that was not there before."""
    with running(tmp_path_factory.mktemp("run") / "var") as first:
        yield first
    assert first.process.returncode == 0


@pytest.fixture(scope="module")
def var(run: Run) -> Path:
    """Return the folder with its state."""
    return Path(run.environment["VITRINE_VAR"])


def test_healthz_answers_once_the_link_is_printed(run: Run) -> None:
    with urllib.request.urlopen(f"{run.url}/healthz") as answer:
        assert answer.status == 200


def test_link_leads_in(run: Run) -> None:
    with urllib.request.urlopen(run.link) as page:
        assert page.status == 200


def test_state_is_nobody_elses(var: Path) -> None:
    assert (var / "secret_key").stat().st_mode & 0o777 == 0o600
    assert var.stat().st_mode & 0o777 == 0o700


def test_taken_port_is_said(run: Run) -> None:
    said = refused(run.environment)

    assert "VITRINE_LISTEN" in said
    assert len(said.splitlines()) == 1


def test_second_start_changes_nothing_and_an_interrupt_ends_it(var: Path) -> None:
    kept = [var / "secret_key", var / "static.sources", var / "static" / "staticfiles.json"]
    before = [(path.read_bytes(), path.stat().st_mtime_ns) for path in kept]

    with running(var) as again:
        started = again.children
        again.process.send_signal(signal.SIGINT)

        assert again.process.wait() == 0
        assert len(started) == 3
        assert not any(is_there(pid) for pid in started)
    assert [(path.read_bytes(), path.stat().st_mtime_ns) for path in kept] == before


def test_a_part_that_dies_stops_the_rest(var: Path) -> None:
    with running(var) as again:
        started = again.children

        os.kill(started[1], signal.SIGKILL)

        assert again.process.wait() == 1
        assert not any(is_there(pid) for pid in started)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("VITRINE_WORKERS", "many"),
        ("VITRINE_THREADS", "0"),
        ("VITRINE_LISTEN", "nowhere"),
        ("VITRINE_PUBLIC_URL", "ftp://images"),
        ("VITRINE_DEFAULT_STORE", "tape"),
        ("VITRINE_DATABASE_URL", "postgres://nobody@127.0.0.1:1/nothing"),
        ("VITRINE_SECRET_KEY", "short"),
        ("VITRINE_FILES", "/proc/nowhere"),
        ("VITRINE_LOG_LEVEL", "loud"),
        ("VITRINE_LOG_FORMAT", "xml"),
        ("VITRINE_PROPERTY_PROTECTION_FILE", "/nowhere/protection.conf"),
        ("VITRINE_PROPERTY_PROTECTION_FILE", __file__),
        ("VITRINE_PROPERTY_PROTECTION_FORMAT", "names"),
        ("VITRINE_VAR", "/proc/nowhere"),
    ],
)
def test_wrong_value_stops_the_start_with_a_sentence(var: Path, variable: str, value: str) -> None:
    said = refused(environment(var) | {variable: value})

    assert variable in said
    assert len(said.splitlines()) == 1
