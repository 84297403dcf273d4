from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import Group
from django.db import connection, transaction

from images.commits import short_locks

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one lock for all"),
]


@pytest.fixture(autouse=True)
def waits_for_the_disk(transactional_db: None) -> Iterator[None]:
    """Let commits wait for the disk, as they do by default: the server of the tests does not."""
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit TO on")
        yield
        cursor.execute("RESET synchronous_commit")


def asked(question: str) -> object:
    """Return what PostgreSQL answers."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {question}")
        return cursor.fetchone()[0]


def test_what_was_done_is_on_the_disk_afterwards() -> None:
    for number in range(20):
        with short_locks():
            Group.objects.create(name=f"{number}")
            written = asked("pg_current_wal_insert_lsn()")

        assert asked(f"pg_current_wal_flush_lsn() >= '{written}'")


def test_commit_waits_for_the_disk_in_other_transactions_again() -> None:
    setting = "current_setting('synchronous_commit')"
    with short_locks():
        assert asked(setting) == "off"

    with transaction.atomic():
        assert asked(setting) == "on"


def test_within_another_transaction_it_is_a_part_of_that() -> None:
    with transaction.atomic(), short_locks():
        assert asked("current_setting('synchronous_commit')") == "on"


def test_what_raises_leaves_nothing() -> None:
    with pytest.raises(ValueError, match="no"), short_locks():
        Group.objects.create(name="a")
        raise ValueError("no")

    assert not Group.objects.exists()
