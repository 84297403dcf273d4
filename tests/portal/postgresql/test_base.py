from __future__ import annotations

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


def test_pool_of_the_service_looks_so() -> None:
    pool = connection.pool  # type: ignore[attr-defined] # our engine's

    assert pool._check is check_connection
