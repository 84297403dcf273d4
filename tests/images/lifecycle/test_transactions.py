from __future__ import annotations

import pytest
from django.db import InterfaceError, OperationalError, connection, transaction
from psycopg.errors import AdminShutdown, DeadlockDetected, SerializationFailure

from images.lifecycle.transactions import is_away, persistently, retried
from tests.threads import needs_server

pytestmark = pytest.mark.django_db(transaction=True)


class Act:
    """What fails as the database does, as often as there are *troubles*, and then is done."""

    __name__ = "act"

    def __init__(self, *troubles: Exception) -> None:
        self.troubles = [*troubles]
        self.tries = 0

    def __call__(self) -> str:
        self.tries += 1
        if self.troubles:
            cause = self.troubles.pop()
            kind = InterfaceError if isinstance(cause, InterfaceError) else OperationalError
            raise kind("trouble") from cause
        return "done"


@pytest.mark.parametrize("conflict", [DeadlockDetected, SerializationFailure])
def test_conflict_is_tried_again_three_times(conflict: type[Exception]) -> None:
    act, stubborn = Act(*[conflict()] * 3), Act(*[conflict()] * 4)

    assert (retried(act)(), act.tries) == ("done", 4)
    with pytest.raises(OperationalError):
        retried(stubborn)()
    assert stubborn.tries == 4


def test_other_trouble_is_not() -> None:
    act = Act(AdminShutdown())

    with pytest.raises(OperationalError):
        retried(act)()

    assert act.tries == 1


def test_act_inside_of_another_is_that_ones_to_try() -> None:
    act = Act(DeadlockDetected())

    with pytest.raises(OperationalError), transaction.atomic():
        retried(act)()

    assert act.tries == 1


def test_what_is_worth_it_is_tried_while_the_database_is_away() -> None:
    act = Act(AdminShutdown(), InterfaceError(), DeadlockDetected())

    assert (persistently(act), act.tries) == ("done", 4)


def test_refusal_is_no_trouble_of_the_database() -> None:
    def refuse() -> None:
        raise ValueError

    with pytest.raises(ValueError, match=r"^$"):
        persistently(refuse)


@needs_server
def test_database_is_away_when_a_call_left_no_connection() -> None:
    connection.ensure_connection()
    assert not is_away(OperationalError())

    connection.close()

    assert (is_away(OperationalError()), is_away(ValueError()), is_away(None)) == (
        True,
        False,
        False,
    )
