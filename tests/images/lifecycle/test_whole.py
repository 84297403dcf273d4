from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from images.actors import Actor
from images.errors import Forbidden, OverQuota
from images.lifecycle.data import receiving
from images.lifecycle.images import delete_image
from images.lifecycle.tags import add_tag
from images.lifecycle.whole import receive_whole
from images.models import Event, Image, Location
from images.models.finding import find_whole
from quotas.limits import set_limit
from quotas.models import Resource, Usage
from stores.errors import UnknownStore
from stores.registry import get_store
from tests.conftest import PROJECT, MakeImage
from tests.images.kept import kept, objects_of, since_made
from tests.images.lifecycle.uploading import assert_whole

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("linking_store")]

BYTES = b"some bytes"
OWN = {"id", "image_id", "payload", "created_at", "updated_at"}


def receive(image: Image, by: Actor, content: bytes = BYTES, **options: Any) -> bool:
    return receive_whole(find_whole(str(image.pk)), content, actor=by, **options)


def told(image: Image) -> list[dict[str, Any]]:
    """Return what is recorded of *image*, but for what no two images have the same."""
    rows = Event.objects.filter(image_id=image.pk).order_by("pk").values()
    return [
        {name: value for name, value in (row | row["payload"]).items() if name not in OWN}
        for row in rows
    ]


def assert_untouched(image: Image) -> None:
    """Nothing was written, in the store or in the database."""
    assert (kept(image).status, kept(image).updated_at) == ("queued", image.updated_at)
    assert (objects_of(image), Location.objects.count(), since_made(image)) == ([], 0, [])
    bill = Usage.objects.get(project=PROJECT)
    assert (bill.used, bill.reserved, bill.uploads) == (0, 0, 0)


def test_bytes_that_are_all_here_are_the_images_data(make_image: MakeImage, owner: Actor) -> None:
    image = make_image()

    assert receive(image, owner)

    assert_whole(image, BYTES)
    found = kept(image)
    assert (found.virtual_size, found.os_hash_algo) == (len(BYTES), "sha512")
    [row] = Location.objects.all()
    assert (row.store, row.key, row.size, row.status) == ("file", str(image.pk), 10, "active")
    assert (row.uploader, row.allowance, objects_of(image)) == (owner.user, None, [row.key])


def test_longer_way_tells_just_the_same(make_image: MakeImage, owner: Actor) -> None:
    image = make_image(tags=["a"], properties={"os_distro": "debian"})
    other = make_image(tags=["a"], properties={"os_distro": "debian"})

    assert receive(image, owner)
    with receiving(other, actor=owner, size=len(BYTES)) as session:
        session.fill([BYTES])

    assert told(image) == told(other)
    assert since_made(image) == ["image.prepare", "image.upload", "image.activate"]


def test_it_takes_four_writes(
    make_image: MakeImage, owner: Actor, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    image = find_whole(str(make_image().pk))
    savepoints = 2

    with django_assert_num_queries(4 + savepoints):
        assert receive_whole(image, BYTES, actor=owner)


def test_who_may_not_upload_is_told(make_image: MakeImage, reader: Actor) -> None:
    image = make_image()

    with pytest.raises(Forbidden):
        receive(image, reader)

    assert_untouched(image)


def test_unknown_store_is_told(make_image: MakeImage, owner: Actor) -> None:
    with pytest.raises(UnknownStore):
        receive(make_image(), owner, store="other")


@pytest.mark.parametrize("resource", [Resource.IMAGE_SIZE_TOTAL, Resource.IMAGE_COUNT_UPLOADING])
def test_over_the_quota_is_told_and_leaves_nothing(
    make_image: MakeImage, owner: Actor, resource: Resource
) -> None:
    set_limit(PROJECT, resource, {Resource.IMAGE_SIZE_TOTAL: len(BYTES) - 1}.get(resource, 0))
    image = make_image()

    with pytest.raises(OverQuota):
        receive(image, owner)

    assert_untouched(image)


@pytest.mark.parametrize(
    "fields", [{"disk_format": None}, {"container_format": None}], ids=["disk", "container"]
)
def test_image_without_a_format_is_left_to_the_longer_way(
    make_image: MakeImage, owner: Actor, fields: dict[str, None]
) -> None:
    image = make_image(**fields)

    assert not receive(image, owner)

    assert_untouched(image)


def test_image_that_is_not_queued_is_left(make_active: MakeImage, owner: Actor) -> None:
    image = make_active(BYTES)

    assert not receive(image, owner, b"other bytes")

    assert_whole(image, BYTES)


def test_refused_content_is_left(make_image: MakeImage, owner: Actor) -> None:
    image = make_image(disk_format="qcow2")

    assert not receive(image, owner, b"no qcow2")

    assert_untouched(image)


def test_too_many_bytes_are_left(make_image: MakeImage, owner: Actor, settings: Any) -> None:
    settings.IMAGE_SIZE_CAP = len(BYTES) - 1
    image = make_image()

    assert not receive(image, owner)

    assert_untouched(image)


def test_store_that_is_away_is_left(make_image: MakeImage, owner: Actor, tmp_path: Path) -> None:
    image = make_image()
    get_store()
    (tmp_path / "images").rmdir()

    assert not receive(image, owner)

    (tmp_path / "images").mkdir()
    assert_untouched(image)


def test_store_that_does_not_link_is_left(
    make_image: MakeImage, owner: Actor, settings: Any
) -> None:
    memory = {"BACKEND": "stores.backends.memory.MemoryStore"}
    settings.IMAGE_STORES = settings.IMAGE_STORES | {"memory": memory}
    image = make_image()

    assert not receive(image, owner, store="memory")

    assert_untouched(image)


def test_image_that_somebody_changed_meanwhile_is_left(make_image: MakeImage, owner: Actor) -> None:
    image = make_image()
    seen = find_whole(str(image.pk))
    add_tag(image, "new", actor=owner)

    assert not receive_whole(seen, BYTES, actor=owner)

    assert (kept(image).status, objects_of(image), Location.objects.count()) == ("queued", [], 0)


def test_image_that_was_deleted_meanwhile_is_left(make_image: MakeImage, owner: Actor) -> None:
    image = make_image()
    seen = find_whole(str(image.pk))
    delete_image(image, actor=owner)

    assert not receive_whole(seen, BYTES, actor=owner)

    assert (kept(image).status, objects_of(image), Location.objects.count()) == ("deleted", [], 0)


def test_name_that_nobodys_bytes_hold_is_left(make_image: MakeImage, owner: Actor) -> None:
    image = make_image()
    leftover = f"{image.pk}.{'0' * 32}"
    get_store().create(leftover, 0).seal()
    get_store().rename(leftover, str(image.pk))

    assert not receive(image, owner)

    assert objects_of(image) == [str(image.pk)]
    with receiving(image, actor=owner, size=len(BYTES)) as session:
        session.fill([BYTES])
    assert_whole(image, BYTES)


def test_bytes_that_the_database_did_not_take_are_gone(make_image: MakeImage, owner: Actor) -> None:
    image = make_image()
    row = {"store": "file", "key": str(image.pk), "status": "deleting"}
    going = Location.objects.create(image=make_image(), **row)

    assert not receive(image, owner)

    going.delete()
    assert_untouched(image)
