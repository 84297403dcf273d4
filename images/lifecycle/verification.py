"""Data read again in the background, against the hash that they had when they came."""

from __future__ import annotations

import hashlib
import time

from django.db import transaction

from images.actors import Actor
from images.errors import DataLost, ImageError, TaskLost, WrongState
from images.events import record
from images.lifecycle.heartbeat import beating
from images.lifecycle.images import lock
from images.lifecycle.reading import SERVED, mark_lost
from images.lifecycle.tasks import (
    asking,
    begin,
    claim_task,
    fail,
    hold_image,
    is_ours,
    revive,
    succeed,
)
from images.lifecycle.transactions import release_connection, retried
from images.models import Image, Location, Task
from images.models.task import TaskQuerySet
from images.permissions import permit
from images.states import TaskStatus, TaskType
from stores.base import Reader
from stores.errors import ObjectMissing, StoreError
from stores.registry import get_store

TELL_SECONDS = 1
"""How often a check tells how far it is, and asks whether anybody still waits for it."""


@retried
@transaction.atomic
def verify_image(image: Image, *, actor: Actor) -> Task:
    """Let a worker read the data of *image* again; return the task, an older one if it goes on.

    Raises `WrongState` for an image without data or without a hash.
    """
    image = lock(image)
    permit(actor, "verify", image)
    if image.status not in SERVED or not image.os_hash_value:
        raise WrongState("Only an image that has data and a hash of them can be checked.")
    return checks_of(image).under_way().first() or begin(
        TaskType.VERIFY, image, actor=actor, given={"image_id": str(image.pk)}
    )


def checks_of(image: Image) -> TaskQuerySet:
    """Return the tasks that check *image*, the newest first."""
    return Task.objects.filter(image=image, type=TaskType.VERIFY).shown()


def check_data(pk: str) -> None:
    """Do the check *pk*, unless another worker has it, and end it one way or the other."""
    task = claim_task(pk)
    if task is None:
        return
    try:
        with beating(task):
            _conclude(task, _wrong_places(task))
    except TaskLost:
        fail(task, "The image was deleted meanwhile.")
    except (ImageError, StoreError) as trouble:
        fail(task, str(trouble))


def _wrong_places(task: Task) -> list[tuple[Location, bool]]:
    """Read every place of the data; return each, and whether what lies there is wrong."""
    places = list(task.image.locations.active())
    if not places:
        raise DataLost("No store has the image’s data any more.")
    size = sum(place.size or 0 for place in places)
    done, found = 0, []
    for place in places:
        found.append((place, _is_wrong(task, place, done=done, size=size)))
        done += place.size or 0
    return found


def _is_wrong(task: Task, place: Location, *, done: int, size: int) -> bool:
    release_connection()
    try:
        with get_store(place.store).open(place.address) as reader:
            if reader.size != task.image.size:
                return True
            return _hash(task, reader, done=done, size=size) != task.image.os_hash_value
    except ObjectMissing:
        return True


def _hash(task: Task, reader: Reader, *, done: int, size: int) -> str:
    digest = hashlib.new(str(task.image.os_hash_algo), usedforsecurity=False)
    told = time.monotonic()
    for chunk in reader.chunks(0, reader.size):
        digest.update(chunk)
        done += len(chunk)
        if time.monotonic() - told > TELL_SECONDS:
            told = time.monotonic()
            _tell(task, done=done, size=size)
    return digest.hexdigest()


def _tell(task: Task, *, done: int, size: int) -> None:
    """Write down how far the check is. Raises `TaskLost` when nobody waits for it any more."""
    if not is_ours(task):
        raise TaskLost("The task lost its image, or was given to another worker.")
    ours = Task.objects.filter(pk=task.pk, status=TaskStatus.PROCESSING, tries=task.tries)
    ours.update(result={"done": done, "size": size})
    release_connection()


@transaction.atomic
def _conclude(task: Task, found: list[tuple[Location, bool]]) -> None:
    """Write down what was *found*; a wrong place is given up if another one has the right bytes."""
    image = hold_image(task)
    stores = [place.store for place, _ in found]
    wrong = [place for place, is_wrong in found if is_wrong]
    if not wrong:
        record("image.verify", image, asking(task), backends=stores)
        succeed(task)
        return
    corrupt = [place.store for place in wrong]
    record("image.corrupt", image, asking(task), backends=corrupt)
    if len(wrong) < len(found):
        for place in wrong:
            mark_lost(place)
    fail(task, f"The data in {', '.join(corrupt)} are not those that came: the hash differs.")


def revive_checks() -> None:
    """Let other workers do the checks of dead ones."""
    revive(Task.objects.filter(type=TaskType.VERIFY), give_up=fail)
