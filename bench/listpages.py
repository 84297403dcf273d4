"""`bench/pages`: how long the pages of the list take, at a hundred thousand images.

A database `vitrine_bench_N` is made and filled beside the one of --database, or taken as it is, as
by bench/metadata. One member and one administrator, each with a session, ask for each list in
turn, one request after another; a page shows 50 images. Milliseconds that the client waits: median
and 95th percentile; at most 100 of them are aimed at. Then what the service's processes take of the
processor for one of them, which other work on the machine changes less.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from bench.client import Target
from bench.lists import PROJECT, begin
from bench.meter import Meter

if TYPE_CHECKING:
    from tests.live import Server

MOST = 100  # milliseconds
COUNT = 100_000
LISTS = {
    "all": "",
    "sorted by name": "sort=name:asc",
    "sorted by size": "sort=size:desc",
    "active ones": "status=active",
    "one format": "disk_format=vmdk",
    "by a tag of most": "tag=linux",
    "by a rare tag": "tag=rare",
    "of one store": "store=file",
    "of a store without any": "store=none",
    "of one owner": f"owner={PROJECT}",
    "by a word in many names": "q=ubuntu",
    "by a word in few names": "q=rare-7",
    "by a word in none": "q=nothing-like-it",
}
SIGN_IN = """
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from portal.identity.models import Project, User
from portal.identity.session_store import SessionStore
user = User.objects.get(username={name!r})
User.objects.filter(pk=user.pk).update(default_project=Project.objects.get(name={project!r}))
session = SessionStore()
session[SESSION_KEY] = str(user.pk)
session[BACKEND_SESSION_KEY] = "portal.identity.backends.PeopleBackend"
session[HASH_SESSION_KEY] = user.get_session_auth_hash()
session.save()
print(session.session_key)
"""


def main() -> None:
    """Measure, and print the table."""
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser("bench/pages", description=__doc__, formatter_class=raw)
    parser.add_argument("--database", metavar="URL", required=True, help="PostgreSQL, superuser")
    parser.add_argument("--count", type=int, default=COUNT, help=f"number of images ({COUNT})")
    parser.add_argument("--rounds", type=int, default=20, help="how often each is asked (20)")
    asked = parser.parse_args()
    with ExitStack() as opened:
        folder = Path(opened.enter_context(tempfile.TemporaryDirectory(prefix="vitrine-bench-")))
        cloud = begin(asked.database, asked.count, folder, opened)
        actors = {"member": PROJECT, "administrator": f"{PROJECT}-admin"}
        people = {actor: sign_in(cloud.server, name) for actor, name in actors.items()}
        print("| list | as | ms | p95 | processor | target | |")
        print("|---|---|--:|--:|--:|---|---|")
        for title, query in LISTS.items():
            for actor, target in people.items():
                print(f"{actor}: {title}", file=sys.stderr, flush=True)
                with Meter(cloud.server.process.pid) as meter:
                    found = waits(target, f"/?{query}", asked.rounds)
                spent = 1000 * meter.processor / (asked.rounds + 1)
                print(row(title, actor, found, spent))


def sign_in(server: Server, name: str) -> Target:
    """Return the service as the browser of *name* asks it."""
    key = server.run(SIGN_IN.format(name=name, project=PROJECT)).strip()
    plain = Target.parse(f"{name}={server.url},none")
    headers = {"Cookie": f"session={key}", "Accept": "text/html"}
    return Target(name, plain.host, plain.port, headers)


def waits(target: Target, address: str, rounds: int) -> list[float]:
    """Return the milliseconds of each request but the first, which warms everything up."""
    found = []
    with target.connect() as line:
        for _ in range(rounds + 1):
            start = time.perf_counter()
            line.ask("GET", address)
            found.append(1000 * (time.perf_counter() - start))
    return found[1:]


def row(title: str, actor: str, found: list[float], spent: float) -> str:
    """Return one line."""
    middle, late = statistics.median(found), statistics.quantiles(found, n=20)[-1]
    verdict = "pass" if middle <= MOST else "**not yet**"
    return f"| {title} | {actor} | {middle:.0f} | {late:.0f} | {spent:.0f} | ≤ {MOST} | {verdict} |"


if __name__ == "__main__":
    main()
