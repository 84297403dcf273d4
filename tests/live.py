"""A real server for tests: gunicorn in a process of its own, on loopback, with a fresh database."""

from __future__ import annotations

import atexit
import fcntl
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from tests import leaks
from tests.console import Console

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
SECRET_KEY = "only-for-a-test-server-" * 3
GUNICORN = [
    *(sys.executable, "-m", "gunicorn", "-c", "portal/gunicorn.py"),
    "--no-control-socket",  # it lies in the user's home, one for all servers
    "portal.wsgi:application",
]
SHARED = "VITRINE_TEST_SHARED"
START_SECONDS = 150  # on a machine with much else to do
STOP_SECONDS = 40  # longer than gunicorn's own grace


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: where it answers, where its files lie, and its commands."""

    url: str
    var: Path
    environment: dict[str, str]
    process: subprocess.Popen[bytes]
    console: Console

    def manage(self, *arguments: str, stdin: str = "") -> str:
        """Run a command of manage.py beside the server and return what it prints."""
        return told(self.console.run(*arguments, stdin=stdin), *arguments, stdin=stdin)

    def run(self, code: str) -> str:
        """Run Python *code* with the server's settings and database, and return what it prints."""
        return self.manage("shell", "--no-imports", "-c", code)

    @property
    def log(self) -> str:
        """What the server wrote so far."""
        return (self.var / "server.log").read_text()

    @property
    def workers(self) -> list[int]:
        """The process ids of gunicorn's workers, for a test that kills one."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in children.read_text().split()]


@contextmanager
def serve(var: Path, **variables: str) -> Iterator[Server]:
    """Serve with state under *var*: SQLite, files and one worker, if *variables* say nothing else.

    *variables* are environment variables, such as `VITRINE_WORKERS="2"`. A second `serve` of the
    same *var* goes on with what the first one left.
    """
    listen = variables.get("VITRINE_LISTEN") or f"127.0.0.1:{free_port()}"
    environment = base_environment() | {"DJANGO_SETTINGS_MODULE": "tests.live_settings"}
    own = {"VITRINE_VAR": str(var), "VITRINE_LISTEN": listen, "VITRINE_WORKERS": "1"}
    environment |= own | variables
    leaks.learn_configuration(environment)
    console = Console(environment)
    _prepare(var, console)
    with closing(console), (var / "server.log").open("ab") as log:
        process = subprocess.Popen(GUNICORN, cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            server = Server(f"http://{listen}", var, environment, process, console)
            _wait_until_healthy(server)
            yield server
        finally:
            _stop(process)
            leaks.assert_no_secret((var / "server.log").read_text(), where="the server")


def base_environment() -> dict[str, str]:
    """Return this process's environment without settings of the tests' own."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("VITRINE_")}
    ours.pop("DJANGO_SETTINGS_MODULE", None)
    return ours | {"VITRINE_SECRET_KEY": SECRET_KEY} | leaks.environment()


def manage(environment: dict[str, str], *arguments: str, stdin: str = "") -> str:
    """Run a command of manage.py; what it says on trouble is in the error."""
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment,
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
    )
    return told(done, *arguments, stdin=stdin)


def told(done: subprocess.CompletedProcess[str], *arguments: str, stdin: str) -> str:
    """Return what a command printed, which must have succeeded and say no secret in its errors.

    What was typed into it is taken for a secret.
    """
    leaks.learn(*stdin.splitlines())
    leaks.assert_no_secret(done.stderr, where=f"manage.py {arguments[0]}")
    assert done.returncode == 0, f"{arguments}: {done.stdout}{done.stderr}"
    return done.stdout


def free_port() -> int:
    """Return a port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def shared_folder() -> Path:
    """Return a folder of this run, which ends with whoever asked first.

    The processes that it started since then share it.
    """
    if SHARED not in os.environ:
        os.environ[SHARED] = tempfile.mkdtemp(prefix="vitrine-test-")
        atexit.register(shutil.rmtree, os.environ[SHARED], ignore_errors=True)
    return Path(os.environ[SHARED])


@cache
def _prepared() -> Path:
    """Return a folder with collected static files and a migrated database.

    It is made once for all processes of a run.
    """
    folder = shared_folder()
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "done").exists():
            environment = base_environment() | {"VITRINE_VAR": str(folder)}
            plain = environment | {"DJANGO_SETTINGS_MODULE": "tests.plain_settings"}
            manage(plain, "collectstatic", "--no-input", "-v0")
            manage(environment, "migrate", "-v0")
            (folder / "done").touch()
    return folder


def _prepare(var: Path, console: Console) -> None:
    var.mkdir(parents=True, exist_ok=True)
    if not (var / "static").exists():
        (var / "static").symlink_to(_prepared() / "static")
    if "VITRINE_DATABASE_URL" in console.environment:
        told(console.run("migrate", "-v0"), "migrate", stdin="")
    elif not (var / "vitrine.sqlite3").exists():
        shutil.copy(_prepared() / "vitrine.sqlite3", var)


def _wait_until_healthy(server: Server) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert server.process.poll() is None, f"The server ended at once: {server.log[-3000:]}"
        if _is_healthy(server):
            return
        time.sleep(0.05)
    raise AssertionError(f"The server does not answer: {server.log[-3000:]}")


def _is_healthy(server: Server) -> bool:
    try:
        with urllib.request.urlopen(f"{server.url}/healthz", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:  # refused, or late on a machine with much to do
        return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
