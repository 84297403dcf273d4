"""Too much, too deep, or no sense at all, in bodies and questions: refused within a second."""

from __future__ import annotations

import json
import time
import uuid
from dataclasses import replace

import pytest

from tests.faults.site import NEW_MEMBER, Site, noise, on_files
from tests.faults.test_fields import PATCH
from tests.faults.wire import LAST_CHUNK, Answer, chunk

QUICK = 5.0
"""Seconds, on a machine with much else to do."""
DEEP = b"[" * 100_000 + b"]" * 100_000
DEEP_OBJECT = b'{"k":' * 100_000 + b"1" + b"}" * 100_000
BODIES = {
    "5 MB": (413, json.dumps({"name": "x" * (5 << 20)}).encode()),
    "100,000 levels": (400, DEEP),
    "100,000 objects": (400, DEEP_OBJECT),
    "never closed": (400, b"[" * 500_000),
    "many keys": (413, json.dumps({f"k{number}": "" for number in range(50_000)}).encode()),
    "endless digits": (400, b'{"min_disk": ' + b"9" * 500_000 + b"}"),
    "endless exponent": (400, b'{"min_disk": 1e' + b"9" * 500_000 + b"}"),
    "infinite": (400, b'{"min_disk": Infinity}'),
    "overflowing": (400, b'{"k": 1e400}'),
    "no number": (400, b'{"min_disk": NaN}'),
    "key twice": (400, b'{"name": "a", "name": "b"}'),
    "byte order mark": (400, b'\xef\xbb\xbf{"name": "a"}'),
    "utf-16": (400, '{"name": "a"}'.encode("utf-16")),
    "no utf-8": (400, b'{"name": "\xff"}'),
    "nul": (400, b'{"name": "\\u0000"}'),
    "lone surrogate": (400, b'{"\\ud800": "x"}'),
    "array": (400, b"[]"),
    "text": (400, b'"x"'),
    "129 properties": (413, json.dumps({f"k{number}": "" for number in range(129)}).encode()),
    "129 tags": (413, json.dumps({"tags": [f"t{number}" for number in range(129)]}).encode()),
    "long value": (413, json.dumps({"k": "x" * 65_536}).encode()),
    "compressed": (400, b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03"),
}


def timed(site: Site, method: str, path: str, body: bytes = b"", **headers: object) -> Answer:
    """Send a request and fail if it takes long; a refusal says why."""
    begin = time.monotonic()
    answer = site.call(method, path, body, **headers)
    assert time.monotonic() - begin < QUICK
    assert answer.status < 400 or len(answer.body) > 20
    return answer


@on_files
@pytest.mark.parametrize(("status", "body"), BODIES.values(), ids=BODIES)
def test_body_is_refused_at_once(site: Site, status: int, body: bytes) -> None:
    assert timed(site, "POST", "/v2/images", body).status == status


@on_files
def test_body_of_unknown_length_is_refused_when_it_is_too_large(site: Site) -> None:
    with site.wire() as wire:
        wire.send(site.head("POST", "/v2/images", Transfer_Encoding="chunked"))
        wire.send(*[chunk(b" " * 100_000)] * 50, LAST_CHUNK)
        assert wire.ending() == 413


@on_files
@pytest.mark.parametrize("count", [1000, 10_000])
def test_patch_has_an_end(site: Site, count: int) -> None:
    image = site.create_image()
    before = site.image(image)
    patch = [{"op": "add", "path": f"/k{number}", "value": ""} for number in range(count)]

    answer = timed(
        site, "PATCH", f"/v2/images/{image}", json.dumps(patch).encode(), Content_Type=PATCH
    )

    assert answer.status == 413
    assert site.image(image) == before


READ = [
    *("Accept", "Accept-Language", "Accept-Encoding", "Authorization", "Cookie", "Range"),
    *("Content-Range", "Content-Type", "If-Modified-Since", "If-None-Match", "Referer", "Origin"),
    *("X-Openstack-Request-Id", "X-Image-Meta-Store", "X-Auth-Token", "Transfer-Encoding"),
]
WORST = ["a,", "a;q=1,", "*/*;", 'a="', '"', ";", "=", "0-1,", " ", "en-", "\\", "W/", "%", "\xff"]


@on_files
@pytest.mark.parametrize("name", READ)
def test_header_is_read_at_once(site: Site, name: str) -> None:
    for piece in WORST:
        header = {name.replace("-", "_"): "x" + piece * (8000 // len(piece))}
        for path in ("/", "/v2/images", "/accounts/login/"):
            begin = time.monotonic()
            assert site.call("GET", path, b"", **header).status < 500 or name == "Transfer-Encoding"
            assert time.monotonic() - begin < QUICK


@pytest.fixture(scope="module")
def elsewhere(site: Site) -> str:
    """Return an image of another project."""
    project, token = site.server.run(NEW_MEMBER.format(name="elsewhere")).split()
    return replace(site, project=project, token=token).create_image()


QUESTIONS = {
    "limit=-1": 400,
    f"limit={10**20}": 400,
    "limit=x": 400,
    "limit=1e3": 400,
    "limit=%D9%A5": 400,
    "sort=owner": 400,
    "sort=name:up": 400,
    "sort_key=1;DROP%20TABLE%20images_image": 400,
    "sort_dir=asc,(SELECT%201)": 400,
    "sort=" + "name," * 1000 + "name": 200,
    "marker=x": 400,
    "marker=" + "9" * 5000: 400,
    "status=in:%22": 400,
    "name=in:%22a": 400,
    "name=in:" + "a," * 3000: 400,
    "id=in:" + "a," * 10_000: 414,
    "&".join(["tag=a"] * 1000): 400,
    "&".join(["tag=a"] * 4000): 414,
    "&".join(f"k{number}=a" for number in range(500)): 400,
    "size_min=x": 400,
    "size=gt:" + "9" * 30: 400,
    "created_at=gt:" + "9" * 5000: 400,
    "name=%00": 400,
    "name=%ff": 400,
    "%00=a": 400,
    "name='%20OR%201=1--": 200,
    "x%27)%20OR%201=1--=a": 200,
}


@on_files
@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question[:40])
def test_question_is_answered_at_once(site: Site, question: str, elsewhere: str) -> None:
    answer = timed(site, "GET", f"/v2/images?{question}", Accept="application/json")

    assert answer.status == QUESTIONS[question]
    assert elsewhere.encode() not in answer.body


@on_files
def test_marker_of_another_project_is_as_unknown(site: Site, elsewhere: str) -> None:
    foreign = site.call("GET", f"/v2/images?marker={elsewhere}")
    unknown = site.call("GET", f"/v2/images?marker={uuid.uuid4()}")

    assert (foreign.status, foreign.body) == (400, unknown.body)


RANGES = {
    "bytes=0-0": (0, 1),
    "bytes=4194300-4194310": (4194300, 4194311),
    "bytes=-5": (-5, None),
    "bytes=5242870-": (5242870, None),
    f"bytes=0-{'9' * 19}": (0, None),
}


@pytest.mark.parametrize("asked", RANGES)
def test_range_is_exact(site: Site, asked: str) -> None:
    image, content = site.create_image(), noise(5 << 20)
    site.put(image, content)

    answer = site.call("GET", f"/v2/images/{image}/file", Range=asked)

    assert (answer.status, answer.body) == (206, content[slice(*RANGES[asked])])


@pytest.mark.parametrize(
    "asked",
    [
        *("bytes=5242880-", "bytes=5-4", "bytes=-0", "bytes=x", "bytes=", "lines=0-1"),
        *("bytes=0-1,3-4", "bytes=0-," * 500, f"bytes={'9' * 20}-", f"bytes=-{'9' * 20}"),
        *("bytes=\xb2-\xb3", "bytes=0-1;x", "bytes = 0-1", "bytes=+0-1", "bytes=0x0-1"),
    ],
)
@on_files
def test_range_that_is_none_is_refused(site: Site, asked: str) -> None:
    image = site.create_image()
    site.put(image, noise(5 << 20))

    answer = timed(site, "GET", f"/v2/images/{image}/file", Range=asked)

    assert answer.status in {400, 416}
