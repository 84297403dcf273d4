"""Few threads of a process ask a database of this machine at once."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from django.db import OperationalError, connection
from django.db.backends.base.base import BaseDatabaseWrapper

from portal.postgresql import base
from portal.postgresql.turns import Turns

STALL = 0.6  # seconds: so much that a busy machine makes no turn late


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(8) as pool:
        yield pool


def test_turn_is_waited_for(threads: ThreadPoolExecutor) -> None:
    turns = Turns(1, stall=STALL)
    time.sleep(STALL)  # nobody wants one meanwhile
    assert turns.take()

    waiting = threads.submit(turns.take)
    time.sleep(STALL / 4)
    assert not waiting.done()
    turns.give_back()

    assert waiting.result(5)


def test_many_wait_for_their_turns_as_long_as_others_get_theirs(
    threads: ThreadPoolExecutor,
) -> None:
    turns = Turns(1, stall=STALL)

    def ask(_: int) -> bool:
        has_turn = turns.take()
        time.sleep(STALL / 4)
        if has_turn:
            turns.give_back()
        return has_turn

    assert list(threads.map(ask, range(8))) == [True] * 8  # the last after almost twice as long


def test_nobody_waits_where_nothing_moves() -> None:
    turns = Turns(1, stall=STALL)
    assert turns.take()

    begin = time.monotonic()
    assert not turns.take()
    first = time.monotonic()
    assert not turns.take()

    assert STALL / 2 < first - begin < 2 * STALL
    assert time.monotonic() - first < STALL / 2


def test_turns_are_not_lost_where_nobody_waited() -> None:
    turns = Turns(2)
    for _ in range(3):
        assert [turns.take(), turns.take(), turns.take()] == [True, True, False]
        turns.give_back()
        turns.give_back()


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "postgresql", reason="it is about PostgreSQL")
class TestConnections:
    @pytest.fixture(autouse=True)
    def turns(self, monkeypatch: pytest.MonkeyPatch) -> Turns:
        """Return the turns of this test: those of the process are with the suite's connection."""
        turns = Turns(1)
        monkeypatch.setattr(base, "TURNS", turns)
        return turns

    @pytest.fixture
    def other(self) -> Iterator[BaseDatabaseWrapper]:
        with closing(connection.copy()) as other:
            yield other

    def test_connection_has_its_turn_until_it_is_closed(
        self, turns: Turns, other: BaseDatabaseWrapper
    ) -> None:
        other.ensure_connection()
        assert not turns.take()
        other.close()

        assert turns.take()

    def test_connection_that_was_forgotten_has_one_turn(
        self, turns: Turns, other: BaseDatabaseWrapper
    ) -> None:
        other.ensure_connection()
        with closing(other.connection):
            other.connection = None
            other.ensure_connection()
        other.close()

        assert turns.take()

    def test_connection_that_could_not_be_had_has_no_turn(
        self, turns: Turns, other: BaseDatabaseWrapper, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        pool = connection.pool  # type: ignore[attr-defined] # our engine's
        monkeypatch.setattr(pool, "timeout", 0.0)
        with pytest.raises(OperationalError):
            other.ensure_connection()

        assert turns.take()

    def test_database_elsewhere_is_asked_by_as_many_as_there_are(
        self, turns: Turns, other: BaseDatabaseWrapper
    ) -> None:
        other.settings_dict = other.settings_dict | {"HOST": "database.example"}
        other.ensure_connection()

        assert turns.take()
