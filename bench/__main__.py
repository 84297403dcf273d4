"""`bench/upload`: how fast bytes come in and go out, against what this machine can do at best.

Each run measures everything once with everybody, one after another; the table shows medians, and
ratios of them. TARGET is a service to compare with, `LABEL=URL,AUTH[,KIND=STORE...]`: AUTH is
`token:SECRET`, `basic:USER:PASSWORD` or `none`, KIND is `rbd`, `file` or `thin` (the store for
sparse images). VITRINE_CEPH_POOL, VITRINE_CEPH_CONF and VITRINE_CEPH_USER name the cluster.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from bench import contestants
from bench.client import Target
from bench.measures import MEASURES, MIB, Bench
from bench.results import Row, table
from bench.rows import rows


def main() -> None:
    """Measure, and print the table."""
    asked = parse()
    with ExitStack() as opened:
        bench = begin(asked, opened)
        for run in range(asked.runs):
            for name in asked.only:
                print(f"run {run + 1}: {name}", file=sys.stderr, flush=True)
                MEASURES[name](bench)
    found: list[Row] = rows([peer.label for peer in asked.peer])
    print(table(found, bench.results))


def parse() -> argparse.Namespace:
    """Read the command line."""
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser("bench/upload", description=__doc__, formatter_class=raw)
    parser.add_argument("--size", type=int, default=1024, help="MiB of the large image (1024)")
    parser.add_argument("--runs", type=int, default=5, help="how often all is measured (5)")
    parser.add_argument("--small", type=int, default=200, help="how many small images (200)")
    parser.add_argument("--only", nargs="+", choices=MEASURES, default=list(MEASURES))
    parser.add_argument("--peer", metavar="TARGET", type=Target.parse, action="append", default=[])
    parser.add_argument("--database", metavar="URL", help="instead of SQLite")
    parser.add_argument("--folder", type=Path, help="where files go (a temporary folder)")
    return parser.parse_args()


def begin(asked: argparse.Namespace, opened: ExitStack) -> Bench:
    """Start everybody."""
    temporary = tempfile.TemporaryDirectory(prefix="vitrine-bench-", dir=asked.folder)
    folder = Path(opened.enter_context(temporary))
    folder.chmod(0o755)
    ours, process = opened.enter_context(contestants.vitrine(folder / "var", asked.database))
    bench = Bench(
        ours,
        process,
        opened.enter_context(contestants.bare(folder / "bare")),
        opened.enter_context(contestants.nginx(folder)),
        asked.peer,
        folder,
        asked.size * MIB,
        ["rbd", "file"] if "VITRINE_CEPH_POOL" in os.environ else ["file"],
        small_images=8,
    )
    warm_up(bench)
    bench.small_images = asked.small
    return bench


def warm_up(bench: Bench) -> None:
    """Fill the list that is asked for, and let every process do everything once."""
    for target in [bench.ours, *bench.peers]:
        for number in range(25):
            target.create(f"listed {number}")
    MEASURES["small"](bench)
    bench.results.clear()


main()
