from __future__ import annotations

import hashlib
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django_tasks_db.models import DBTaskResult

from images.actors import Actor
from images.errors import ImportUnderWay
from images.lifecycle import location_import
from images.lifecycle.changes import Change, Op
from images.lifecycle.images import delete_image, update_image
from images.lifecycle.location_import import import_location, revive_imports
from images.lifecycle.locations import Proof, add_location
from images.lifecycle.tasks import MAX_TRIES, claim_task
from images.models import Image, Location, Property, Task
from quotas.limits import set_limit
from quotas.models import Resource, Usage
from quotas.reconciliation import differences
from stores.registry import get_store
from tests.conftest import OTHER, PROJECT, MakeImage, actor

pytestmark = pytest.mark.django_db

BYTES = b"bytes of another service"
PROOF = Proof.of("sha512", hashlib.sha512(BYTES).hexdigest())


@pytest.fixture
def service() -> Actor:
    """Somebody for whom another service asks."""
    return actor(PROJECT, "member", is_vouched_for=True)


@pytest.fixture
def image(make_image: MakeImage) -> Image:
    """Return a queued image under whose name a service has put an object."""
    image = make_image()
    store, attempt = get_store(), f"{image.pk}.{uuid4().hex}"
    writer = store.create(attempt, None)
    writer.write(BYTES)
    writer.seal()
    store.rename(attempt, str(image.pk))
    return image


def begin(image: Image, by: Actor, proof: Proof | None = PROOF) -> Task:
    return add_location(image, get_store().url(str(image.pk)), actor=by, proof=proof)


def die(monkeypatch: pytest.MonkeyPatch, task: Task) -> None:
    """Let a worker take *task* and die while it hashes."""

    def killed(*args: Any) -> Any:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(location_import, "_hash", killed)
        with pytest.raises(KeyboardInterrupt):
            import_location(str(task.pk))
    Task.objects.update(heartbeat_at="2020-01-01T00:00:00Z")


def state(image: Image) -> tuple[str, str]:
    return Image.objects.get(pk=image.pk).status, Task.objects.get().status


def test_task_is_in_the_queue_when_the_act_is_done(image: Image, service: Actor) -> None:
    task = begin(image, service)

    [queued] = DBTaskResult.objects.ready()
    assert queued.args_kwargs == {"args": [str(task.pk)], "kwargs": {}}
    assert (queued.task_path, task.status) == ("images.tasks.run_task", "pending")


@pytest.mark.django_db(transaction=True)  # a worker closes connections
def test_worker_does_what_is_queued(image: Image, service: Actor) -> None:
    begin(image, service)

    call_command("db_worker", batch=True, interval=0, startup_delay=False)

    assert state(image) == ("active", "success")


def test_only_one_worker_gets_a_task(image: Image, service: Actor) -> None:
    task = begin(image, service)

    first, second = claim_task(task.pk), claim_task(task.pk)

    assert (first, second) == (task, None)


def test_second_task_waits_for_the_first(image: Image, service: Actor) -> None:
    begin(image, service)

    with pytest.raises(ImportUnderWay):
        begin(image, service)


@pytest.mark.parametrize("proof", [PROOF, None])
def test_f8_task_of_a_dead_worker_is_done_by_another(
    monkeypatch: pytest.MonkeyPatch, image: Image, service: Actor, proof: Proof | None
) -> None:
    task = begin(image, service, proof)
    die(monkeypatch, task)

    revive_imports()
    import_location(str(task.pk))

    assert state(image) == ("active", "success")
    assert Image.objects.get(pk=image.pk).os_hash_value == PROOF.value
    assert (Location.objects.count(), Usage.objects.get(pk=PROJECT).used) == (1, len(BYTES))


