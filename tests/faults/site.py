"""A server under test with one project on it, and a witness of what is true behind its back."""

from __future__ import annotations

import hashlib
import json
import random
import sqlite3
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import psycopg
import pytest

from tests import leaks
from tests.faults.wire import Answer, Wire, chunk, head
from tests.live import ROOT, Server, serve

MIB = 1 << 20
HEARTBEAT = 3
"""Seconds without a sign of life after which an upload is dead, on these servers."""
SILENCE = 3
"""Seconds that these servers wait for a client's next byte."""
T = TypeVar("T")

on_files = pytest.mark.parametrize("site", ["file"], indirect=True, scope="session")
"""For what ends before any store matters."""
on_rbd = pytest.mark.parametrize(
    "site", [pytest.param("rbd", marks=pytest.mark.ceph)], indirect=True, scope="session"
)

NEW_MEMBER = """
from images.actors import with_implied
from portal.identity import people, tokens
from portal.identity.actors import OPERATOR
project = people.create_project({name!r}, actor=OPERATOR)
user = people.create_user({name!r}, actor=OPERATOR)
people.give_role(user, project=project, role="member", actor=OPERATOR)
proof = tokens.Proof(user, ("password",))
print(project.pk, tokens.issue_token(proof, scope=tokens.Scope(project))[0])
"""


