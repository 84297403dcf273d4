"""A real provider of OpenID Connect on loopback, in a process of its own, and its people."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import requests

from tests.live import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

START_SECONDS = 60
RUN = "import sys; from oidc_provider_mock.__main__ import run; sys.exit(run())"
PEOPLE: list[dict[str, Any]] = [
    {
        "sub": "c-1",
        "preferred_username": "carol",
        "given_name": "Carol",
        "email": "carol@example.org",
        "email_verified": True,
        "groups": ["cloud", "cloud-leads"],
    },
    {"sub": "a-1", "email": "alice@example.org", "email_verified": True},
    {
        "sub": "m-1",
        "preferred_username": "alice",
        "email": "alice@example.org",
        "email_verified": False,
    },
    {"sub": "r-1", "email": "root@example.org", "email_verified": True},
]


@contextmanager
def provider() -> Iterator[str]:
    """Run the provider, and return its address."""
    port = free_port()
    claims = [part for one in PEOPLE for part in ("--user-claims", json.dumps(one))]
    command = [sys.executable, "-c", RUN, "--port", str(port), *claims]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_until_there(f"{url}/.well-known/openid-configuration")
        yield url
    finally:
        process.terminate()
        process.wait()


def _wait_until_there(url: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            requests.get(url, timeout=5).raise_for_status()
        except requests.RequestException:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return
