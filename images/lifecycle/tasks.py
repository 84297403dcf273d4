"""The life of a task: handed over with the image's lock, claimed by one worker, ended once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.module_loading import import_string

from images.actors import Actor
from images.errors import ImportUnderWay, NotVisible, TaskLost
from images.events import record_task
from images.lifecycle.images import lock
from images.models import Image, Property, Task
from images.models.task import TaskQuerySet
from images.permissions import demand_sight, demand_tasks
from images.states import TaskStatus, TaskType

ENTRY = "images.tasks.run_task"
"""Stands above us; named, not imported, since imports go down only."""
ENTRIES = {TaskType.VERIFY: "images.tasks.run_check"}
"""The same for what is no import."""
LOCK = "os_glance_import_task"
"""The property that shows which task has the image."""
MAX_TRIES = 3


def hand_over(kind: TaskType, image: Image, *, actor: Actor, given: dict[str, Any]) -> Task:
    """Let a worker do *kind* to *image*, whose row is locked; the image's lock is the task's.

    The queue's row is written in the same transaction. Raises `ImportUnderWay` if another task has
    the image.
    """
    demand_free(image)
    task = begin(kind, image, actor=actor, given=given)
    Property.objects.create(image=image, name=LOCK, value=str(task.pk))
    return task


def begin(kind: TaskType, image: Image, *, actor: Actor, given: dict[str, Any]) -> Task:
    """Do the same for a task that reads the image only, and keeps no other from it."""
    task = Task(
        type=kind,
        image=image,
        owner=actor.project or "",
        user=actor.user,
        address=actor.address,
        token=actor.token,
        request_id=actor.request_id[:64],
        input=given,
    )
    task.save(force_insert=True)
    record_task("task.create", task, actor)
    _queue(task)
    return task


def asking(task: Task) -> Actor:
    """Return who asked for *task*, as far as an event tells of it."""
    return Actor(
        user=task.user,
        project=task.owner,
        request_id=task.request_id,
        address=task.address,
        token=task.token,
    )


def demand_free(image: Image) -> None:
    """Raise `ImportUnderWay` if a task works on the locked *image*."""
    if Property.objects.filter(image=image, name=LOCK).exists():
        raise ImportUnderWay("A task works on the image; wait for its end.")


def _queue(task: Task) -> None:
    entry = ENTRIES.get(TaskType(task.type), ENTRY)
    import_string(entry).enqueue(str(task.pk))


@transaction.atomic
def claim_task(pk: UUID | str) -> Task | None:
    """Return the task *pk* for this worker alone; None if it waits for nobody."""
    waiting = Task.objects.filter(pk=pk, status=TaskStatus.PENDING)
    moved = waiting.update(
        status=TaskStatus.PROCESSING,
        tries=F("tries") + 1,
        heartbeat_at=Now(),
        updated_at=timezone.now(),
    )
    if not moved:
        return None
    task = Task.objects.select_related("image").get(pk=pk)
    record_task("task.processing", task)
    return task


def is_ours(task: Task) -> bool:
    """Does the task still belong to who claimed it, and its image still exist?"""
    mine = Task.objects.filter(pk=task.pk, status=TaskStatus.PROCESSING, tries=task.tries)
    return mine.exists() and Image.objects.filter(pk=task.image_id).exists()


@transaction.atomic
def succeed(task: Task) -> None:
    """End *task*; its image is free for the next."""
    _end(task, TaskStatus.SUCCESS, result={"image_id": str(task.image_id)})


@transaction.atomic
def fail(task: Task, reason: str) -> None:
    """End *task*, which came to nothing for *reason*, in words fit for its user."""
    _end(task, TaskStatus.FAILURE, message=reason)


def _end(task: Task, status: TaskStatus, **outcome: Any) -> None:
    expiry = Now() + timedelta(hours=settings.TASK_HOURS)
    under_way = Task.objects.filter(pk=task.pk, status=TaskStatus.PROCESSING, tries=task.tries)
    moved = under_way.update(
        status=status, heartbeat_at=None, updated_at=timezone.now(), expires_at=expiry, **outcome
    )
    if moved:
        Property.objects.filter(image=task.image_id, name=LOCK, value=str(task.pk)).delete()
        task.refresh_from_db()
        record_task(f"task.{status}", task)


def revive(tasks: TaskQuerySet, *, give_up: Callable[[Task, str], None]) -> None:
    """Let other workers do those of *tasks* whose worker died; *give_up* one tried often enough."""
    for task in tasks.stale().select_related("image"):
        if not _try_again(task) and _take_over(task):
            give_up(task, "Every worker that tried it died.")


@transaction.atomic
def _try_again(task: Task) -> bool:
    """Put a dead worker's *task* back into the queue; False if it was tried often enough."""
    if task.tries >= MAX_TRIES:
        return False
    stale = Task.objects.stale().filter(pk=task.pk, tries=task.tries)
    if stale.update(status=TaskStatus.PENDING, heartbeat_at=None, updated_at=timezone.now()):
        _queue(task)
    return True


def _take_over(task: Task) -> bool:
    """Claim a dead worker's *task*, to end it; False if another was faster."""
    stale = Task.objects.stale().filter(pk=task.pk, tries=task.tries)
    return bool(stale.update(heartbeat_at=Now()))


def tasks_of(image: Image, *, actor: Actor) -> TaskQuerySet:
    """Return the tasks of *image*, the newest first, for whoever sees it."""
    demand_sight(actor, image)
    return Task.objects.filter(image=image).shown().on_wire()


def tasks_for(actor: Actor) -> TaskQuerySet:
    """Return every task. Raises `Forbidden` for all but administrators."""
    demand_tasks(actor)
    return Task.objects.shown().on_wire()


def find_task(pk: str, *, actor: Actor) -> Task:
    """Return one task. Raises `Forbidden`, and `NotVisible` for one that is not there."""
    return tasks_for(actor).get_or_absent(pk)


def hold_image(task: Task) -> Image:
    """Return the task's image, locked. Raises `TaskLost`."""
    try:
        image = lock(task.image)
    except NotVisible:
        raise TaskLost("The image was deleted meanwhile.") from None
    if not is_ours(task):
        raise TaskLost("The task was given to another worker.")
    return image
