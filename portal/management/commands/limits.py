"""`manage.py limits`, and `manage.py limits --import FILE [--dry-run]`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.identity.actors import OPERATOR
from portal.identity.management.refusals import command_errors
from portal.quotas.limits import change_limits
from portal.quotas.sheet_reading import read_sheet
from portal.quotas.sheets import whole_sheet


class Command(BaseCommand):
    help = (
        "Write the limits of all projects as CSV, or change those that a file says: all of them,"
        " or none if a line is wrong. An empty cell is the default; a line or column that is not"
        " there changes nothing. store:NAME or user:ID in the column part: the bytes of that alone."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--import", dest="file", metavar="FILE", help="- is standard input")
        parser.add_argument("--dry-run", action="store_true", help="say what would change")

    def handle(self, *args: object, **options: Any) -> None:
        if options["file"] is None:
            for line in whole_sheet():
                self.stdout.write(line, ending="")
            return
        sheet = read_sheet(_text_of(options["file"]))
        if sheet.faults:
            wrong = "\n".join(f"line {fault.line}: {fault.text}" for fault in sheet.faults)
            raise CommandError(f"Nothing was changed.\n{wrong}")
        if not options["dry_run"]:
            with command_errors():
                change_limits(sheet.changes, actor=OPERATOR)
        for one in sheet.changes:
            name = one.name or one.project
            self.stdout.write(f"{name}: {one.what}: {one.was} → {one.becomes}")
        self.stdout.write(f"{len(sheet.changes)} changes")


def _text_of(file: str) -> str:
    """Return what *file* says."""
    try:
        content = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
        return content.decode("utf-8-sig")
    except OSError as trouble:
        raise CommandError(f"{file} cannot be read: {trouble.strerror}.") from trouble
    except UnicodeDecodeError:
        raise CommandError(f"{file} is not text in UTF-8.") from None
