"""The trash: images go in, come out as they were, or go for good, by a person or when it is time.

What lies there is deleted for everybody, and counts for its owner until it is gone. Whoever may
delete an image may do all three; the row of the image is the lock.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from functools import partial

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from images.actors import NOBODY, Actor
from images.errors import ImageError, NotVisible, WrongState
from images.events import record, status_change
from images.ids import read_id
from images.lifecycle.images import bury, delete_image, lock, refuse_in_use, refuse_protected
from images.lifecycle.transactions import retried
from images.models import Image, Trashed
from images.models.finding import find_locked
from images.models.trashed import TrashedQuerySet
from images.permissions import demand_in_trash, permit, permit_in_trash
from images.prepared import save_fields
from images.states import IN_TRASH, Status
from stores.errors import StoreDown, StoreError

logger = logging.getLogger(__name__)

KEPT = (Status.QUEUED, Status.ACTIVE, Status.DEACTIVATED)
"""What can be brought back as it was; data that are coming in have no other half to wait for."""
BATCH = 50
"""Images that one round of the reaper removes, so that nothing else waits long."""


def goes_to_trash(image: Image) -> bool:
    """Is there a trash, and can *image* be brought back from it as it is now?"""
    return bool(settings.TRASH_DAYS) and image.status in KEPT


def discard_image(image: Image, *, actor: Actor) -> None:
    """Move *image* to the trash, or delete at once what could not be brought back from there.

    Raises `Protected`, and `InUse` of what is deleted at once.
    """
    if not (settings.TRASH_DAYS and _move(image, actor)):
        delete_image(image, actor=actor)


def trash_image(image: Image, *, actor: Actor) -> None:
    """Move *image* to the trash; nothing is ever deleted at once.

    Raises `Protected`, and `WrongState` for data that are coming in.
    """
    if not (settings.TRASH_DAYS and _move(image, actor)):
        raise WrongState(f"What is {image.current_status()} cannot be moved to the trash.")


@retried
@transaction.atomic
def _move(image: Image, actor: Actor) -> bool:
    """Move *image* to the trash; False for one that cannot come back as it is."""
    image = lock(image)
    permit(actor, "delete", image)
    refuse_protected(image)
    if image.status not in KEPT:
        return False
    was = Status(image.status)
    image.claim(*KEPT, to=Status.DELETED, deleted_at=timezone.now())
    Trashed.objects.create(image=image, owner=image.owner, status=was, user=actor.user)
    record("image.trash", image, actor, status=IN_TRASH, **status_change(was, IN_TRASH))
    return True


@retried
@transaction.atomic
def restore_image(image: Image, *, actor: Actor) -> None:
    """Bring *image* back from the trash as it was, with its shares, grants, tags and links.

    It counted all the time, and so fits. A task that hashed its data lost it meanwhile: then it is
    without hashes. Raises `NotVisible` for what is not there any more, and `Forbidden`.
    """
    trashed = _lock(image.pk)
    image = trashed.image
    permit_in_trash(actor, image)
    back = {} if image.os_hash_value else {"os_hash_algo": None}
    image.claim(Status.DELETED, to=Status(trashed.status), deleted_at=None, **back)
    Trashed.objects.filter(pk=image.pk).delete()
    record("image.restore", image, actor, **status_change(IN_TRASH, image.status))


def purge_image(image: Image, *, actor: Actor) -> None:
    """Delete for good *image*, which lies in the trash; its bytes go once that is committed.

    Raises `NotVisible` for what is not there any more, `Forbidden`, `InUse`.
    """
    permit_in_trash(actor, image)
    refuse_in_use(image)
    _purge(image.pk, actor, partial(_permit, actor))


def purge_due() -> int:
    """Delete for good what has lain in the trash for its days; return how many images that were.

    Each is one transaction, so that a round that dies has done what it has done. What a clone
    depends on, or a store does not tell, stays and is tried again later; two reapers never try one
    at a time. A store that does not answer is not asked for more in this round.
    """
    due = Trashed.objects.due().untried().order_by("trashed_at")
    silent: set[str] = set()
    purged = 0
    for trashed in due.select_related("image")[:BATCH]:
        stores = set(trashed.image.locations.active().values_list("store", flat=True))
        if silent.isdisjoint(stores):
            purged += _purge_due(trashed, stores, silent)
    return purged


def _purge_due(trashed: Trashed, stores: set[str], silent: set[str]) -> bool:
    """Purge *trashed*, whose data lie in *stores*; those are *silent* if one does not answer."""
    mine = Trashed.objects.due().untried().filter(pk=trashed.pk)
    if not mine.update(tried_at=Now()):
        return False
    try:
        refuse_in_use(trashed.image)
        _purge(trashed.pk, NOBODY, _demand_due)
    except (ImageError, StoreError) as refusal:
        logger.info("Image %s stays in the trash: %s", trashed.pk, refusal)
        if isinstance(refusal, StoreDown):
            silent |= stores
        return False
    return True


@retried
@transaction.atomic
def _purge(pk: uuid.UUID, actor: Actor, demand: Callable[[Trashed], None]) -> None:
    """Delete for good what lies in the trash if *demand* lets it, now that it is locked."""
    trashed = _lock(pk)
    demand(trashed)
    image = trashed.image
    Trashed.objects.filter(pk=pk).delete()
    image.deleted_at = timezone.now()
    save_fields(image, "deleted_at")
    bury(image, actor, was=IN_TRASH)


def _permit(actor: Actor, trashed: Trashed) -> None:
    permit_in_trash(actor, trashed.image)


def _demand_due(trashed: Trashed) -> None:
    """Raise `WrongState` for what was restored and moved there again meanwhile."""
    if not Trashed.objects.due().filter(pk=trashed.pk).exists():
        raise WrongState("Its days are not over.")


def _lock(pk: uuid.UUID) -> Trashed:
    """Return what lies in the trash under that id, with its image, whose row is locked.

    Raises `NotVisible`: another was faster.
    """
    image = find_locked(pk)
    for trashed in Trashed.objects.filter(pk=pk):
        trashed.image = image
        return trashed
    raise NotVisible(f"No image found with ID {pk} in the trash.")


def trash_for(actor: Actor) -> TrashedQuerySet:
    """Return what *actor* may see of the trash, with its images."""
    return Trashed.objects.visible_to(actor).select_related("image")


def find_in_trash(pk: str | uuid.UUID, *, actor: Actor) -> Trashed:
    """Return what lies in the trash under that id. Raises `NotVisible`."""
    try:
        identity = read_id(str(pk))
    except ValueError:
        identity = None
    for trashed in Trashed.objects.filter(pk=identity).select_related("image"):
        demand_in_trash(actor, trashed.image)
        return trashed
    raise NotVisible(f"No image found with ID {pk} in the trash.")
