from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django_tasks_db.models import DBTaskResult

from images.actors import Actor
from images.errors import Forbidden, NotVisible, WrongState
from images.lifecycle import verification
from images.lifecycle.images import deactivate_image, delete_image
from images.lifecycle.tasks import MAX_TRIES, succeed, tasks_for
from images.lifecycle.verification import check_data, checks_of, revive_checks, verify_image
from images.models import Event, Image, Location, Task
from images.states import LocationStatus, TaskStatus
from quotas.reconciliation import differences
from stores.backends.memory import MemoryStore
from stores.registry import get_store
from tests.conftest import MakeImage
from tests.images.kept import kinds

pytestmark = pytest.mark.django_db

BYTES = b"bytes of a disk"


@pytest.fixture
def image(make_active: MakeImage) -> Image:
    """Return an image with data."""
    return make_active(BYTES)


def put(key: str, content: bytes) -> None:
    """Put *content* into the store in the place of what lies under *key*."""
    store = get_store()
    if key in set(store.keys()):
        store.delete(key)
    aside = f"{key}.{uuid4().hex}"
    writer = store.create(aside, None)
    writer.write(content)
    writer.seal()
    store.rename(aside, key)


def check(image: Image, by: Actor) -> Task:
    """Check *image*, as a worker does."""
    task = verify_image(image, actor=by)
    check_data(str(task.pk))
    task.refresh_from_db()
    return task


def since_check(image: Image) -> list[str]:
    """Return the kinds of what happened to *image*, from its check on."""
    found = kinds(image_id=image.pk)
    return found[found.index("task.create") :]


@pytest.mark.parametrize("switch", [None, deactivate_image])
def test_right_bytes_are_said_to_be_intact(
    image: Image, owner: Actor, switch: Callable[..., None] | None
) -> None:
    if switch:
        switch(image, actor=owner)

    task = check(image, owner)

    assert task.status == TaskStatus.SUCCESS
    assert since_check(image) == [
        "task.create",
        "task.processing",
        "image.verify",
        "task.success",
    ]


@pytest.mark.parametrize("wrong", [b"bytes of a risk", b"bytes", b""])
def test_wrong_bytes_are_said_to_be_corrupt(image: Image, owner: Actor, wrong: bytes) -> None:
    put(str(image.pk), wrong)

    task = check(image, owner)

    event = Event.objects.get(kind="image.corrupt")
    assert task.status == TaskStatus.FAILURE
    assert task.message == "The data in memory are not those that came: the hash differs."
    assert (event.payload["backends"], event.user) == (["memory"], owner.user)
    assert image.current_status() == "active"


def test_bytes_that_are_gone_are_corrupt(image: Image, owner: Actor) -> None:
    get_store().delete(str(image.pk))

    assert check(image, owner).status == TaskStatus.FAILURE
    assert since_check(image)[-2:] == ["image.corrupt", "task.failure"]


def test_a_wrong_place_is_given_up_where_another_is_right(
    image: Image, owner: Actor, settings: Any
) -> None:
    settings.IMAGE_STORES = settings.IMAGE_STORES | {"attic": settings.IMAGE_STORES["memory"]}
    attic = {"store": "attic", "key": str(image.pk), "size": len(BYTES)}
    Location.objects.create(image=image, status=LocationStatus.ACTIVE, **attic)

    check(image, owner)

    told = dict(Location.objects.values_list("store", "status"))
    assert told == {"memory": LocationStatus.ACTIVE, "attic": LocationStatus.LOST}
    assert since_check(image)[-3:] == ["image.corrupt", "image.lost", "task.failure"]


def test_one_check_at_a_time(image: Image, owner: Actor) -> None:
    first = verify_image(image, actor=owner)

    assert verify_image(image, actor=owner) == first
    assert DBTaskResult.objects.count() == 1


def test_who_may(image: Image, reader: Actor, stranger: Actor) -> None:
    with pytest.raises(Forbidden):
        verify_image(image, actor=reader)
    with pytest.raises(NotVisible):
        verify_image(image, actor=stranger)


def test_without_data_there_is_nothing_to_check(make_image: MakeImage, owner: Actor) -> None:
    with pytest.raises(WrongState):
        verify_image(make_image(), actor=owner)


def test_progress_is_told(image: Image, owner: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verification, "TELL_SECONDS", -1)
    told: list[Any] = []

    def note(task: Task) -> None:
        told.append(Task.objects.get(pk=task.pk).result)
        succeed(task)

    monkeypatch.setattr(verification, "succeed", note)
    check(image, owner)

    assert told == [{"done": len(BYTES), "size": len(BYTES)}]


def test_an_image_that_goes_ends_its_check(
    image: Image, owner: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verification, "TELL_SECONDS", -1)
    task = verify_image(image, actor=owner)
    opened = MemoryStore.open

    def gone(self: MemoryStore, key: str) -> Any:
        reader = opened(self, key)
        delete_image(image, actor=owner)
        return reader

    monkeypatch.setattr(MemoryStore, "open", gone)
    check_data(str(task.pk))

    assert Task.objects.get().message == "The image was deleted meanwhile."
    assert not Event.objects.filter(kind__in=["image.verify", "image.corrupt"]).exists()


def test_a_dead_workers_check_is_done_by_another(image: Image, owner: Actor) -> None:
    task = verify_image(image, actor=owner)
    Task.objects.update(status=TaskStatus.PROCESSING, tries=1, heartbeat_at="2001-01-01T00:00Z")

    revive_checks()
    check_data(str(task.pk))

    assert Task.objects.get().status == TaskStatus.SUCCESS
    assert DBTaskResult.objects.count() == 2


def test_a_check_that_kills_workers_is_given_up(image: Image, owner: Actor) -> None:
    verify_image(image, actor=owner)
    Task.objects.update(
        status=TaskStatus.PROCESSING, tries=MAX_TRIES, heartbeat_at="2001-01-01T00:00Z"
    )

    revive_checks()

    assert Task.objects.get().message == "Every worker that tried it died."


def test_the_image_api_knows_nothing_of_checks(image: Image, owner: Actor, admin: Actor) -> None:
    check(image, owner)

    assert checks_of(image).count() == 1
    assert tasks_for(admin).count() == 0
    assert [*differences()] == []
