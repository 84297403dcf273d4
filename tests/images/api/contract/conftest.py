"""A web server of the test's own, and a store whose fence lets it in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django_tasks_db.models import DBTaskResult

from images.tasks import run_task
from tests.conftest import PROJECT, actor
from tests.images.api.contract.places import BYTES
from tests.images.api.door import Door
from tests.webserver import WebServer, serving

Run = Callable[[], None]


@pytest.fixture
def site() -> Iterator[WebServer]:
    with serving() as server:
        yield server


@pytest.fixture
def web(site: WebServer, settings: Any) -> str:
    """Configure the store, and return its name."""
    options = {"networks": ["127.0.0.0/8"], "hosts": [], "ports": [site.port, 80]}
    backend = "stores.backends.http.HttpStore"
    settings.IMAGE_STORES = settings.IMAGE_STORES | {
        "web": {"BACKEND": backend, "OPTIONS": options}
    }
    return "web"


@pytest.fixture
def url(site: WebServer) -> str:
    """Return an address on the web server at which there are `BYTES`."""
    return site.put("/image", BYTES)


@pytest.fixture
def is_shown(settings: Any) -> None:
    """Let images show where their data lie."""
    settings.SHOW_MULTIPLE_LOCATIONS = True


@pytest.fixture
def service_door() -> Door:
    """Return the door of somebody for whom another service asks."""
    return Door(actor(PROJECT, "member", is_vouched_for=True))


@pytest.fixture
def run() -> Run:
    """Return who does all that waits in the queue, as a worker would."""

    def work() -> None:
        for result in DBTaskResult.objects.ready():
            result.delete()
            run_task.call(*result.args_kwargs["args"])

    return work
