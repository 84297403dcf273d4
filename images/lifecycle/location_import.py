"""How a queued image gets data that lie somewhere: found, billed, hashed, shown as active."""

from __future__ import annotations

import hashlib
import time
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from images.actors import Actor
from images.errors import ImageError, MissingFormat, TaskLost, WrongState
from images.events import record
from images.lifecycle.heartbeat import beating
from images.lifecycle.locations import (
    DEFAULT_ALGORITHM,
    Place,
    Proof,
    attach,
    detach,
    find_data,
    measure,
)
from images.lifecycle.tasks import (
    asking,
    claim_task,
    fail,
    hold_image,
    is_ours,
    revive,
    succeed,
)
from images.lifecycle.transactions import release_connection
from images.models import Image, Location, Task
from images.signals import import_ended, import_starting, location_removed
from images.states import LocationStatus, Status
from stores.base import Reader
from stores.errors import BadAddress, StoreError
from stores.registry import get_store

HELD = (Status.IMPORTING, Status.ACTIVE, Status.DEACTIVATED)
LOOK_SECONDS = 2
"""How often hashing asks whether anybody still waits for it."""


def import_location(pk: str) -> None:
    """Do the location task *pk*, unless another worker has it, and end it one way or the other."""
    task = claim_task(pk)
    if task is None:
        return
    try:
        with beating(task):
            _import(task)
    except TaskLost:
        fail(task, "The image was deleted meanwhile.")
    except (ImageError, StoreError) as trouble:
        give_up(task, str(trouble))


def _import(task: Task) -> None:
    proof = _proof_of(task)
    location = _held_by(task) or _take(task, measure(_place_of(task)), proof)
    if not settings.DO_SECURE_HASH:
        return
    release_connection()
    algorithm = proof.algorithm if proof else DEFAULT_ALGORITHM
    with get_store(location.store).open(location.address) as reader:
        if reader.size != location.size:
            raise BadAddress("The data at the address changed meanwhile.")
        checksum, value = _hash(task, reader, algorithm)
    found = Proof(algorithm, value, checksum)
    if proof is None:
        _note(task, found)
    elif value == proof.value:
        _accept(task, found)
    else:
        give_up(task, f"The data hash to {value} by {algorithm}, not to what was said.")


def _proof_of(task: Task) -> Proof | None:
    told = task.input["validation_data"]
    return Proof.of(told["os_hash_algo"], told["os_hash_value"]) if told else None


def _place_of(task: Task) -> Place:
    actor = Actor(project=task.owner, is_vouched_for=task.input["is_service"])
    return find_data(task.image, task.input["loc_url"], actor=actor)


def _held_by(task: Task) -> Location | None:
    """Return the location that an earlier try of *task* left, since its worker died in the hash."""
    image = task.image
    if task.tries == 1 or image.status not in HELD or image.os_hash_value:
        return None
    return task.image.locations.active().first()


@transaction.atomic
def _take(task: Task, place: Place, proof: Proof | None) -> Location:
    """Write down where the data are; without a proof to wait for the image is active at once."""
    image = hold_image(task)
    if image.status != Status.QUEUED:
        raise WrongState(f"A location is added to a queued image; this one is {image.status}.")
    if not image.has_formats:
        raise MissingFormat("Disk format and container format must be set before data can come.")
    location = attach(image, place, actor=asking(task))
    if proof and settings.DO_SECURE_HASH:
        image.claim(Status.QUEUED, to=Status.IMPORTING, size=place.size)
        import_starting.send(Image, image=image)
        return location
    hashes: dict[str, Any] = {}
    if proof:
        hashes = {"os_hash_algo": proof.algorithm, "os_hash_value": proof.value}
    elif settings.DO_SECURE_HASH:
        hashes = {"os_hash_algo": DEFAULT_ALGORITHM}
    image.claim(Status.QUEUED, to=Status.ACTIVE, size=place.size, **hashes)
    record("image.activate", image, asking(task))
    if not settings.DO_SECURE_HASH:
        succeed(task)
    return location


def _hash(task: Task, reader: Reader, algorithm: str) -> tuple[str, str]:
    """Return md5 and hash of the data. Raises `TaskLost` when nobody waits for them any more."""
    checksum = hashlib.md5(usedforsecurity=False)
    digest = hashlib.new(algorithm, usedforsecurity=False)
    looked = time.monotonic()
    for chunk in reader.chunks(0, reader.size):
        checksum.update(chunk)
        digest.update(chunk)
        if time.monotonic() - looked > LOOK_SECONDS:
            looked = time.monotonic()
            demand_ours(task)
    return checksum.hexdigest(), digest.hexdigest()


def demand_ours(task: Task) -> None:
    """Raise `TaskLost` if the image is gone, or the task another worker's."""
    if not is_ours(task):
        raise TaskLost("The task lost its image, or was given to another worker.")
    release_connection()


@transaction.atomic
def _note(task: Task, found: Proof) -> None:
    """Keep the hashes of an image that is active already."""
    image = hold_image(task)
    Image.objects.filter(pk=image.pk).update(
        checksum=found.checksum,
        os_hash_algo=found.algorithm,
        os_hash_value=found.value,
        updated_at=timezone.now(),
    )
    image.refresh_from_db()
    record("image.update", image, asking(task), changed=["checksum", "os_hash_value"])
    succeed(task)


@transaction.atomic
def _accept(task: Task, found: Proof) -> None:
    """Show the image, whose data are what they were said to be."""
    image = hold_image(task)
    image.claim(
        Status.IMPORTING,
        to=Status.ACTIVE,
        checksum=found.checksum,
        os_hash_algo=found.algorithm,
        os_hash_value=found.value,
    )
    import_ended.send(Image, image=image)
    record("image.activate", image, asking(task))
    succeed(task)


@transaction.atomic
def give_up(task: Task, reason: str) -> None:
    """Undo what *task* began and end it for *reason*.

    An image that waited for its proof is queued again; a place on a web server stays named, without
    a size, and gives no data. One that is active stays so, without hashes.
    """
    try:
        image = hold_image(task)
    except TaskLost:
        fail(task, reason)
        return
    if image.status == Status.IMPORTING:
        _unbind(image)
        image.claim(Status.IMPORTING, to=Status.QUEUED, size=None)
        import_ended.send(Image, image=image)
        record("image.update", image, asking(task), changed=["status"])
    elif image.status in HELD and image.os_hash_value is None:
        Image.objects.filter(pk=image.pk).update(os_hash_algo=None)
    fail(task, reason)


def revive_imports() -> None:
    """Let other workers try what dead ones left; what is given up leaves its image as it was."""
    revive(Task.objects.all().on_wire(), give_up=give_up)


def _unbind(image: Image) -> None:
    for location in image.locations.filter(status=LocationStatus.ACTIVE):
        if location.url:
            location_removed.send(Image, image=image, location=location)
            Location.objects.filter(pk=location.pk).update(size=None)
        else:
            detach(image, location)
