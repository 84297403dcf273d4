"""`manage.py reconcile [--ledger-only] [--json]`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from images.lifecycle.whereabouts import Discrepancy, discrepancies
from quotas.reconciliation import Difference, differences

Breach = Difference | Discrepancy


class Command(BaseCommand):
    help = (
        "Compare the ledger with the rows of images, and those with what the stores hold. Says"
        " `equal`, or a line for each difference and ends with 1. Changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--ledger-only", action="store_true", help="ask no store")
        parser.add_argument("--json", action="store_true", help="a JSON object a line")

    def handle(self, *args: object, **options: Any) -> None:
        found = list(breaches(ask_stores=not options["ledger_only"]))
        for line in told(found, as_json=options["json"]):
            self.stdout.write(line)
        if found:
            sys.exit(1)


def breaches(*, ask_stores: bool = True) -> Iterator[Breach]:
    """Yield everything that is told in two ways."""
    yield from differences()
    if ask_stores:
        yield from discrepancies()


def told(found: Iterable[Breach], *, as_json: bool) -> Iterator[str]:
    """Yield a line for each of *found*, or the one that says that there is nothing."""
    lines = [json.dumps(asdict(one)) if as_json else str(one) for one in found]
    yield from lines or ["{}" if as_json else "equal"]
