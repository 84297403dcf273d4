"""Requests a second by eight clients: lists, one image shown, made and changed."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Iterator
from multiprocessing import get_context

from bench.client import Connection, Target
from bench.results import Row

CLIENTS = 8
WARM_SECONDS = 1  # of asking that are not counted: connections are new then, and nothing is planned
PATCH = "application/openstack-images-v2.1-json-patch"
FIGURES = {
    "list": ("list of 25", 4),
    "list 1000": ("list of 1,000", 8),
    "tag": ("list of 25 by tag", 4),
    "property": ("list of 25 by property", 4),
    "create": ("create", 3),
    "patch": ("patch", 4),
    "show": ("show", 1.3),
}
LISTS = {
    "list": "limit=25",
    "list 1000": "limit=1000",
    "tag": "limit=25&tag={tag}",
    "property": "limit=25&{key}={value}",
}


def against(peer: str) -> list[Row]:
    """Return the rows in which the ratio says how many times as many as *peer* we answer."""
    return [
        Row(title, figure, peer, unit="/s", least=least)
        for figure, (title, least) in FIGURES.items()
    ]


def measure_records(target: Target, seconds: float) -> Iterator[tuple[str, float]]:
    """Yield each figure with its requests a second."""
    words = sample(target)
    for figure in FIGURES:
        query = LISTS.get(figure, "").format(**words)
        yield figure, rate(target, figure, query, seconds)


def sample(target: Target) -> dict[str, str]:
    """Return a tag and a property that images of the first pages have."""
    with target.connect() as line:
        shown = json.loads(line.ask("GET", "/v2/images?sort_dir=asc&limit=200"))["images"]
    tagged = next(image for image in shown if image["tags"])
    key = next(key for key in ("os_distro", "os", "k", "p") if key in tagged)
    return {"tag": tagged["tags"][0], "key": key, "value": tagged[key]}


def rate(target: Target, figure: str, query: str, seconds: float) -> float:
    """Return how many requests a second the clients get answered together."""
    context = get_context("fork")
    barrier, counts = context.Barrier(CLIENTS), context.Queue()

    def client() -> None:
        image = target.create("bench")
        made = [image]
        numbers = itertools.count()
        asked_for(WARM_SECONDS, image, numbers, made)
        barrier.wait()
        counts.put(asked_for(seconds, image, numbers, made))
        for one in made:
            target.delete(one)

    def asked_for(
        time_at_most: float, image: str, numbers: Iterator[int], made: list[str]
    ) -> float:
        """Ask for so long; return how often a second."""
        start, done = time.perf_counter(), 0
        while time.perf_counter() - start < time_at_most:
            done += 1
            with target.connect() as line:  # Glance closes it after each answer
                made += _ask(line, figure, query=query, image=image, number=next(numbers))
        return done / (time.perf_counter() - start)

    clients = [context.Process(target=client) for _ in range(CLIENTS)]
    for process in clients:
        process.start()
    total = sum(counts.get() for _ in clients)
    for process in clients:
        process.join()
    return float(total)


def _ask(line: Connection, figure: str, *, query: str, image: str, number: int) -> list[str]:
    """Ask once; return the ids of images that were made."""
    if figure == "create":
        fields = {"name": f"made {number}", "disk_format": "raw", "container_format": "bare"}
        made = line.ask("POST", "/v2/images", json.dumps(fields).encode(), want={201})
        return [json.loads(made)["id"]]
    if query:
        line.ask("GET", f"/v2/images?{query}")
    elif figure == "show":
        line.ask("GET", f"/v2/images/{image}")
    else:
        change = [{"op": "replace", "path": "/name", "value": f"changed {number}"}]
        line.ask("PATCH", f"/v2/images/{image}", json.dumps(change).encode(), kind=PATCH)
    return []