def test_import_counts_as_under_way_until_it_is_done(
    monkeypatch: pytest.MonkeyPatch, image: Image, service: Actor
) -> None:
    task = begin(image, service)
    assert Usage.objects.get(pk=PROJECT).uploads == 0
    die(monkeypatch, task)
    assert (Usage.objects.get(pk=PROJECT).uploads, list(differences())) == (1, [])

    revive_imports()
    import_location(str(task.pk))

    assert (Usage.objects.get(pk=PROJECT).uploads, list(differences())) == (0, [])


def test_import_beyond_what_may_be_under_way_fails(image: Image, service: Actor) -> None:
    set_limit(PROJECT, Resource.IMAGE_COUNT_UPLOADING, 0)
    task = begin(image, service)

    import_location(str(task.pk))

    assert state(image) == ("queued", "failure")
    assert "image_count_uploading=0" in Task.objects.get().message
    assert list(differences()) == []


def test_deleted_image_ends_its_import(
    monkeypatch: pytest.MonkeyPatch, image: Image, service: Actor
) -> None:
    die(monkeypatch, begin(image, service))
    Property.objects.all().delete()

    delete_image(image, actor=service)

    assert (Usage.objects.get(pk=PROJECT).uploads, list(differences())) == (0, [])


def test_location_that_is_given_away_while_it_is_hashed_takes_its_count_along(
    monkeypatch: pytest.MonkeyPatch, image: Image, service: Actor, admin: Actor
) -> None:
    die(monkeypatch, begin(image, service))

    update_image(image, [Change(Op.SET, "owner", OTHER)], actor=admin)

    uploads = Usage.objects.order_by("project").values_list("uploads", flat=True)
    assert ([*uploads], list(differences())) == ([0, 1], [])


def test_f8_task_is_given_up_after_three_tries(
    monkeypatch: pytest.MonkeyPatch,
    image: Image,
    service: Actor,
    django_capture_on_commit_callbacks: Any,
) -> None:
    task = begin(image, service)
    for _ in range(MAX_TRIES):
        die(monkeypatch, task)
        with django_capture_on_commit_callbacks(execute=True):
            revive_imports()

    assert state(image) == ("queued", "failure")
    assert (Location.objects.count(), Usage.objects.get(pk=PROJECT).used) == (0, 0)
    assert not Property.objects.exists()
    assert str(image.pk) not in [*get_store().keys()]


def test_worker_that_was_given_up_changes_nothing_any_more(
    monkeypatch: pytest.MonkeyPatch, image: Image, service: Actor
) -> None:
    task = begin(image, service)
    hashed = location_import._hash

    def overtaken(*args: Any) -> Any:
        Task.objects.update(heartbeat_at="2020-01-01T00:00:00Z")
        revive_imports()
        claim_task(task.pk)
        return hashed(*args)

    monkeypatch.setattr(location_import, "_hash", overtaken)
    import_location(str(task.pk))

    assert state(image) == ("importing", "processing")


def test_hashing_stops_when_the_image_is_deleted(
    monkeypatch: pytest.MonkeyPatch, image: Image, service: Actor
) -> None:
    task = begin(image, service)
    monkeypatch.setattr(location_import, "LOOK_SECONDS", -1)
    hashed = location_import._hash

    def deleted(*args: Any) -> Any:
        Image.objects.filter(pk=image.pk).update(status="deleted", deleted_at="2026-01-01T00:00Z")
        return hashed(*args)

    monkeypatch.setattr(location_import, "_hash", deleted)
    import_location(str(task.pk))

    assert Task.objects.get().status == "failure"


def test_upload_that_came_first_is_left_alone(
    make_active: MakeImage, image: Image, service: Actor
) -> None:
    task = begin(image, service)
    Image.objects.filter(pk=image.pk).update(status="saving")

    import_location(str(task.pk))

    assert state(image) == ("saving", "failure")


def test_living_tasks_are_not_revived(image: Image, service: Actor) -> None:
    task = begin(image, service)
    claim_task(task.pk)

    revive_imports()

    assert Task.objects.get().status == "processing"
