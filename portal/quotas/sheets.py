"""Limits of many projects as a CSV file, and what such a file would change."""

from __future__ import annotations

import csv
import hashlib
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from portal.events.exports import Echo, cell
from portal.identity.models import Project
from portal.quotas.amounts import write_amount
from portal.quotas.limits import own_limits
from quotas.account import NOWHERE
from quotas.models import Resource
from quotas.parts import origin_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from portal.quotas.limits import Change, Own

SOFT, PART = ".soft", "part"
COLUMNS = (
    *("project", "name"),
    *(f"{resource}{end}" for resource in Resource for end in ("", SOFT)),
    PART,
)
"""An empty cell is the default. Of a column that is not there nothing changes.

A line with a part, `store:NAME` or `user:ID`, limits the bytes of that alone.
"""

SIZE = Resource.IMAGE_SIZE_TOTAL
"""The one resource that parts have limits of."""

REST = [""] * (len(COLUMNS) - len(("project", "name", SIZE, SOFT, PART)))
"""The cells that a line of a part leaves empty."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong on one line."""

    line: int
    text: str


@dataclass(slots=True)
class Sheet:
    """What a file would change, and what is wrong with it; if anything is, nothing changes."""

    changes: list[Change] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    @property
    def mark(self) -> str:
        """Return what differs if anything of the changes does: what they are from, too."""
        told = "\n".join(map(repr, self.changes))
        return hashlib.sha256(told.encode(errors="surrogatepass")).hexdigest()

    @property
    def projects(self) -> list[str]:
        """Return the ids of the projects whose limits change."""
        return list(dict.fromkeys(change.project for change in self.changes))

    @property
    def before(self) -> dict[tuple[str, str], Own | None]:
        """Return what was before; None where there was no limit."""
        return {(change.project, change.what): change.before for change in self.changes}


def sheet_lines(
    projects: Iterable[tuple[str, str]], own: Mapping[tuple[str, str], Own | None]
) -> Iterator[str]:
    """Yield the head, and for each of *projects*, by id and name, lines with its *own* limits."""
    writer = csv.writer(Echo())
    yield writer.writerow(COLUMNS)
    parts: dict[str, list[str]] = defaultdict(list)
    for project, what in own:
        if origin_of(what) != NOWHERE:
            parts[project].append(what)
    for project, name in projects:
        limits = [own.get((project, resource)) for resource in Resource]
        amounts = (
            one
            for resource, limit in zip(Resource, limits, strict=True)
            for one in _amounts(resource, limit)
        )
        named = [cell(project), cell(name)]
        yield writer.writerow([*named, *amounts, ""])
        for part in parts[project]:
            size = _amounts(SIZE, own[project, part])
            yield writer.writerow([*named, *size, *REST, cell(part)])


def whole_sheet() -> Iterator[str]:
    """Yield the lines of all projects, by name, and of others that have a limit all the same."""
    own = own_limits()
    known = dict(Project.objects.order_by("name").values_list("pk", "name"))
    others = sorted({project for project, _resource in own} - known.keys())
    return sheet_lines([*known.items(), *((one, "") for one in others)], own)


def _amounts(resource: Resource, limit: Own | None) -> tuple[str, str]:
    """Return the two cells of *limit*."""
    if limit is None:
        return "", ""
    soft = "" if limit.soft is None else write_amount(limit.soft, resource)
    return write_amount(limit.hard, resource), soft
