"""Locations, tasks, usage and stores by `glance`, on a cloud that lets data lie elsewhere."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from openstack.exceptions import SDKException
from openstack.image.v2._proxy import Proxy

from tests.clients.clouds import BARE, Cloud, open_cloud
from tests.clients.conftest import image_proxy
from tests.clients.people import Person
from tests.webserver import WebServer, serving

BYTES = b"bytes on a web server" * 5000
SHA512 = hashlib.sha512(BYTES).hexdigest()


@pytest.fixture(scope="module")
def site() -> Iterator[WebServer]:
    with serving() as server:
        yield server


@pytest.fixture(scope="module")
def url(site: WebServer) -> str:
    return site.put("/disk.raw", BYTES)


@pytest.fixture(scope="module")
def open_sky(site: WebServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """Return a cloud with a store for the web, whose images show their locations."""
    given = {
        "VITRINE_HTTP_STORE": "web",
        "VITRINE_IMPORT_ALLOWED_NETWORKS": "127.0.0.0/8",
        "VITRINE_IMPORT_ALLOWED_PORTS": str(site.port),
        "VITRINE_SHOW_MULTIPLE_LOCATIONS": "true",
        "VITRINE_SHOW_IMAGE_DIRECT_URL": "true",
        "VITRINE_LIMIT_IMAGE_COUNT_TOTAL": "100",
    }
    with open_cloud("file", tmp_path_factory.mktemp("sky"), **given) as cloud:
        yield cloud


@pytest.fixture(scope="module")
def alice(open_sky: Cloud) -> Person:
    return open_sky.home_of("alice")


@pytest.fixture(scope="module")
def root(open_sky: Cloud) -> Person:
    return open_sky.home_of("root")


@pytest.fixture(scope="module")
def sdk(alice: Person) -> Iterator[Proxy]:
    with alice.connect() as connection:
        yield image_proxy(connection)


@pytest.fixture
def queued(sdk: Proxy) -> str:
    """Return the id of an image that waits for data."""
    return str(sdk.create_image(f"queued {uuid4()}", **BARE).id)


def work(cloud: Cloud) -> None:
    """Let a worker do what waits."""
    cloud.server.manage("db_worker", "--batch", "--interval", "0", "--no-startup-delay")


@pytest.mark.parametrize("proof", [{}, {"os_hash_algo": "sha512", "os_hash_value": SHA512}])
def test_added_location_is_hashed_by_a_worker(
    open_sky: Cloud,
    alice: Person,
    sdk: Proxy,
    queued: str,
    url: str,
    tmp_path: Path,
    proof: dict[str, str],
) -> None:
    alice.glance("add-location", "--url", url, "--validation-data", json.dumps(proof), queued)
    work(open_sky)

    image = sdk.get_image(queued)
    alice.glance("image-download", "--file", tmp_path / "saved", queued)

    assert (image.status, image.hash_value, image.size) == ("active", SHA512, len(BYTES))
    assert (tmp_path / "saved").read_bytes() == BYTES


def test_tasks_are_listed_and_shown(
    open_sky: Cloud, alice: Person, root: Person, queued: str, url: str
) -> None:
    alice.glance("add-location", "--url", url, queued)
    work(open_sky)

    printed = alice.glance("image-tasks", queued).out
    listed = root.glance("task-list").table
    shown = [root.glance("task-show", row[0]).facts["result"] for row in listed]

    assert printed.count("| success |") == 1
    assert listed[0][1:3] == ["location_import", "success"]
    assert {"image_id": queued} in [json.loads(result) for result in shown]


def test_locations_are_patched(
    alice: Person, root: Person, sdk: Proxy, queued: str, url: str
) -> None:
    alice.glance("location-add", "--url", url, queued)
    alice.glance("location-add", "--url", f"{url}#two", queued)
    alice.glance("location-update", "--url", url, "--metadata", '{"k": "v"}', queued)
    root.glance("location-delete", "--url", f"{url}#two", queued)

    image = sdk.get_image(queued)

    assert image.locations == [{"url": url, "metadata": {"k": "v", "store": "web"}}]
    assert (image.status, image.direct_url) == ("active", url)


def test_usage_and_stores_are_told(alice: Person, root: Person) -> None:
    usage = {name: limit for name, limit, _ in alice.glance("usage").table}
    detail = root.glance("stores-info", "--detail").facts["stores"]

    assert usage["image_count_total"] == "100"
    assert '"type": "http"' in detail


def test_data_leave_one_of_two_stores(root: Person, sdk: Proxy, url: str) -> None:
    image = sdk.create_image("twice", data=BYTES, **BARE)
    root.glance("location-add", "--url", url, image.id)

    root.glance("stores-delete", "--store", "file", image.id)

    assert sdk.get_image(image.id).properties["stores"] == "web"


def test_openstack_shows_tasks(
    open_sky: Cloud, alice: Person, root: Person, queued: str, url: str
) -> None:
    alice.glance("add-location", "--url", url, queued)
    work(open_sky)

    (task, *_) = root.openstack("image", "task", "list", "-f", "json").json
    shown = root.openstack("image", "task", "show", task["ID"], "-f", "json").json

    assert (shown["type"], shown["status"]) == ("location_import", "success")


def test_openstack_deletes_from_one_of_two_stores(root: Person, sdk: Proxy, url: str) -> None:
    image = sdk.create_image("twice more", data=BYTES, **BARE)
    root.glance("location-add", "--url", url, image.id)

    root.openstack("image", "delete", "--store", "file", image.id)

    assert sdk.get_image(image.id).properties["stores"] == "web"


def test_sdk_adds_a_location_and_waits_for_its_task(
    open_sky: Cloud, root: Person, sdk: Proxy, queued: str, url: str
) -> None:
    sdk.add_image_location(queued, url=url)
    work(open_sky)

    (row,) = sdk.image_tasks(queued)
    with root.connect() as connection:
        proxy = image_proxy(connection)
        task = proxy.wait_for_task(proxy.get_task(row.id), wait=10)
        located = [location.url for location in proxy.image_locations(queued)]

    assert (task.status, task.type) == ("success", "location_import")
    assert located == [url]


def test_sdk_makes_no_task(root: Person) -> None:
    with root.connect() as connection, pytest.raises(SDKException, match="405"):
        image_proxy(connection).create_task(type="import", input={})
