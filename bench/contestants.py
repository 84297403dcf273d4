"""Who takes part: our service as it is deployed, the bare program, nginx."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.client import Target
from bench.results import OURS
from tests.live import Server, free_port, serve

BARE = "bare program"
NGINX = "nginx"
START_SECONDS = 10
PROJECTS = """
from portal.identity.models import Project
for project in Project.objects.all():
    print(project.name)
"""


@contextmanager
def vitrine(var: Path, database: str | None) -> Iterator[tuple[Target, int]]:
    """Serve with portal/gunicorn.py; give the target and the master's process id."""
    ours = {name: text for name, text in os.environ.items() if name.startswith("VITRINE_CEPH_")}
    ours |= {"VITRINE_WORKERS": "2", "VITRINE_LOG_LEVEL": "WARNING", "VITRINE_TOKEN_HOURS": "24"}
    if database:
        ours["VITRINE_DATABASE_URL"] = database
    with serve(var, **ours) as server:
        yield log_in(server, "bench")[0], server.process.pid


def log_in(server: Server, project: str, *, is_admin: bool = False) -> tuple[Target, str]:
    """Make a project and a user if need be, log in; return the service and the project's id."""
    name, password = f"{project}-admin" if is_admin else project, os.urandom(12).hex()
    if project not in server.run(PROJECTS).split():
        server.manage("create_project", project)
    who = ("create_user", name, "--project", project, "--role", "member", "--password-stdin")
    server.manage(*who, *(["--system-admin"] if is_admin else []), stdin=password)
    domain = {"id": "default"}
    user = {"name": name, "domain": domain, "password": password}
    identity = {"methods": ["password"], "password": {"user": user}}
    scope = {"project": {"name": project, "domain": domain}}
    request = urllib.request.Request(
        f"{server.url}/identity/v3/auth/tokens",
        json.dumps({"auth": {"identity": identity, "scope": scope}}).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        secret = answer.headers["X-Subject-Token"]
        token = json.load(answer)["token"]
    return Target.parse(f"{OURS}={server.url},token:{secret}"), str(token["project"]["id"])


@contextmanager
def bare(folder: Path) -> Iterator[Target]:
    """Start the bare program."""
    port = free_port()
    command = [sys.executable, "-m", "bench.bare", str(port), str(folder)]
    with running(command, port):
        yield Target(BARE, "127.0.0.1", port)


@contextmanager
def nginx(folder: Path) -> Iterator[Target]:
    """Serve *folder* by nginx with sendfile."""
    port = free_port()
    conf = folder / "nginx.conf"
    conf.write_text(
        f"daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx.log; user root;\n"
        "events {}\n"
        "http { access_log off; sendfile on; "
        f"server {{ listen 127.0.0.1:{port}; root {folder}; }} }}\n"
    )
    command = ["/usr/sbin/nginx", "-e", str(folder / "nginx.log"), "-c", str(conf)]
    with running(command, port):
        yield Target(NGINX, "127.0.0.1", port)


@contextmanager
def running(command: list[str], port: int) -> Iterator[None]:
    """Run *command* until it listens on *port*, and end it afterwards."""
    process = subprocess.Popen(command)
    try:
        target, deadline = Target("", "127.0.0.1", port), time.monotonic() + START_SECONDS
        while not _listens(target):
            if process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"{command[0]} does not start.")
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait()


def _listens(target: Target) -> bool:
    try:
        with target.connect(1):
            return True
    except OSError:
        return False
