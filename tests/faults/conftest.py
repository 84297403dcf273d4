"""Servers to break: one with files over SQLite, one with RBD over PostgreSQL."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace

import psycopg
import pytest
from psycopg import sql

from tests.faults.database import CutSite, line_to
from tests.faults.site import SHORT_BOUNDS, Site, open_site
from tests.live import serve

TEST = "VITRINE_TEST_"
OVERDRAFT = int(SHORT_BOUNDS["VITRINE_QUOTA_OVERDRAFT"])
SLICE = 64 << 10
"""Bytes that an upload of unknown size holds at a time, at a pair of servers."""

NEW_ADMINISTRATOR = """
from portal.identity import people, tokens
from portal.identity.actors import OPERATOR
user = people.create_user("root", actor=OPERATOR)
people.make_administrator(user, actor=OPERATOR)
away = people.create_project("away", actor=OPERATOR)
scope = tokens.Scope(people.find_project("lab"))
print(away.pk, tokens.issue_token(tokens.Proof(user, ("password",)), scope=scope)[0])
"""


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


@pytest.fixture(scope="package", params=["sqlite", "postgresql"])
def pair(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Site, Site]]:
    """Return two servers, of two workers each, on one database and one folder of files."""
    place = tmp_path_factory.mktemp(request.param)
    with ExitStack() as running:
        variables = {**SHORT_BOUNDS, "VITRINE_WORKERS": "2", "VITRINE_QUOTA_SLICE": str(SLICE)}
        if request.param == "postgresql":
            variables["VITRINE_DATABASE_URL"] = running.enter_context(fresh_database())
        first = running.enter_context(open_site(place, **variables))
        variables |= {"VITRINE_DEFAULT_STORE": "file"}
        second = running.enter_context(serve(place, **variables))
        yield first, replace(first, server=second)


@pytest.fixture(scope="package")
def administrator(pair: tuple[Site, Site]) -> tuple[str, str]:
    """Return the id of another project of the pair's, and the token of an administrator."""
    away, token = pair[0].server.run(NEW_ADMINISTRATOR).split()
    return away, token


@pytest.fixture(scope="package")
def cut_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CutSite]:
    """Return a server of one worker on PostgreSQL, which can be taken away from it.

    Whatever was, in the end ledger, rows and store tell the same, and nothing was a 500.
    """
    place = tmp_path_factory.mktemp("cut")
    with fresh_database() as url, line_to(url) as (line, end):
        given = SHORT_BOUNDS | {"VITRINE_DATABASE_URL": end, "VITRINE_WORKERS": "1"}
        given["VITRINE_QUOTA_SLICE"] = str(1 << 20)
        with open_site(place, **given) as site:
            fields = {name: getattr(site, name) for name in Site.__dataclass_fields__}
            yield CutSite(**fields, line=line, database=url.rpartition("/")[2])
            assert site.server.manage("reconcile") == "equal\n"
            assert "Internal Server Error" not in site.server.log
            assert "Error handling request" not in site.server.log
