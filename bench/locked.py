"""`bench/ledger`: how long one project's row, the lock of its limits, is held by its uploads.

Clients of one project make images and upload 64 KiB to each, so many a second, to gunicorn as it
is deployed on a database of its own (with its `fsync`, if the server at --database has it on). The
service's connections time each transaction that changes the row (bench/watching): *takes* is the
statement that locks it, with its wait for others; *held* from its answer to that of the commit;
*asked* the part of it in which the database was asked something. What is held beyond that is
Python between two statements; a tenth of a millisecond for each and a tenth of the whole are
aimed at. The last row is of the statement and a commit without any service: a psycopg session
alone, while nobody else asks.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from bench.client import Target
from bench.contestants import log_in
from bench.measures import random_file
from tests.live import serve

NAME = "vitrine_bench_ledger"
ACTS = ("create", "begin", "finish")
GIB = 1 << 30
HEAD = """\
| transaction | how many | takes, ms | p99 | held, ms | p99 | asked, ms | held / asked | target | |
|---|--:|--:|--:|--:|--:|--:|--:|---|---|"""
MOST_BETWEEN, MOST_SHARE = 0.0001 * 3, 1.1
Times = list[tuple[float, float, float]]


def main() -> None:
    """Measure, and print the table."""
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser("bench/ledger", description=__doc__, formatter_class=raw)
    parser.add_argument("--database", metavar="URL", required=True, help="PostgreSQL, superuser")
    parser.add_argument("--seconds", type=int, default=30, help="how long (30)")
    parser.add_argument("--rate", type=int, default=8, help="uploads a second (8)")
    asked = parser.parse_args()
    url = fresh_database(asked.database)
    with tempfile.TemporaryDirectory(prefix="vitrine-bench-") as folder:
        found, late = upload_steadily(Path(folder), url, asked.seconds, asked.rate)
    print(HEAD)
    for act in ACTS:
        print(line(act, found[act]))
    print(line("a session alone", alone(url)))
    print(
        f"\n{asked.rate} uploads a second for {asked.seconds} s, none more than {late:.2f} s late."
    )


def fresh_database(url: str) -> str:
    """Make an empty database, and return where it is."""
    with psycopg.connect(url, autocommit=True) as server:
        for act in ("DROP DATABASE IF EXISTS {}", "CREATE DATABASE {}"):
            server.execute(sql.SQL(act).format(sql.Identifier(NAME)))
    return urlunsplit(urlsplit(url)._replace(path=f"/{NAME}"))


def upload_steadily(
    folder: Path, url: str, seconds: int, rate: int
) -> tuple[dict[str, Times], float]:
    """Upload *rate* images a second; return the times by transaction, and the greatest delay."""
    given = {"VITRINE_DATABASE_URL": url, "VITRINE_LOG_LEVEL": "WARNING"}
    given |= {"VITRINE_WORKERS": "2", "DJANGO_SETTINGS_MODULE": "bench.watching.settings"}
    with serve(folder / "var", **given) as server:
        target, project = log_in(server, "bench")
        limits = (f"image_size_total={GIB}", f"image_count_total={10**6}")
        server.manage("set_limit", project, *limits)
        path = random_file(folder, 1 << 16)
        for number in range(rate):  # every process compiles what it asks
            one(target, path, time.monotonic(), number)
        (folder / "var" / "locks.csv").unlink()
        begin = time.monotonic() + 0.5
        with ThreadPoolExecutor(4 * rate) as clients:
            tasks = [
                clients.submit(one, target, path, begin + number / rate, number)
                for number in range(seconds * rate)
            ]
            late = max(task.result() for task in tasks)
        return read(folder / "var" / "locks.csv"), late


def one(target: Target, path: Path, at: float, number: int) -> float:
    """Make an image and upload it at that time; return how much later it began."""
    time.sleep(max(0, at - time.monotonic()))
    late = time.monotonic() - at
    target.upload(target.create(f"image {number}"), path, "file")
    return late


def read(path: Path) -> dict[str, Times]:
    """Return what the service's connections wrote down, by transaction."""
    found: dict[str, Times] = {act: [] for act in ACTS}
    for row in path.read_text().splitlines():
        act, taking, held, asked = row.split(",")
        found.setdefault(act, []).append((float(taking), float(held), float(asked)))
    return found


def alone(url: str, times: int = 200) -> Times:
    """Time an update of the row and its commit, by one session."""
    update = "UPDATE quotas_usage SET reserved = reserved + 1"
    found: Times = []
    with psycopg.connect(url, prepare_threshold=0) as session:
        for _ in range(times):
            begin = time.perf_counter()
            session.execute(update)
            locked = time.perf_counter()
            session.commit()
            held = time.perf_counter() - locked
            found.append((locked - begin, held, held))
    return found


def line(act: str, times: Times) -> str:
    """Return one row of the table."""
    taking, held, asked = (sorted(column) for column in zip(*times, strict=True))
    between = statistics.median(held) - statistics.median(asked)
    share = statistics.median(held) / statistics.median(asked)
    verdict = "pass" if between <= MOST_BETWEEN or share <= MOST_SHARE else "**not yet**"
    figures = (median(taking), last(taking), median(held), last(held), median(asked))
    cells = [act, str(len(times)), *(f"{figure * 1000:.2f}" for figure in figures)]
    target = f"≤ {MOST_SHARE}, or + {MOST_BETWEEN * 1000:.1f} ms"
    return "| " + " | ".join([*cells, f"{share:.2f}", target, verdict]) + " |"


def median(figures: list[float]) -> float:
    """Return the middle one."""
    return statistics.median(figures)


def last(figures: list[float]) -> float:
    """Return the 99th percentile of sorted *figures*."""
    return figures[int(len(figures) * 0.99)]


main()
