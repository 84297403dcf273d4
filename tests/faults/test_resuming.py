"""Resumable uploads and what may happen to them, on a real server: tus by hand and by tuspy."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Any

import psutil
import pytest
from tusclient.client import TusClient

from tests.faults.site import (
    HEARTBEAT,
    MIB,
    Site,
    eventually,
    noise,
    on_files,
    on_rbd,
    open_site,
)
from tests.faults.wire import Answer
from tests.live import serve

PIECE = "application/offset+octet-stream"
SHUT_OUT_SECONDS = 90
"""RBD shuts a client that died out after 30 s, and its successor writes no byte before that."""


def metadata(**told: object) -> str:
    return ",".join(
        f"{key} {base64.b64encode(str(value).encode()).decode()}" for key, value in told.items()
    )


def ask(site: Site, method: str, path: str, body: bytes = b"", **headers: object) -> Answer:
    given = {"Tus_Resumable": "1.0.0", "Content_Type": PIECE, "Content_Length": len(body)}
    return site.call(method, path, body, **(given | headers))


def begin(site: Site, image: str, size: int, **headers: object) -> str:
    told: dict[str, Any] = {"Upload_Length": size, "Upload_Metadata": metadata(image=image)}
    answer = ask(site, "POST", "/uploads", **(told | headers))
    assert answer.status == 201, answer
    return str(answer.headers["location"])


def patch(site: Site, path: str, offset: int, body: bytes) -> Answer:
    return ask(site, "PATCH", path, body, Upload_Offset=offset)


def offset_of(site: Site, path: str) -> int:
    answer = ask(site, "HEAD", path)
    assert answer.status == 200, answer
    return int(answer.headers["upload-offset"])


def try_on(site: Site, path: str, content: bytes) -> int | None:
    """Send the rest, as far as the server says that it is one; None if it takes too long."""
    at = offset_of(site, path)
    try:
        return 204 if at == len(content) else patch(site, path, at, content[at:]).status
    except (TimeoutError, ConnectionError):
        return None


def go_on(site: Site, path: str, content: bytes) -> None:
    """Send the rest as a client does that tries again until it is taken."""

    def is_taken() -> bool:
        status = try_on(site, path, content)
        if status != 204:
            time.sleep(0.5)  # a client's own pause
        return status == 204

    eventually(is_taken, within=SHUT_OUT_SECONDS)


def test_tuspy_uploads(site: Site) -> None:
    content = noise(3 * MIB + 77)
    client = TusClient(f"{site.server.url}/uploads", headers={"X-Auth-Token": site.token})
    image, checksum = site.create_image(), hashlib.sha256(content).hexdigest()
    told = {"image": image, "checksum": checksum}

    uploader = client.uploader(
        file_stream=BytesIO(content), chunk_size=MIB, metadata=told, upload_checksum=True
    )
    uploader.upload()

    site.assert_whole(image, content)


def test_tuspy_needs_no_image(site: Site) -> None:
    content = noise(MIB)
    client = TusClient(f"{site.server.url}/uploads", headers={"X-Auth-Token": site.token})
    told = {"name": "by tuspy", "disk_format": "raw"}

    client.uploader(file_stream=BytesIO(content), metadata=told).upload()

    listed = json.loads(site.call("GET", "/v2/images?name=by%20tuspy").body)["images"]
    site.assert_whole(listed[0]["id"], content)


def piece_head(site: Site, path: str, offset: int, size: int) -> bytes:
    said = {"Tus_Resumable": "1.0.0", "Content_Type": PIECE, "Upload_Offset": offset}
    return site.head("PATCH", path, Content_Length=size, **said)


def test_broken_line_costs_nothing(site: Site) -> None:
    image, content, came = site.create_image(), noise(9 * MIB), 5 * MIB + 1
    path = begin(site, image, len(content))
    with site.wire() as wire:
        wire.send(piece_head(site, path, 0, len(content)), content[:came])

    eventually(lambda: offset_of(site, path) == came)
    assert patch(site, path, came, content[came:]).status == 204

    site.assert_whole(image, content)


@dataclass(frozen=True, slots=True)
class Stopped:
    """An upload, a worker that stands in the middle of a piece, and what shall be in the end."""

    image: str
    path: str
    content: bytes
    worker: int
    reached: Path


@pytest.fixture
def stopped(site: Site) -> Iterator[Stopped]:
    """Confirm a mebibyte; then let other bytes come, of which the store has a block."""
    image, content = site.create_image(), noise(6 * MIB) + bytes(3 * MIB)
    path = begin(site, image, len(content))
    assert patch(site, path, 0, content[:MIB]).status == 204
    reached, other = site.arm("write", image), b"\xff" * (len(content) - MIB)
    with site.wire() as wire:
        wire.send_aside(piece_head(site, path, MIB, len(other)), other)
        eventually(reached.exists)
        yield Stopped(image, path, content, int(reached.read_text()), reached)


def test_killed_worker_is_succeeded(site: Site, stopped: Stopped) -> None:
    os.kill(stopped.worker, signal.SIGKILL)
    stopped.reached.unlink()

    assert eventually(lambda: offset_of(site, stopped.path)) == MIB
    assert try_on(site, stopped.path, stopped.content) in {204, 423}
    go_on(site, stopped.path, stopped.content)

    site.assert_whole(stopped.image, stopped.content)


@on_files
@pytest.mark.parametrize("point", ["sealed", "renamed"])
def test_worker_killed_at_the_end_is_succeeded(site: Site, point: str) -> None:
    image, content = site.create_image(), noise(3 * MIB)
    path, reached = begin(site, image, len(content)), site.arm(point, image)
    with site.wire() as wire:
        wire.send_aside(piece_head(site, path, 0, len(content)), content)
        eventually(reached.exists)
        os.kill(int(reached.read_text()), signal.SIGKILL)
        reached.unlink()

        go_on(site, path, content)

    site.assert_whole(image, content)


def freeze_and_succeed(site: Site, stopped: Stopped) -> None:
    """Let another worker go on while the first sleeps, and wake that in the middle of it."""
    os.kill(stopped.worker, signal.SIGSTOP)
    stopped.reached.unlink()
    time.sleep(HEARTBEAT)  # then another may take over
    status = try_on(site, stopped.path, stopped.content)
    os.kill(stopped.worker, signal.SIGCONT)

    assert status in {204, 423, 503, None}
    go_on(site, stopped.path, stopped.content)
    site.assert_whole(stopped.image, stopped.content)


@on_files
def test_frozen_worker_writes_over_nothing(site: Site, stopped: Stopped) -> None:
    freeze_and_succeed(site, stopped)


@on_rbd
@pytest.mark.soak
def test_frozen_worker_is_shut_out_by_the_cluster(site: Site, stopped: Stopped) -> None:
    freeze_and_succeed(site, stopped)


@on_files
def test_two_that_resume_one_upload_do_not_mix(site: Site) -> None:
    image, content = site.create_image(), noise(6 * MIB)
    path = begin(site, image, len(content))
    with site.wire() as first:
        first.send(piece_head(site, path, 0, len(content)), content[:MIB])
        eventually(lambda: site.rows("SELECT id FROM images_upload WHERE holder IS NOT NULL"))

        assert patch(site, path, 0, b"!" * len(content)).status == 423

        first.send(content[MIB:])
        assert first.answer().status == 204

    site.assert_whole(image, content)


def expire(image: str) -> str:
    """Return code that lets two days pass for the upload of *image*, as the database sees it."""
    return (
        "from datetime import timedelta; from django.db.models import F\n"
        "from images.models import Location, Upload\n"
        f"rows = Upload.objects.filter(image={image!r})\n"
        "rows.update(expires_at=F('expires_at') - timedelta(days=2))\n"
        "Location.objects.filter(pk=rows.get().attempt).update("
        "heartbeat_at=F('heartbeat_at') - timedelta(days=2))\n"
    )


@on_files
def test_expired_upload_is_reaped(site: Site) -> None:
    image = site.create_image()
    path = begin(site, image, 2 * MIB)
    patch(site, path, 0, bytes(MIB))
    site.server.run(expire(image))

    assert patch(site, path, MIB, bytes(MIB)).status == 410
    site.server.manage("reap")

    site.assert_undone(image)


def test_stopped_server_keeps_what_came(tmp_path: Path) -> None:
    content, came = noise(5 * MIB), 3 * MIB + 5
    one = {"VITRINE_WORKERS": "1", "VITRINE_GRACE_SECONDS": "1"}
    with ExitStack() as line, open_site(tmp_path, **one) as site:
        image = site.create_image()
        path = begin(site, image, len(content))
        assert patch(site, path, 0, content[:MIB]).status == 204
        assert site.server.manage("reconcile") == "equal\n"
        wire = line.enter_context(site.wire())
        wire.send(piece_head(site, path, MIB, 4 * MIB), content[MIB:came])
        eventually(lambda: site.rows("SELECT id FROM images_upload WHERE holder IS NOT NULL"))
    with serve(tmp_path, VITRINE_DEFAULT_STORE="file", **one) as server:
        again = replace(site, server=server)

        assert offset_of(again, path) == came
        assert patch(again, path, came, content[came:]).status == 204

        again.assert_whole(image, content)


@on_files
def test_memory_stays_flat(site: Site) -> None:
    content, pieces = noise(16 * MIB), 12
    path = begin(site, site.create_image(), len(content) * pieces)
    patch(site, path, 0, content)
    before = memory_of(site)

    for number in range(1, pieces):
        assert patch(site, path, number * len(content), content).status == 204

    assert memory_of(site) - before < 48 * MIB


def memory_of(site: Site) -> int:
    """Return the bytes that the workers hold."""
    return sum(psutil.Process(worker).memory_info().rss for worker in site.server.workers)
