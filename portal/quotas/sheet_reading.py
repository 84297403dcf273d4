"""A CSV file of limits is read: what it would change, and every error by its line."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from portal.events.exports import FORMULA
from portal.identity.models import Project
from portal.names import user_names
from portal.quotas.amounts import NotAnAmount
from portal.quotas.limits import Change, own_limits, wanted_limit
from portal.quotas.parts import fault_of_part
from portal.quotas.sheets import COLUMNS, PART, SIZE, SOFT, Fault, Sheet
from quotas.models import Resource
from quotas.parts import origin_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

NOT_OF_PARTS = {*COLUMNS} - {"project", "name", SIZE, PART}
"""The columns that are empty on a line of a store or a user."""

Row = tuple[int, list[str]]
"""The number of a line, and its cells."""


def read_sheet(text: str, *, most: int | None = None) -> Sheet:
    """Return what *text* would change; more than *most* changes at once are wrong."""
    sheet = _read(text)
    if most is not None and len(sheet.changes) > most:
        told = {"count": len(sheet.changes), "most": most}
        fault = _(
            "These are %(count)d changes, and this page makes %(most)d at once;"
            " use the command `manage.py limits`."
        )
        sheet.faults.append(Fault(1, fault % told))
    return sheet


def _read(text: str) -> Sheet:
    sheet = Sheet()
    try:
        rows = list(_rows(text.removeprefix("\ufeff")))
    except csv.Error as wrong:
        sheet.faults.append(Fault(1, _("This is no CSV file: %(why)s.") % {"why": wrong}))
        return sheet
    (line, head), *rows = rows or [(1, [""])]
    columns = [name.strip().casefold() for name in head]
    if fault := _fault_of(columns):
        sheet.faults.append(Fault(line, fault))
    else:
        _Reader(sheet, columns).read(rows)
    return sheet


class _Reader:
    """What the lines of one sheet are compared with: all projects, and their own limits."""

    def __init__(self, sheet: Sheet, columns: Sequence[str]) -> None:
        self._sheet, self._columns = sheet, columns
        self._names = dict(Project.objects.values_list("pk", "name"))
        self._own = own_limits()
        self._ids = self._names.keys() | {project for project, _resource in self._own}
        self._named: dict[str, list[str]] = defaultdict(list)
        for pk, name in self._names.items():
            self._named[name.casefold()].append(pk)
        self._users: dict[str, str] = {}
        self._lines: dict[tuple[str, str], int] = {}

    def read(self, rows: Sequence[Row]) -> None:
        """Read all *rows* into the sheet."""
        named = [dict(zip(self._columns, cells, strict=False)) for _line, cells in rows]
        self._users = user_names(origin_of(_part_of(row)).user for row in named)
        for (line, cells), row in zip(rows, named, strict=True):
            project, fault = self._project(row)
            fault = self._misfit(cells) or fault or self._twice(project, row)
            fault = fault or self._fault_of_part(project, row)
            if fault:
                self._sheet.faults.append(Fault(line, fault))
                continue
            self._lines[project, _part_of(row)] = line
            self._read_limits(line, project, row)

    def _misfit(self, cells: Sequence[str]) -> str:
        if len(cells) == len(self._columns):
            return ""
        numbers = {"cells": len(cells), "columns": len(self._columns)}
        return _("The line has %(cells)d cells, the head %(columns)d.") % numbers

    def _twice(self, project: str, row: dict[str, str]) -> str:
        """Return that the project, or a part of it, has a line before that of *row*."""
        part = _part_of(row)
        line = self._lines.get((project, part))
        if line is None:
            return ""
        if part:
            told = {"part": part[:80], "line": line}
            return _("%(part)s of the project is on line %(line)d already.") % told
        return _("The project is on line %(line)d already.") % {"line": line}

    def _fault_of_part(self, project: str, row: dict[str, str]) -> str:
        """Return what is wrong with the part that *row* names, if it names one."""
        part = _part_of(row)
        if part and any(row.get(name, "").strip() for name in NOT_OF_PARTS):
            return _(
                "A store or a user has a limit of %(name)s alone; leave the other cells empty."
            ) % {"name": SIZE}
        if not part or (project, part) in self._own:
            return ""
        return fault_of_part(origin_of(part), self._users)

    def _project(self, row: dict[str, str]) -> tuple[str, str]:
        """Return the id of the project of *row*, and what is wrong with it."""
        pk, name = row.get("project", "").strip(), _unmarked(row.get("name", "").strip())
        if pk:
            unknown = _("There is no project with the ID %(id)s.") % {"id": pk[:80]}
            return pk, "" if pk in self._ids else unknown
        found = self._named.get(name.casefold(), [])
        if len(found) == 1:
            return found[0], ""
        if found:
            return "", _("Several projects are called %(name)s; give the ID.") % {"name": name}
        return "", _("There is no project of the name “%(name)s”.") % {"name": name[:80]}

    def _read_limits(self, line: int, project: str, row: dict[str, str]) -> None:
        part, name = _part_of(row), self._names.get(project, "")
        whose = self._users.get(origin_of(part).user, "")
        for resource in [SIZE] if part else Resource:
            before = self._own.get((project, part or resource))
            limit = Change(project, resource, before, before, name, line, part, whose)
            self._read_limit(limit, row.get(resource), row.get(f"{resource}{SOFT}"))

    def _read_limit(self, limit: Change, hard: str | None, soft: str | None) -> None:
        try:
            after = wanted_limit(limit.resource, hard, soft, limit.before)
        except NotAnAmount as wrong:
            self._sheet.faults.append(Fault(limit.line, f"{limit.what}: {wrong}"))
            return
        if after != limit.before:
            self._sheet.changes.append(replace(limit, after=after))


def _part_of(row: dict[str, str]) -> str:
    """Return the name of the part that *row* is of; nothing for all of its project."""
    return row.get(PART, "").strip()


def _rows(text: str) -> Iterator[Row]:
    """Yield the lines of *text* that are not empty; a semicolon parts the cells where it does."""
    head = text.partition("\n")[0]
    delimiter = ";" if ";" in head and "," not in head else ","
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    for cells in lines:
        if any(one.strip() for one in cells):
            yield lines.line_num, cells


def _fault_of(columns: Sequence[str]) -> str:
    """Return what is wrong with the head of a sheet, or nothing."""
    if unknown := [name for name in columns if name not in COLUMNS]:
        return _("There is no column “%(name)s”; there are: %(names)s.") % {
            "name": unknown[0][:80],
            "names": ", ".join(COLUMNS),
        }
    if len(set(columns)) != len(columns):
        return _("A column is there twice.")
    if not {"project", "name"} & set(columns):
        return _("There must be a column “project” with IDs, or “name”.")
    return ""


def _unmarked(name: str) -> str:
    """Return *name* without the mark that keeps a spreadsheet from reckoning with it."""
    return name[1:] if name.startswith("'") and name[1:].lstrip().startswith(FORMULA) else name
