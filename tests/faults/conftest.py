"""Servers to break: one with files over SQLite, one with RBD over PostgreSQL."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from psycopg import sql

from tests.faults.site import SHORT_BOUNDS, Site, open_site

TEST = "VITRINE_TEST_"


@contextmanager
def fresh_database() -> Iterator[str]:
    """Make a database beside the one that the tests' services have, and drop it in the end."""
    url = os.environ[f"{TEST}DATABASE_URL"]
    name = f"faults_{uuid.uuid4().hex}"
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        yield f"{url.rpartition('/')[0]}/{name}"
    finally:
        with psycopg.connect(url, autocommit=True) as server:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def environment(store: str) -> Iterator[dict[str, str]]:
    """Yield the variables of a server for *store*."""
    if store == "file":
        yield {}
        return
    with fresh_database() as url:
        ceph = {name: os.environ[f"{TEST}CEPH_{name}"] for name in ("CONF", "POOL", "USER")}
        named = {f"VITRINE_CEPH_{name}": value for name, value in ceph.items()}
        yield {"VITRINE_DATABASE_URL": url, **named}


@pytest.fixture(scope="session", params=["file", pytest.param("rbd", marks=pytest.mark.ceph)])
def site(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """Return a running server for each store, shared by all tests of this folder.

    Whatever they did to it, it never answered 500.
    """
    with environment(request.param) as variables:
        place = tmp_path_factory.mktemp(request.param)
        with open_site(place, store=request.param, **SHORT_BOUNDS, **variables) as running:
            yield running
            # pytest keeps the folders of some runs
            shutil.rmtree(place / "images", ignore_errors=True)
            assert "Internal Server Error" not in running.server.log
            assert "Error handling request" not in running.server.log
