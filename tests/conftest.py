"""Actors and images that every test may ask for, named for what they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.signals import request_started

from images.actors import Actor, with_implied
from images.lifecycle.data import receiving
from images.lifecycle.images import create_image
from images.models import Image
from stores.registry import get_store
from tests import leaks
from tests.live import shared_folder
from tests.routes import Route, route_of
from tests.scheduling import CephScheduling

PROJECT, OTHER, THIRD = "1" * 32, "2" * 32, "3" * 32

ROOT = Path(__file__).parent

MakeImage = Callable[..., Image]
Protect = Callable[..., None]
PutRules = Callable[[str], None]


def actor(project: str | None, *roles: str, **fields: Any) -> Actor:
    """Return somebody with *roles* in *project*."""
    name = f"u{project or ''}"[:32]
    return Actor(**{"user": name, "project": project, "roles": with_implied(*roles)} | fields)


def pytest_configure(config: pytest.Config) -> None:
    """Let the processes of this run share what each server needs."""
    shared_folder()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Try the stores first: they empty the pool, in which servers of others hold objects."""
    items.sort(key=lambda item: item.path.relative_to(ROOT).parts[0] != "stores")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> CephScheduling:
    """Return who hands tests to processes."""
    return CephScheduling(config, log)


@pytest.fixture(autouse=True, scope="session")
def every_log_is_searched() -> Iterator[None]:
    """Look for every secret that a test used in every log that there is."""
    leaks.watch()
    sizes = {path: path.stat().st_size for path in leaks.logs_of_services()}
    yield
    for path, size in sizes.items():
        text = path.read_text(errors="replace")[size:]
        leaks.assert_no_secret(text, where=path.name)
    leaks.forget()


@pytest.fixture(autouse=True)
def tells_no_secret(request: pytest.FixtureRequest, every_log_is_searched: None) -> Iterator[None]:
    """Fail a test whose log holds a secret that it, or another, used."""
    yield
    leaks.assert_no_secret(leaks.log.taken(), where=request.node.nodeid)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Let the process that started this one, if one did, count what was searched."""
    if output := getattr(session.config, "workeroutput", None):
        output["searched"] = leaks.searched


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """Add what another process searched."""
    for what, count in getattr(node, "workeroutput", {}).get("searched", {}).items():
        leaks.searched[what] += count


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say how much was searched."""
    words = "searched for secrets: {lines} lines of {logs} logs"
    terminalreporter.write_line(words.format(**leaks.searched))


@pytest.fixture(autouse=True)
def asks_its_route(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a row of the contract that asks none of the routes with which it is marked."""
    marked: set[Route] = {mark.args for mark in request.node.iter_markers("route")}
    asked: set[Route | None] = set()

    def note(sender: Any, environ: dict[str, Any], **kwargs: Any) -> None:
        asked.add(route_of(environ["REQUEST_METHOD"], environ["PATH_INFO"]))

    if marked:
        request_started.connect(note)
    yield
    request_started.disconnect(note)
    assert not marked or marked & asked, f"none of {sorted(marked)} was asked"


@pytest.fixture
def owner() -> Actor:
    """Somebody who may make images in the project that owns them."""
    return actor(PROJECT, "member")


@pytest.fixture
def reader() -> Actor:
    """Somebody who may only look, in the project that owns the images."""
    return actor(PROJECT, "reader")


@pytest.fixture
def member() -> Actor:
    """Somebody of a project with which images are shared."""
    return actor(OTHER, "member")


@pytest.fixture
def stranger() -> Actor:
    """Somebody of a project that has nothing to do with it."""
    return actor(THIRD, "member")


@pytest.fixture
def admin() -> Actor:
    """The cloud's administrator, in a project of its own."""
    return actor("a" * 32, "admin")


@pytest.fixture
def auditor() -> Actor:
    """Somebody who sees everything and changes nothing."""
    return actor(THIRD, "auditor")


@pytest.fixture
def protect(tmp_path: Path, settings: Any) -> Protect:
    """Return who puts the text of a file of property protection into force."""

    def put(text: str, *, form: str = "roles") -> None:
        file = tmp_path / f"{len(list(tmp_path.iterdir()))}.conf"  # each is read once
        file.write_text(text, encoding="utf-8")
        settings.PROPERTY_PROTECTION_FILE = str(file)
        settings.PROPERTY_PROTECTION_FORMAT = form

    return put


@pytest.fixture
def put_rules(tmp_path: Path, settings: Any) -> PutRules:
    """Return who puts the text of an operator's rules into force."""

    def put(text: str) -> None:
        file = tmp_path / f"{len(list(tmp_path.iterdir()))}.toml"  # each is read once
        file.write_text(text, encoding="utf-8")
        settings.RULES_FILE = str(file)

    return put


@pytest.fixture
def empty_store(settings: Any) -> None:
    """Let there be one store, which no other test has used, and nothing in it."""
    settings.IMAGE_STORES = {"empty": settings.IMAGE_STORES["memory"]}
    settings.DEFAULT_STORE = "empty"
    for key in list(get_store().keys()):
        get_store().delete(key)


@pytest.fixture
def make_image(db: None, owner: Actor) -> MakeImage:
    """Return a maker of queued images that data can come to; fields by keyword."""

    def make(**fields: Any) -> Image:
        by = fields.pop("actor", owner)
        formats = {"disk_format": "raw", "container_format": "bare"}
        return create_image({**formats, **fields}, actor=by)

    return make


@pytest.fixture
def make_active(make_image: MakeImage, owner: Actor) -> MakeImage:
    """Return a maker of active images; `content` are their bytes."""

    def make(content: bytes = b"some bytes", **fields: Any) -> Image:
        by = fields.get("actor", owner)
        image = make_image(**fields)
        with receiving(image, actor=by, size=len(content)) as session:
            session.fill([content])
        return Image.objects.get(pk=image.pk)

    return make
