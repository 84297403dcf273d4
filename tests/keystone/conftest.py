"""A Keystone with people in it, and a service that trusts it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from portal.identity.keystone import connection, directory, refresh, shadows, tokens
from portal.keystone import backends, configured_keystone
from tests.keystone.site import Keystone, running_keystone, unique

HERE = Path(__file__).parent
Thing = dict[str, Any]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.keystone)


@pytest.fixture(scope="session")
def keystone() -> Keystone:
    """Return the Keystone."""
    return running_keystone()


@pytest.fixture
def trusting(
    keystone: Keystone, settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Any]:
    """Return settings with which this process trusts the Keystone, and remembers nothing of it."""
    for name, value in keystone.variables.items():
        monkeypatch.setenv(name, value)
    settings.IDENTITY = "keystone"
    settings.KEYSTONE = configured_keystone("keystone", tmp_path)
    settings.AUTHENTICATION_BACKENDS = [
        *backends("keystone"),
        "django.contrib.auth.backends.ModelBackend",
    ]
    forget()
    yield settings
    forget()


def forget() -> None:
    """Forget what this process knows of the Keystone."""
    for kept in (connection.session, connection._adapter, tokens._protocol):
        kept.cache_clear()
    for memory in (tokens._cache, shadows._seen, refresh._tries, directory._domains):
        memory.clear()


@pytest.fixture(scope="session")
def red(keystone: Keystone) -> Thing:
    """Return a project of the Keystone."""
    return keystone.make("project", name=unique("red"), domain_id="default")


@pytest.fixture(scope="session")
def blue(keystone: Keystone) -> Thing:
    """Return another project of the Keystone."""
    return keystone.make("project", name=unique("blue"), domain_id="default")


@pytest.fixture(scope="session")
def alice(keystone: Keystone, red: Thing) -> Thing:
    """Return a member of red."""
    user = keystone.make_user(unique("alice"))
    keystone.give(user, "member", red)
    return user


@pytest.fixture(scope="session")
def alices_token(keystone: Keystone, alice: Thing, red: Thing) -> str:
    """Return a token of alice in red."""
    return keystone.token(alice["name"], red["name"])
