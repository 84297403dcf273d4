"""What the clients ask of the service itself: stores, usage, schemas; and what is not served."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from openstack.exceptions import ForbiddenException, NotFoundException
from openstack.image.v2._proxy import Proxy
from openstack.image.v2.image import Image

from tests.clients.clouds import BARE, Cloud, one_store
from tests.clients.conftest import image_proxy
from tests.clients.people import Person

pytestmark = one_store

NOBODYS = "11111111-2222-4333-8444-555555555555"


@pytest.fixture(scope="module")
def roots_sdk(root: Person) -> Iterator[Proxy]:
    """Return the image part of the administrator's openstacksdk."""
    with root.connect() as connection:
        yield image_proxy(connection)


@pytest.fixture
def image(sdk: Proxy) -> Iterator[Image]:
    """Return an image with a few bytes in it."""
    image = sdk.create_image("small", data=b"some bytes", wait=True, **BARE)
    yield image
    sdk.delete_image(image, ignore_missing=True)


def test_openstack_tells_an_administrator_how_stores_are_set_up(
    cloud: Cloud, alice: Person, root: Person
) -> None:
    stores = ("image", "stores", "list", "--detail")

    (store,) = root.openstack(*stores, "-f", "json").json

    assert (store["ID"], store["Default"]) == ("file", True)
    assert store["Properties"]["data_dir"] == str(cloud.server.var / "images")
    assert "403" in alice.refused(*stores)


def test_openstack_list_shows_everything_at_length(image: Image, alice: Person) -> None:
    (row,) = alice.openstack("image", "list", "--long", "--name", "small", "-f", "json").json

    assert (row["ID"], row["Size"]) == (image.id, 10)
    assert row["Checksum"] == hashlib.md5(b"some bytes").hexdigest()
    assert row["Hash Value"] == hashlib.sha512(b"some bytes").hexdigest()


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("image import small", "not supported by this deployment"),
        ("image create --volume disk small", "not present in the service catalog"),
        ("cached image list", "404"),
        ("cached image queue small", "404"),
        ("cached image clear", "Failed to clear image cache"),
    ],
)
def test_openstack_is_refused_what_is_not_served(
    image: Image, root: Person, command: str, said: str
) -> None:
    assert said in root.refused(*command.split())


def test_glance_shows_usage_and_limits(cloud: Cloud, image: Image, alice: Person) -> None:
    before = alice.glance("usage").table
    cloud.server.manage("set_limit", "red", "image_count_total=500")

    after = alice.glance("usage").table

    cloud.server.manage("set_limit", "red", "image_count_total=-1")
    assert before == []
    assert {row[0]: row[1] for row in after}["image_count_total"] == "500"


def test_glance_tells_an_administrator_how_stores_are_set_up(alice: Person, root: Person) -> None:
    details = ("stores-info", "--detail")
    refused = alice.run("glance", *details, environment=alice.by_password).failed()

    told = root.glance(*details).facts["stores"]

    assert '"data_dir"' in told
    assert "HTTP 403 Forbidden: " in refused


def test_glance_shows_one_member(cloud: Cloud, image: Image, sdk: Proxy, alice: Person) -> None:
    blue = cloud.projects["blue"]
    sdk.add_member(image, member_id=blue)

    shown = alice.glance("member-get", image.id, blue).facts

    assert (shown["member_id"], shown["status"]) == (blue, "pending")


def test_glance_explains_every_schema(alice: Person) -> None:
    explained = [alice.glance("explain", name).facts for name in ("image", "member", "task")]

    firsts = [facts["status"] for facts in explained]
    assert firsts == ["Where the image stands", "Its answer", "How far it is"]


def test_glance_knows_that_there_is_no_import_method(alice: Person) -> None:
    assert '"value": []' in alice.glance("import-info").facts["import-methods"]


@pytest.mark.parametrize(
    "command",
    [
        "cache-list",
        "cache-clear",
        f"cache-queue {NOBODYS}",
        f"cache-delete {NOBODYS}",
        "cache-clean",
        "cache-prune",
        f"cache-nodes-list {NOBODYS}",
    ],
)
def test_glance_is_told_that_it_is_not_served(root: Person, command: str) -> None:
    done = root.run("glance", *command.split(), environment=root.by_password)

    assert "not found" in done.said.lower() or "404" in done.out + done.said


def test_openstack_lists_tasks_to_an_administrator(alice: Person, root: Person) -> None:
    tasks = ("image", "task", "list")

    listed = root.openstack(*tasks, "-f", "json").json

    assert listed == []
    assert "403" in alice.refused(*tasks)


def test_glance_lists_tasks(image: Image, alice: Person, root: Person) -> None:
    assert alice.glance("image-tasks", image.id).table == []
    assert root.glance("task-list").out.startswith("+--")


def test_sdk_lists_tasks(image: Image, sdk: Proxy, roots_sdk: Proxy) -> None:
    with pytest.raises(ForbiddenException):
        list(sdk.tasks())

    assert list(sdk.image_tasks(image)) == []
    assert list(roots_sdk.tasks()) == []


def test_sdk_finds_a_member(cloud: Cloud, image: Image, sdk: Proxy) -> None:
    blue = cloud.projects["blue"]
    sdk.add_member(image, member_id=blue)

    found = [sdk.get_member(blue, image), sdk.find_member(blue, image)]

    assert [(member.member_id, member.status) for member in found if member] == [
        (blue, "pending"),
        (blue, "pending"),
    ]


def test_sdk_uploads_what_it_makes(sdk: Proxy) -> None:
    made = sdk.upload_image(name="uploaded", data=b"some bytes", **BARE)

    stored = sdk.wait_for_status(made, status="active", wait=10)

    sdk.delete_image(made)
    assert (stored.size, stored.name) == (10, "uploaded")


def test_sdk_updates_properties(image: Image, sdk: Proxy) -> None:
    sdk.update_image_properties(image, meta={"kept": "first"}, own="second")

    properties = sdk.get_image(image).properties
    assert (properties["kept"], properties["own"]) == ("first", "second")


def test_sdk_waits_for_an_end(image: Image, sdk: Proxy) -> None:
    sdk.delete_image(image)

    assert sdk.wait_for_delete(image, wait=10).id == image.id


def test_sdk_reads_schemas_of_tasks(sdk: Proxy) -> None:
    assert [sdk.get_task_schema().name, sdk.get_tasks_schema().name] == ["task", "tasks"]


def test_sdk_tells_an_administrator_how_stores_are_set_up(sdk: Proxy, roots_sdk: Proxy) -> None:
    (store,) = roots_sdk.stores(details=True)

    assert store.properties["thin_provisioning"] is True
    with pytest.raises(ForbiddenException):
        list(sdk.stores(details=True))


NOT_SERVED: dict[str, Callable[[Proxy], Any]] = {
    "get_image_cache": lambda sdk: sdk.get_image_cache(),
    "queue_image": lambda sdk: sdk.queue_image(NOBODYS),
    "cache_delete_image": lambda sdk: sdk.cache_delete_image(NOBODYS, ignore_missing=False),
    "clear_cache": lambda sdk: sdk.clear_cache("both"),
    "clean_cache": lambda sdk: sdk.clean_cache(),
    "prune_cache": lambda sdk: sdk.prune_cache(),
    "cached_image_nodes": lambda sdk: sdk.cached_image_nodes(NOBODYS),
}


@pytest.mark.parametrize("name", NOT_SERVED)
def test_sdk_is_told_that_it_is_not_served(roots_sdk: Proxy, name: str) -> None:
    with pytest.raises(NotFoundException):
        NOT_SERVED[name](roots_sdk)
