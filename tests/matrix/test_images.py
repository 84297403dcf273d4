"""Every address of one image × every kind of person × every kind of image."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.matrix.conftest import CHANGING, UNKNOWN, World
from tests.matrix.rules import RULES, expected
from tests.matrix.world import KINDS, PEOPLE, sees

pytestmark = [pytest.mark.django_db, pytest.mark.no_cover]  # it takes twice as long with it
NAMES = [" ".join(route) for route in RULES]


@pytest.mark.parametrize("route", RULES, ids=NAMES)
def test_status_is_what_the_rule_says(world: World, route: tuple[str, str]) -> None:
    wrong = []
    for person in PEOPLE.values():
        for kind in KINDS.values() if person.is_known else (KINDS["private"], KINDS["public"]):
            answer, wanted = world.ask(route, person, kind), expected(route, person, kind)
            if answer.status_code != wanted:
                wrong.append((person.name, kind.name, wanted, answer.status_code))

    assert wrong == []


def told(answer: Any, *ids: str) -> tuple[Any, ...]:
    """Return all of *answer* but the ids that were asked and what differs each time."""
    headers = sorted(f"{name}: {value}" for name, value in answer.headers.items())
    text = "\n".join([answer.read.decode(), *headers])
    for one in ids:
        text = text.replace(one, "ID")
    return answer.status_code, CHANGING.sub("", text)


def changed(one: tuple[Any, ...], other: tuple[Any, ...]) -> list[str]:
    """Return the lines that differ."""
    lines = (str(part).split("\\n") for part in (one, other))
    return [f"{left} / {right}" for left, right in zip(*lines, strict=False) if left != right]


@pytest.mark.parametrize("route", RULES, ids=NAMES)
def test_what_is_hidden_is_as_unknown_to_the_byte(world: World, route: tuple[str, str]) -> None:
    differs = []
    for person in map(PEOPLE.__getitem__, ("nobody", "pending member", "foreign manager")):
        for kind in KINDS.values():
            if not sees(person, kind):
                unknown = world.ask(route, person, kind, image_id=UNKNOWN, pk=UNKNOWN)
                answer = world.ask(route, person, kind)
                one = told(answer, str(world.images[kind.name].pk))
                other = told(unknown, str(UNKNOWN))
                if one != other:
                    differs.append((person.name, kind.name, *changed(one, other)))

    assert differs == []


@pytest.mark.parametrize("route", RULES, ids=NAMES)
def test_what_is_hidden_costs_two_questions_more_at_most(
    world: World, route: tuple[str, str]
) -> None:
    """Is it shared, is it granted: a third of a millisecond each, less than a request's noise."""
    dear = []
    for person in map(PEOPLE.__getitem__, ("pending member", "foreign manager")):
        for kind in KINDS.values():
            if not sees(person, kind):
                with CaptureQueriesContext(connection) as unknown:
                    world.ask(route, person, kind, image_id=UNKNOWN, pk=UNKNOWN)
                with CaptureQueriesContext(connection) as hidden:
                    world.ask(route, person, kind)
                if not 0 <= len(hidden) - len(unknown) <= 2:
                    dear.append((person.name, kind.name, len(unknown), len(hidden)))

    assert dear == []
