"""Events as files: CSV for a spreadsheet, JSON lines for a machine, each as long as it likes."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any

from images.lifecycle.activity import all_of, told
from portal.redaction import encoded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from images.actors import Actor
    from images.models.event import EventQuerySet

COLUMNS = (
    *("id", "time", "kind", "user", "project", "image_id", "subject"),
    *("address", "token", "request_id", "before", "after"),
)
FORMULA = ("=", "+", "-", "@")


class Echo:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        return text


def json_lines(events: EventQuerySet, actor: Actor) -> Iterator[str]:
    """Yield each of *events* as an object on a line."""
    return (json.dumps(told(event, actor)) + "\n" for event in all_of(events))


def csv_lines(events: EventQuerySet, actor: Actor) -> Iterator[str]:
    """Yield a head, and each of *events* as a line that no spreadsheet takes for a formula."""
    writer = csv.writer(Echo())
    yield writer.writerow(COLUMNS)
    for event in all_of(events):
        yield writer.writerow(_cells(told(event, actor)))


def _cells(fact: Mapping[str, Any]) -> Iterable[str]:
    return (cell(fact[name]) for name in COLUMNS)


def cell(value: Any) -> str:
    """Return *value* on one line, with a mark before what a spreadsheet would reckon."""
    if value is None:
        return ""
    text = encoded(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
    return f"'{text}" if text.lstrip().startswith(FORMULA) else text