@dataclass(frozen=True, slots=True)
class Site:
    """One running server; *store* is its default store, *token* a member's of *project*."""

    server: Server
    store: str
    project: str
    token: str

    @property
    def address(self) -> tuple[str, int]:
        """Where it listens."""
        parts = urlsplit(self.server.url)
        return str(parts.hostname), int(parts.port or 0)

    def wire(self) -> Wire:
        """Return a new connection."""
        return Wire(self.address)

    def head(self, method: str, path: str, **headers: object) -> bytes:
        """Return a head with a token; *headers* are written with _ for -."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        host = {"Host": "{}:{}".format(*self.address), "X-Auth-Token": self.token}
        return head(method, path, host | named)

    def call(self, method: str, path: str, body: bytes = b"", **headers: object) -> Answer:
        """Send one whole request on a connection of its own and return the answer."""
        length = {"Content_Length": len(body)} if body else {}
        with self.wire() as wire:
            wire.send(self.head(method, path, **(length | headers)), body)
            return wire.answer()

    def create_image(self, disk_format: str = "raw", **fields: object) -> str:
        """Make a queued image and return its id."""
        body = {"disk_format": disk_format, "container_format": "bare", **fields}
        answer = self.call("POST", "/v2/images", json.dumps(body).encode())
        assert answer.status == 201, answer
        return str(json.loads(answer.body)["id"])

    def image(self, image: str) -> dict[str, Any]:
        """Return the image as the API shows it."""
        answer = self.call("GET", f"/v2/images/{image}")
        assert answer.status == 200, answer
        return dict(json.loads(answer.body))

    def put_head(self, image: str, **headers: object) -> bytes:
        """Return the head of an upload; without a length it is chunked."""
        if not {"Content_Length", "Transfer_Encoding"} & headers.keys():
            headers["Transfer_Encoding"] = "chunked"
        path = f"/v2/images/{image}/file"
        return self.head("PUT", path, Content_Type="application/octet-stream", **headers)

    def put(self, image: str, content: bytes, **headers: object) -> Answer:
        """Upload *content* with its length."""
        given = {"Content_Type": "application/octet-stream", **headers}
        length = {} if content else {"Content_Length": 0}
        return self.call("PUT", f"/v2/images/{image}/file", content, **(given | length))

    @contextmanager
    def uploading(self, image: str, sent: bytes, framing: str = "length") -> Iterator[Wire]:
        """Be in the middle of an upload: *sent* is in, more is promised, the store has a block."""
        with self.wire() as wire:
            if framing == "length":
                wire.send(self.put_head(image, Content_Length=2 * len(sent)), sent)
            else:
                wire.send(self.put_head(image), chunk(sent))
            eventually(lambda: self.keys(image))
            yield wire

    # --- Behind the server's back -------------------------------------------------------------

    def keys(self, image: str) -> list[str]:
        """Return the names in every store that belong to *image*, hidden ones and trash too."""
        names = [path.name for path in (self.server.var / "images").iterdir()]
        if "VITRINE_CEPH_POOL" in self.server.environment:
            names += self._rbd("ls") + self._rbd("trash", "ls", "--all")
        return [name for name in names if image in name]

    def _rbd(self, *arguments: str) -> list[str]:
        known = self.server.environment
        access = ["-c", known["VITRINE_CEPH_CONF"], "--id", known["VITRINE_CEPH_USER"]]
        command = ["rbd", *access, *arguments, known["VITRINE_CEPH_POOL"]]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
        return done.stdout.splitlines()

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Ask the server's database itself, past all of our code."""
        url = self.server.environment.get("VITRINE_DATABASE_URL")
        if url:
            with psycopg.connect(url) as database:
                return database.execute(query.replace("?", "%s").encode(), values).fetchall()
        with closing(sqlite3.connect(self.server.var / "vitrine.sqlite3", timeout=20)) as file:
            return file.execute(query, values).fetchall()

    def locations(self, image: str) -> list[str]:
        """Return the states of the image's locations."""
        query = "SELECT status FROM images_location WHERE image_id = ?"
        return [status for (status,) in self.rows(query, uuid.UUID(image).hex)]

    def events(self, image: str) -> list[str]:
        """Return what happened to the image, in order."""
        query = "SELECT kind FROM images_event WHERE image_id = ? ORDER BY id"
        return [kind for (kind,) in self.rows(query, uuid.UUID(image).hex)]

    def usage(self) -> tuple[int, int]:
        """Return the bytes that the project uses and those that it has reserved."""
        query = "SELECT used, reserved FROM quotas_usage WHERE project = ?"
        found = self.rows(query, self.project)
        return found[0] if found else (0, 0)

    def active_bytes(self) -> int:
        """Return the bytes of the project's active images, row by row."""
        query = """SELECT COALESCE(SUM(l.size), 0) FROM images_location l
            JOIN images_image i ON i.id = l.image_id WHERE i.owner = ? AND l.status = 'active'"""
        return int(self.rows(query, self.project)[0][0])

    # --- What the scorecard's words mean --------------------------------------------------------

    def is_undone(self, image: str) -> bool:
        """Is the image queued again, and no byte, row or reservation of an attempt left?"""
        shown = self.image(image)
        empty = [shown[name] for name in ("size", "checksum", "os_hash_value", "virtual_size")]
        return (
            shown["status"] == "queued"
            and empty == [None] * 4
            and not self.locations(image)
            and not self.keys(image)
            and self.usage()[1] == 0
        )

    def assert_undone(
        self, image: str, *, within: float = 5, times: int = 1, content: bytes = b""
    ) -> None:
        """Assert that the upload is undone: nothing is left and a new one works at once.

        *times* is how many attempts had begun; the new upload sends *content*, or noise.
        """
        eventually(lambda: self.is_undone(image), within=within)
        assert self.events(image).count("image.upload_abandoned") == times
        assert self.events(image).count("image.upload") == 0
        assert self.call("GET", f"/v2/images/{image}/file").status == 204
        content = content or noise(100_000)
        answer = self.put(image, content)
        assert answer.status == 204, answer
        self.assert_whole(image, content)

    def assert_whole(self, image: str, content: bytes) -> None:
        """Assert that the image is active and of exactly *content*, and the books say so."""
        shown = self.image(image)
        assert shown["status"] == "active"
        assert shown["size"] == len(content)
        assert shown["checksum"] == hashlib.md5(content).hexdigest()
        assert shown["os_hash_value"] == hashlib.sha512(content).hexdigest()
        assert self.call("GET", f"/v2/images/{image}/file").body == content
        assert self.keys(image) == [image]
        assert self.locations(image) == ["active"]
        assert self.events(image).count("image.upload") == 1
        assert self.usage() == (self.active_bytes(), 0)

    def status(self, image: str) -> str:
        """Return the image's status when nobody answers for it."""
        query = "SELECT status FROM images_image WHERE id = ?"
        return str(self.rows(query, uuid.UUID(image).hex)[0][0])

    # --- Pauses ---------------------------------------------------------------------------------

    def arm(self, point: str, image: str) -> Path:
        """Stop the next upload of *image* at *point*; return the file that appears then."""
        folder = self.server.var / "pauses"
        folder.mkdir(exist_ok=True)
        armed = folder / f"{image}.{point}"
        armed.touch()
        return armed.with_suffix(f".{point}.reached")

    @contextmanager
    def reaping(self, every: int = 1) -> Iterator[None]:
        """Run the reaper, a process of its own, *every* so many seconds."""
        command = [sys.executable, "manage.py", "reap", "--every", str(every)]
        path = self.server.var / "reaper.log"
        with path.open("ab") as log:
            environment = self.server.environment
            reaper = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=log)
            try:
                yield
            finally:
                reaper.terminate()
                reaper.wait(60)
        leaks.assert_no_secret(path.read_text(), where="the reaper")

    def is_settled(self, *images: str) -> bool:
        """Tell whether none of *images* has a location but active ones."""
        return not [image for image in images if set(self.locations(image)) - {"active"}]


SHORT_BOUNDS = {
    "VITRINE_HEARTBEAT_SECONDS": str(HEARTBEAT),
    "VITRINE_CLIENT_SILENCE_SECONDS": str(SILENCE),
    "VITRINE_QUOTA_OVERDRAFT": str(MIB),
}


@contextmanager
def open_site(var: Path, *, store: str = "file", **variables: str) -> Iterator[Site]:
    """Serve with *variables* and, if they do not say, two workers; make a project with a member."""
    chosen = {"VITRINE_DEFAULT_STORE": store, "DJANGO_SETTINGS_MODULE": "tests.faults.settings"}
    chosen["VITRINE_WORKERS"] = "2"
    with serve(var, **(chosen | variables)) as server:
        project, token = server.run(NEW_MEMBER.format(name="lab")).split()
        yield Site(server, store, project, token)


def eventually(found: Callable[[], T], *, within: float = 60) -> T:
    """Return what *found* returns once it is true; fail when it is not in time."""
    deadline = time.monotonic() + within
    while True:
        value = found()
        if value or time.monotonic() > deadline:
            assert value, f"not within {within} seconds"
            return value
        time.sleep(0.05)


def noise(size: int) -> bytes:
    """Return *size* bytes that no format claims and no other call returned."""
    return random.randbytes(size)
