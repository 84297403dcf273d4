"""The search for secrets in logs can fail."""

from __future__ import annotations

import json
import logging
import secrets
import subprocess
import sys

import pytest
from django.contrib.sessions.backends.db import SessionStore

from portal.identity.keys import new_secret
from portal.identity.models import User
from tests import leaks
from tests.live import base_environment


def test_every_secret_is_known_once_it_is_made(db: None) -> None:
    token = new_secret("vt")
    session = SessionStore()
    session.create()
    User().set_password("a password, with spaces")

    for secret in (token, str(session.session_key), "a password, with spaces"):
        with pytest.raises(AssertionError, match="tells a secret"):
            leaks.assert_no_secret(f"a line\nanother with x{secret}-y\n", where="this test")


def test_secret_of_a_child_is_known() -> None:
    code = "import secrets; print(secrets.token_urlsafe(32))"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, env=base_environment(), capture_output=True, check=True)

    assert leaks.secrets_in(f"GET /{done.stdout.decode()}") == {done.stdout.decode().strip()}


def test_what_is_no_secret_is_not_taken_for_one() -> None:
    assert leaks.secrets_in(f"{secrets.token_hex(32)} {secrets.token_urlsafe(16)} wrong") == set()


def test_line_of_this_process_is_searched(request: pytest.FixtureRequest) -> None:
    logging.getLogger("a.b").warning("said %s", json.dumps({"x": "y"}))

    assert [line for line in leaks.log.lines if line.endswith('WARNING a.b said {"x": "y"}')]
