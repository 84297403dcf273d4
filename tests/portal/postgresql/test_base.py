from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection

from portal.postgresql.base import check_connection

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="it is about PostgreSQL"),
]


@pytest.fixture
def idle() -> Iterator[psycopg.Connection[Any]]:
    """Return a connection of which nobody has asked anything."""
    with psycopg.connect(**connection.get_connection_params(), autocommit=True) as opened:
        yield opened


def test_idle_connection_is_not_asked(idle: psycopg.Connection[Any]) -> None:
    check_connection(idle)

    query = "SELECT query FROM pg_stat_activity WHERE pid = %s"
    with connection.cursor() as cursor:
        cursor.execute(query, [idle.info.backend_pid])
        assert cursor.fetchone() == ("",)


def test_connection_that_the_server_has_left_is_found(idle: psycopg.Connection[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [idle.info.backend_pid])

    with pytest.raises(psycopg.OperationalError):
        check_connection(idle)


def test_where_one_connection_is_dead_no_idle_one_is_tried() -> None:
    pool = connection.pool  # type: ignore[attr-defined] # our engine's
    taken = [pool.getconn() for _ in range(6)]
    with connection.cursor() as cursor:
        for held in taken:
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [held.info.backend_pid])
            pool.putconn(held)

    begin, other = time.monotonic(), connection.copy()
    other.ensure_connection()
    with other.cursor() as cursor:
        cursor.execute("SELECT 1")
    other.close()

    assert time.monotonic() - begin < 2  # the pool's own way takes as long as it is patient
