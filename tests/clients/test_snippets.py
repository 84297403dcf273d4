"""What pages show to be pasted elsewhere, run as it is shown; Terraform and Packer are not here."""

from __future__ import annotations

import re
import shutil
from html import unescape
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, build_opener

import pytest

from tests import leaks
from tests.clients.clouds import one_store
from tests.clients.people import CLOUD, PASSWORD, Environment, Person

pytestmark = one_store

SNIPPET = re.compile(r'<div class="snippet">.*?<span>(.*?)</span>.*?<pre>(.*?)</pre>', re.DOTALL)
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')
RESUMED = "Download with curl, and go on after a break"


class Reader:
    """A person at the pages."""

    def __init__(self, person: Person) -> None:
        self.url, self._jar = person.url, CookieJar()
        self._browser: OpenerDirector = build_opener(HTTPCookieProcessor(self._jar))
        self._browser.addheaders = [("Accept", "text/html"), ("Accept-Language", "en")]
        self.post("/accounts/login/", username=person.name, password=PASSWORD)

    def read(self, path: str) -> str:
        """Return the page at *path*."""
        with self._browser.open(self.url + path, timeout=60) as page:
            return str(page.read().decode())

    def post(self, path: str, **fields: str) -> str:
        """Send the form of the page at *path*, and return what comes."""
        [token, *_] = TOKEN.findall(self.read(path))
        sent = urlencode({"csrfmiddlewaretoken": token, **fields}).encode()
        with self._browser.open(self.url + path, sent, timeout=60) as page:
            return str(page.read().decode())


def snippets_in(page: str) -> dict[str, str]:
    """Return what *page* shows to be copied, by its titles."""
    return {unescape(title): unescape(text).strip() for title, text in SNIPPET.findall(page)}


@pytest.fixture(scope="module")
def reader(alice: Person) -> Reader:
    """Alice at the pages."""
    return Reader(alice)


@pytest.fixture(scope="module")
def use(reader: Reader, first: dict[str, Any]) -> dict[str, str]:
    """What the image's page shows."""
    return snippets_in(reader.read(f"/images/{first['id']}/use"))


@pytest.fixture(scope="module")
def with_token(alice: Person) -> Environment:
    """Alice's environment with a token for those who know no clouds.yaml."""
    issued = alice.openstack("token", "issue", "-f", "value", "-c", "id")
    return {**CLOUD, "TOKEN": issued.out.strip()}


def run(person: Person, script: str, environment: Environment = CLOUD) -> None:
    """Paste *script* into a shell."""
    person.run("sh", "-c", f"set -e\n{script}", environment=environment).succeeded()


def test_every_snippet_is_tried_here(use: dict[str, str], reader: Reader) -> None:
    assert [*use, *snippets_in(reader.read("/images/new?way=command"))] == [
        "Download with the command line",
        RESUMED,
        "Check what came",
        "Download with Python",
        "Share with a project, which then accepts",
        "Accept, as that project",
        "Find the newest of this name with Terraform",
        "Build upon it with Packer",
        "Upload with the command line",
        "Upload with Python",
        "Upload in pieces, and go on after a break",
    ]


def test_an_image_is_downloaded_in_three_ways_and_checked(
    use: dict[str, str], alice: Person, with_token: Environment, qcow2: Path
) -> None:
    file = alice.home / "first.qcow2"
    curl = f"{use[RESUMED]}\n{use['Check what came']}"

    run(alice, use["Download with the command line"])
    by_command = file.read_bytes()
    file.write_bytes(by_command[: 1 << 20])
    run(alice, curl, with_token)
    by_curl = file.read_bytes()
    alice.run("python", "-c", use["Download with Python"]).succeeded()

    assert by_command == by_curl == file.read_bytes() == qcow2.read_bytes()


def test_an_image_is_shared_and_accepted(use: dict[str, str], alice: Person, bob: Person) -> None:
    run(alice, use["Share with a project, which then accepts"].replace("PROJECT", "blue"))
    run(bob, use["Accept, as that project"])

    listed = bob.openstack("image", "list", "--shared", "-f", "value", "-c", "Name").out.split()
    alice.openstack("image", "remove", "project", "first", "blue")
    assert "first" in listed


@pytest.mark.parametrize(
    "title",
    [
        "Upload with the command line",
        "Upload with Python",
        "Upload in pieces, and go on after a break",
    ],
)
def test_a_disk_is_uploaded(
    reader: Reader, alice: Person, with_token: Environment, qcow2: Path, title: str
) -> None:
    shutil.copy(qcow2, alice.home / "disk.qcow2")
    name = title.replace(" ", "-")
    text = snippets_in(reader.read("/images/new?way=command"))[title].replace("NAME", name)
    words = ["python", "-c", text] if text.startswith("import") else ["sh", "-c", text]

    alice.run(*words, environment=with_token).succeeded()

    shown = alice.openstack("image", "show", name, "-f", "json").json
    assert (shown["status"], shown["size"]) == ("active", qcow2.stat().st_size)


def test_a_link_is_followed_and_checked(
    reader: Reader, first: dict[str, Any], alice: Person, qcow2: Path
) -> None:
    made = snippets_in(reader.post(f"/images/{first['id']}/links", note="a supplier", days="7"))
    [address] = [text for text in made.values() if text.startswith("http")]
    leaks.learn(address.rpartition("/")[2])
    shown = snippets_in(reader.read(address.removeprefix(reader.url)))
    (alice.home / "first.qcow2").unlink(missing_ok=True)

    run(alice, f"{shown[RESUMED]}\n{shown['Check what came']}")

    assert (alice.home / "first.qcow2").read_bytes() == qcow2.read_bytes()
