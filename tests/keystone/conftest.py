"""A Keystone with people in it, and a service that trusts it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from portal.configuration.keystone import backends, configured_keystone
from portal.identity.keystone import (
    connection,
    directory,
    limits,
    names,
    refresh,
    shadows,
    tokens,
)
from tests.keystone.site import Keystone, running_keystone, unique
from tests.live import Server, serve

HERE = Path(__file__).parent
Thing = dict[str, Any]
Mayfly = tuple[dict[str, Thing], str]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.keystone)


@pytest.fixture(scope="session")
def keystone() -> Keystone:
    """Return the Keystone."""
    return running_keystone()


@pytest.fixture(scope="package")
def server(keystone: Keystone, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Return a running service that trusts the Keystone, and asks it again after a second."""
    var = tmp_path_factory.mktemp("trusting")
    with serve(var, **keystone.variables, VITRINE_KEYSTONE_CACHE_SECONDS="1") as server:
        yield server


@pytest.fixture(scope="package")
def region(keystone: Keystone, server: Server) -> str:
    """Return the region in whose catalogue the service is the image service."""
    region = unique("Region")
    keystone.make("region", id=region)
    keystone.serve_images(server.url, region=region)
    return region


@pytest.fixture
def trusting(
    keystone: Keystone, settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Any]:
    """Return settings with which this process trusts the Keystone, and remembers nothing of it."""
    for name, value in keystone.variables.items():
        monkeypatch.setenv(name, value)
    settings.IDENTITY = "keystone"
    settings.KEYSTONE = configured_keystone("keystone", tmp_path)
    settings.QUOTA_SOURCE = settings.KEYSTONE["LIMITS"]
    settings.QUOTA_SOURCE_OF_ALL = settings.KEYSTONE["ALL_LIMITS"]
    axes, *others = settings.AUTHENTICATION_BACKENDS
    settings.AUTHENTICATION_BACKENDS = [axes, *backends("keystone"), *others]
    forget()
    yield settings
    forget()


def forget() -> None:
    """Forget what this process knows of the Keystone."""
    for kept in (connection.session, connection._adapter, tokens._protocol):
        kept.cache_clear()
    memories = (tokens._cache, shadows._seen, refresh._tries, directory._domains, names._asked)
    for memory in (*memories, limits._fresh, limits._last, limits._services):
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


@pytest.fixture
def mayfly(keystone: Keystone) -> Mayfly:
    """Return a user and a project that a test may change, and a token of the one in the other."""
    project = keystone.make("project", name=unique("mayfly"), domain_id="default")
    user = keystone.make_user(unique("mayfly"))
    keystone.give(user, "member", project)
    return {"user": user, "project": project}, keystone.token(user["name"], project["name"])
