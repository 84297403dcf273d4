"""`manage.py load_metadefs [PATH] [--overwrite]`."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from images.actors import ADMIN, Actor, with_implied
from images.errors import ImageError
from images.metadefs.errors import NoFiles
from images.metadefs.lifecycle.catalogue import Outcome, load_namespace
from images.metadefs.management.files import find_files, read_file
from images.metadefs.states import Visibility

OPERATOR = Actor(user="manage.py", project="admin", roles=with_implied(ADMIN))
UNSAID = {"visibility": Visibility.PUBLIC, "protected": True, "owner": OPERATOR.project}
"""What a namespace is if its file does not say it: the standard ones are for everybody."""


class Command(BaseCommand):
    help = "Load namespaces of metadata definitions from JSON files, each whole or not at all."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "path",
            nargs="?",
            type=Path,
            metavar="PATH",
            help="a folder, a file, or glance's wheel; else what an installed glance brings",
        )
        parser.add_argument(
            "--overwrite",
            action="store_true",
            help="replace the namespaces that are there, with all that lies in them",
        )

    def handle(self, *args: object, **options: Any) -> None:
        try:
            found = find_files(options["path"])
        except NoFiles as trouble:
            raise CommandError(str(trouble)) from trouble
        done: Counter[Outcome] = Counter()
        broken = []
        for name, content in found:
            try:
                done[self._load(content, overwrite=options["overwrite"])] += 1
            except ImageError as refusal:
                broken.append(f"{name}: {refusal}")
        told = ", ".join(f"{done[outcome]} {outcome.name.lower()}" for outcome in Outcome)
        self.stdout.write(told)
        if broken:
            raise CommandError("Not loaded:\n" + "\n".join(broken))

    def _load(self, content: bytes, *, overwrite: bool) -> Outcome:
        document = UNSAID | read_file(content)
        outcome = load_namespace(document, overwrite=overwrite, actor=OPERATOR)
        self.stdout.write(f"{document['namespace']}: {outcome.value}")
        return outcome
