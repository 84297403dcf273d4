"""The rows of the table: what is compared with whom, what is aimed at, and what sets the limit."""

from __future__ import annotations

from functools import partial

from bench.contestants import BARE, NGINX
from bench.results import OURS, Row

CLUSTER = "the cluster's processor time beside the hashes'"
HASHES = "sha512, one core"
COPIES = "the kernel's copies to the client"
MONITOR = "the monitor, which numbers snapshots once a second"
DATABASE = "Python and the database, per request"


def rows(peers: list[str]) -> list[Row]:
    """Return every row, those against each of *peers* too."""
    found = [*LARGE, *SMALL, *_at_once("rbd", "RBD"), *_at_once("file", "files"), *SLOW, *MEMORY]
    for peer in peers:
        found += _against(peer)
    return found


LARGE = [
    Row("PUT to RBD", "PUT rbd", BARE, CLUSTER, most=1.35),
    Row("PUT to RBD, chunked", "PUT rbd chunked", OURS, CLUSTER, other="PUT rbd", most=1.1),
    Row("PUT to files", "PUT file", BARE, HASHES, most=1.35),
    Row("PUT to files, chunked", "PUT file chunked", OURS, HASHES, other="PUT file", most=1.1),
    Row("GET from RBD", "GET rbd", BARE, CLUSTER, most=1.35),
    Row("GET of a file", "GET file", NGINX, COPIES, most=1.3),
    Row("PUT of 4 × the size, 95 % zeros, to RBD", "sparse", BARE, HASHES),
]
SMALL = [
    Row("64 KiB by 8 clients into RBD", "small rbd", BARE, MONITOR, "/s"),
    Row("64 KiB by 8 clients into files", "small file", BARE, DATABASE, "/s"),
]
SLOW = [
    Row(
        "a list while 64 clients send 10 kB/s each, p99",
        "slow: p99",
        OURS,
        DATABASE,
        "ms",
        "idle: p99",
        most=5,
    ),
]
MEMORY = [
    Row(f"memory growth, {title}", f"{figure}: MiB", unit="MiB", most=100)
    for title, figure in {
        "PUT to RBD": "PUT rbd",
        "PUT to RBD, chunked": "PUT rbd chunked",
        "PUT to files": "PUT file",
        "GET from RBD": "GET rbd",
        "GET of a file": "GET file",
        "PUT of zeros": "sparse",
        "small images into RBD": "small rbd",
        "small images into files": "small file",
        "64 slow clients": "slow",
    }.items()
]


def _at_once(kind: str, name: str) -> list[Row]:
    figure, alone = f"at once {kind}", f"PUT {kind}: rate"
    return [
        Row(f"8 PUTs to {name} at once", figure, OURS, CLUSTER, "MiB/s", alone, least=0.8),
        Row("a list meanwhile, p99", f"{figure}: p99", BARE, DATABASE, "ms", most=3),
        Row("memory growth, each", f"{figure}: MiB each", unit="MiB", most=40),
    ]


def _against(peer: str) -> list[Row]:
    """Return the rows in which the ratio says how many times as fast as *peer* we are."""
    faster = partial(Row, than=peer, is_speed=True)
    more = partial(Row, than=peer, unit="/s")
    return [
        faster("PUT to RBD", "PUT rbd", least=1.3),
        faster("PUT to RBD, chunked", "PUT rbd chunked", least=2),
        faster("PUT to files", "PUT file", least=2.3),
        faster("PUT to files, chunked", "PUT file chunked"),
        faster("GET from RBD", "GET rbd", least=1.6),
        faster("GET of a file", "GET file", least=1.1),
        faster("PUT of 4 × the size, 95 % zeros, to RBD", "sparse", least=2.5),
        more("64 KiB by 8 clients into files", "small file", least=4),
        more("64 KiB by 8 clients into RBD", "small rbd"),
        more("8 PUTs to RBD at once", "at once rbd", unit="MiB/s"),
        faster("a list meanwhile, p99", "at once rbd: p99", unit="ms"),
        faster("a list while 64 clients send 10 kB/s each, p99", "slow: p99", unit="ms"),
    ]
