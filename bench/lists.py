"""`bench/metadata`: lists at a hundred to a million images, and records beside a peer's.

A database `vitrine_bench_N` is made and filled for each number of images beside the one of
--database, or taken as it is if it has images. Lists: milliseconds that one client waits, medians,
with all services up and asked in turn; the plan of each that takes too long follows.
Records: requests a second by eight clients.
TARGET is a service to compare with, `LABEL=URL,AUTH`, as in bench/upload; its images are its own.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from textwrap import indent
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from bench.client import Connection, Target
from bench.contestants import log_in
from bench.plans import plan
from bench.population import Population
from bench.records import against, measure_records
from bench.results import Results, table
from tests.live import Server, serve

COUNTS = (100, 1_000, 10_000, 100_000, 1_000_000)
BASE, MOST = 1_000, 2.0  # a list may take so many times as long as at that many images
PROJECT = "bench"
FILTERS = {
    "plain": "",
    "by a tag of most": "tag=linux",
    "by a rare tag": "tag=rare",
    "by a property of many": "os_distro=ubuntu",
    "by a rare property": "batch=rare",
    "name in: three": "name=in:rare-0,rare-1,rare-2",
    "disk_format in: two": "disk_format=in:raw,vmdk",
    "status in: two": "status=in:active,queued",
    "size of half": "size_min=1000000000",
    "size of few": "size_min=2199023255552",
}
KEYS = ("name", "status", "container_format", "disk_format", "size", "id", "created_at")
SORTS = {
    f"sorted by {key}, {way}": f"sort_key={key}&sort_dir={way}"
    for key, way in product((*KEYS, "updated_at"), ("asc", "desc"))
}
LISTS = FILTERS | SORTS
DEEP = (2, 10, 40)
"""Pages of the plain list, each found by the marker of the one before it."""


@dataclass(frozen=True, slots=True)
class Cloud:
    """A service with *count* images, as a member and as an administrator."""

    count: int
    actors: dict[str, Target]
    server: Server


def main() -> None:
    """Measure, and print the tables."""
    asked = parse()
    with ExitStack() as opened:
        folder = Path(opened.enter_context(tempfile.TemporaryDirectory(prefix="vitrine-bench-")))
        clouds = [begin(asked.database, count, folder, opened) for count in asked.counts]
        if asked.peer:
            print(beside(clouds, asked))
            return
        found = measure(clouds, asked.rounds)
        print(scale_table(found, asked.counts))
        for actor, title in found.too_long(asked.counts[-1]):
            largest = clouds[-1]
            address = f"/v2/images?limit=25&{LISTS.get(title, '')}"
            print(f"\n{title}, as {actor}:\n")
            print(indent(plan(largest.server, largest.actors[actor], address), "    "))


def parse() -> argparse.Namespace:
    """Read the command line."""
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser("bench/metadata", description=__doc__, formatter_class=raw)
    parser.add_argument("--database", metavar="URL", required=True, help="PostgreSQL, superuser")
    parser.add_argument("--counts", type=int, nargs="+", default=COUNTS, help="numbers of images")
    parser.add_argument("--rounds", type=int, default=9, help="how often each list is asked (9)")
    parser.add_argument("--seconds", type=float, default=4, help="of each record's figure (4)")
    parser.add_argument("--peer", metavar="TARGET", type=Target.parse, action="append", default=[])
    return parser.parse_args()


def begin(url: str, count: int, folder: Path, opened: ExitStack) -> Cloud:
    """Make and fill the database if need be, and serve it."""
    parts = urlsplit(url)
    name = f"vitrine_bench_{count}"
    database = urlunsplit(parts._replace(path=f"/{name}"))
    with psycopg.connect(url, autocommit=True) as postgres:
        there = postgres.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if there.fetchone() is None:
            postgres.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    variables = {"VITRINE_DATABASE_URL": database, "VITRINE_TOKEN_HOURS": "24"}
    variables |= {"VITRINE_WORKERS": "2", "VITRINE_LOG_LEVEL": "WARNING"}
    server = opened.enter_context(serve(folder / name, **variables))
    member, project = log_in(server, PROJECT)
    admin, _ = log_in(server, PROJECT, is_admin=True)
    with psycopg.connect(database) as connection:
        is_new = connection.execute("SELECT FROM images_image LIMIT 1").fetchone() is None
    if is_new:
        Population(count, project).load(database)
    return Cloud(count, {"member": member, "administrator": admin}, server)


class Waits(dict[tuple[str, str, int], list[float]]):
    """Milliseconds by actor, title and number of images."""

    def ratio(self, actor: str, title: str, count: int) -> float:
        """Return how many times as long as at `BASE` images a list takes; 0 if unknown."""
        most, base = self.get((actor, title, count)), self.get((actor, title, BASE))
        return statistics.median(most) / statistics.median(base) if most and base else 0

    def too_long(self, count: int) -> list[tuple[str, str]]:
        """Return the actors and titles whose lists take more than `MOST` times as long."""
        asked = dict.fromkeys((actor, title) for actor, title, _ in self)
        return [one for one in asked if self.ratio(*one, count) > MOST]


def measure(clouds: list[Cloud], rounds: int) -> Waits:
    """Ask each list of every cloud in turn, three pages each; return milliseconds."""
    waits = Waits()
    with ExitStack() as opened:
        for actor in clouds[0].actors:  # a line on which nobody asks for long is cut
            lines = {
                cloud.count: opened.enter_context(cloud.actors[actor].connect()) for cloud in clouds
            }
            for title, query in LISTS.items():
                print(actor, title, file=sys.stderr, flush=True)
                for round_, (count, line) in product(range(rounds + 1), lines.items()):
                    found = list(pages(line, query))
                    if round_:  # the first prepares the question
                        waits.setdefault((actor, title, count), []).extend(found)
            for count, line in [*lines.items()] * rounds:
                for number, wait in deep_pages(line):
                    waits.setdefault((actor, f"page {number}", count), []).append(wait)
    return waits


def deep_pages(line: Connection) -> Iterator[tuple[int, float]]:
    """Yield the number and the milliseconds of each of the pages `DEEP`."""
    for number, wait in enumerate(pages(line, "", most=max(DEEP)), 1):
        if number in DEEP:
            yield number, wait


def pages(line: Connection, query: str, *, most: int = 3) -> Iterator[float]:
    """Yield the milliseconds of the first page and of the next ones, up to *most*."""
    address = f"/v2/images?limit=25&{query}"
    for _ in range(most):
        start = time.perf_counter()
        answer = line.ask("GET", address)
        wait = 1000 * (time.perf_counter() - start)
        shown = json.loads(answer)
        if len(shown["images"]) < 25 or "next" not in shown:
            return
        yield wait
        address = shown["next"]


def scale_table(waits: Waits, counts: list[int]) -> str:
    """Return a line for each list, with the ratio of the greatest to the base."""
    head = ["", "as", *(f"{count:,}" for count in counts), "ratio", ""]
    lines = ["| " + " | ".join(head) + " |", "|---|---|" + "--:|" * (len(counts) + 1) + "---|"]
    for actor, title in dict.fromkeys((actor, title) for actor, title, _ in waits):
        some = {count: waits.get((actor, title, count)) for count in counts}
        at = {count: statistics.median(found) for count, found in some.items() if found}
        cells = [f"{at[count]:.1f}" if count in at else "–" for count in counts]
        ratio = waits.ratio(actor, title, counts[-1])
        verdict = ("pass" if ratio <= MOST else "**fail**") if ratio else ""
        lines.append("| " + " | ".join([title, actor, *cells, f"{ratio:.2f}", verdict]) + " |")
    return "\n".join(lines)


def beside(clouds: list[Cloud], asked: argparse.Namespace) -> str:
    """Return the table of records, ours against each peer's."""
    results = Results()
    [cloud] = clouds
    rows = [row for peer in asked.peer for row in against(peer.label)]
    for _ in range(asked.rounds):
        for target in (cloud.actors["member"], *asked.peer):
            for figure, rate in measure_records(target, asked.seconds):
                results.add(figure, target.label, rate)
    return table(rows, results)


if __name__ == "__main__":
    main()
