"""What SIGHUP does after an update: new code throughout, and no worker of a mixture."""

from __future__ import annotations

import http.client
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.live import ROOT, base_environment, free_port

APPLICATION = """
from portal.configuration import server

def application(environ, start_response):
    start_response("200 OK", [])
    return [str(getattr(server, "RELEASE", 1)).encode()]
"""


@pytest.fixture
def release(tmp_path: Path) -> Path:
    """Return a folder with the code of the server, and an application that tells its release."""
    without = shutil.ignore_patterns("__pycache__", "static", "locale", "migrations")
    for package in ("images", "portal", "stores"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=without)
    (tmp_path / "application.py").write_text(APPLICATION)
    return tmp_path


@pytest.fixture
def running(release: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """Yield a gunicorn that serves that folder, and its port."""
    port = free_port()
    own = {"VITRINE_LISTEN": f"127.0.0.1:{port}", "VITRINE_WORKERS": "1"}
    command = [sys.executable, "-m", "gunicorn", "-c", "portal/gunicorn.py", "application"]
    environment = base_environment() | own | {"PYTHONPATH": str(release)}
    process = subprocess.Popen(command, cwd=release, env=environment)
    yield process, port
    process.kill()
    process.wait()


def told(port: int, *, awaited: str) -> str:
    """Return what is answered, as soon as it is *awaited*, or after 30 seconds."""
    answer, end = "", time.monotonic() + 30
    while answer != awaited and time.monotonic() < end:
        time.sleep(0.1)
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        with suppress(OSError, http.client.HTTPException):
            connection.request("GET", "/")
            answer = connection.getresponse().read().decode()
        connection.close()
    return answer


def test_update_is_served_after_a_reload(
    release: Path, running: tuple[subprocess.Popen[bytes], int]
) -> None:
    process, port = running
    assert told(port, awaited="1") == "1"
    module, config = (
        release / "portal" / name for name in ("configuration/server.py", "gunicorn.py")
    )
    module.write_text(f"{module.read_text()}\nRELEASE = 2\n")
    config.write_text(f"{config.read_text()}\nassert server.RELEASE == 2\n")

    os.kill(process.pid, signal.SIGHUP)

    assert told(port, awaited="2") == "2"
    assert process.poll() is None
