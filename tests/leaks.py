"""No line of any log may hold a secret that the tests used: who knows them, and who looks.

Known are, without any test's doing: what `secrets` makes for us and for the servers that tests
start, what users' passwords were set to, keys of sessions, cookies of Chromium, and what the
configuration of a server holds. `assert_no_secret` is asked of each test's own log (in
tests/conftest.py), of each server's when it stops (tests/live.py), and of PostgreSQL's at the end.
"""

from __future__ import annotations

import logging
import os
import re
import secrets
import tempfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import wraps
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.utils.module_loading import import_string

from portal.logs import Lines

SHORTEST = 8  # characters; "wrong" and "x" are words of our own lines, too
RUN = re.compile(r"[A-Za-z0-9_-]+")
RANDOM = re.compile(r"[A-Za-z0-9_-]{20,}")
WHOLE = 43  # characters of 256 random bits; what has fewer opens nothing, such as an audit id
KNOWERS = (
    "django.contrib.auth.base_user.AbstractBaseUser",
    "django.contrib.sessions.backends.base.SessionBase",
)
CHILDREN = Path(__file__).parent / "children"

searched = {"lines": 0, "logs": 0}
_random: dict[str, set[str]] = {}  # by their first letters
_words: set[str] = set()
_file = Path(tempfile.gettempdir()) / f"vitrine-secrets-{os.getpid()}"
_read = 0


class Log(logging.Handler):
    """Keeps the lines of this process as the service would write them."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))

    def taken(self) -> str:
        """Return what came since the last time."""
        lines, self.lines = self.lines, []
        return "\n".join(lines)


log = Log()


def learn(*found: str) -> None:
    """Remember secrets, to look for them in logs."""
    for secret in found:
        if len(secret) < SHORTEST:
            continue
        if RANDOM.fullmatch(secret):
            _random.setdefault(secret[:SHORTEST], set()).add(secret)
        else:
            _words.add(secret)


def learn_configuration(environment: dict[str, str]) -> None:
    """Remember the secrets of a server that is started with *environment*."""
    for name, value in environment.items():
        if name.startswith("VITRINE_") and "://" in value:
            password = urlsplit(value).password or ""
            learn(password, unquote(password))
        elif name.endswith(("_SECRET_KEY", "_SECRET", "_PASSWORD")):
            learn(value)


def environment() -> dict[str, str]:
    """Return what makes a child process of the tests tell its secrets, and log all it can."""
    if log.formatter is None:  # nobody watches: a benchmark, say
        return {}
    telling = {"PYTHONPATH": str(CHILDREN), "TESTS_SECRETS": str(_file)}
    return telling | {"VITRINE_ACCESS_LOG": "true"}


def secrets_in(text: str) -> set[str]:
    """Return every known secret that *text* holds."""
    _learn_from_children()
    found = {word for word in _words if word in text}
    for run in RUN.finditer(text):
        for start in range(run.start(), run.end() - SHORTEST + 1):
            maybe = _random.get(text[start : start + SHORTEST], ())
            found.update(secret for secret in maybe if text.startswith(secret, start))
    return found


def assert_no_secret(text: str, *, where: str) -> None:
    """Fail if *text*, which stands in the log of *where*, holds a secret."""
    searched["lines"] += text.count("\n") + bool(text)
    searched["logs"] += 1
    for secret in secrets_in(text):
        line = next(line for line in text.splitlines() if secret in line)
        raise AssertionError(f"The log of {where} tells a secret, {secret[:4]}…: {line}")


def watch() -> None:
    """Learn from now on what this process makes, and keep its log."""
    _wrap(secrets, "token_urlsafe", lambda made, *_: _learn_whole([made]))
    user, session = map(import_string, KNOWERS)
    _wrap(user, "set_password", lambda _, user, raw: learn(raw or ""))
    _wrap(session, "_get_new_session_key", lambda key, *_: learn(key))
    learn_configuration(dict(os.environ))
    root = logging.getLogger()
    ours = [one.formatter for one in root.handlers if isinstance(one.formatter, Lines)]
    assert ours, "the log of the service is not configured"
    log.setFormatter(ours[0])
    root.addHandler(log)


def forget() -> None:
    """Remove the file by which children tell."""
    with suppress(OSError):
        _file.unlink()


def _wrap(holder: Any, name: str, note: Callable[..., object]) -> None:
    """Let *note* see what *holder.name* returns, and what it is given."""
    make = getattr(holder, name)

    @wraps(make)
    def made(*args: Any, **kwargs: Any) -> Any:
        result = make(*args, **kwargs)
        note(result, *args, *kwargs.values())
        return result

    setattr(holder, name, made)


def _learn_whole(made: list[str]) -> None:
    learn(*(secret for secret in made if len(secret) >= WHOLE))


def _learn_from_children() -> None:
    global _read  # noqa: PLW0603 -- how far the file was read
    with suppress(OSError), _file.open(encoding="ascii") as file:
        file.seek(_read)
        _learn_whole(file.read().split())
        _read = file.tell()


def logs_of_services() -> Iterable[Path]:
    """Return the logs of what `scripts/services` started."""
    ceph = os.environ.get("VITRINE_TEST_CEPH_DIR")
    return [path for path in [Path(ceph).parent / "postgres.log"] if path.exists()] if ceph else []
