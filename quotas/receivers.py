"""What quotas answer to the announcements of images: one line of ledger each.

An image of nobody is billed to the project of the empty name.
"""

from __future__ import annotations

from django.dispatch import receiver

from images.models import Image, Location
from images.signals import (
    image_creating,
    image_deleted,
    image_moving,
    import_ended,
    import_starting,
    location_adding,
    location_removed,
    upload_abandoned,
    upload_finishing,
    upload_growing,
    upload_landing,
    upload_starting,
)
from images.states import LocationStatus
from quotas import ledger
from quotas.account import Lot, Origin, Weight
from quotas.rows import IMPORTING


@receiver(image_creating, dispatch_uid="quotas.admit_image")
def admit_image(sender: type[Image], *, image: Image, **kwargs: object) -> None:
    """Count the image, or refuse it."""
    ledger.count_image(image.owner or "")


@receiver(upload_starting, dispatch_uid="quotas.admit_upload")
def admit_upload(
    sender: type[Image], *, image: Image, attempt: Location, **kwargs: object
) -> int | None:
    """Hold the declared size, or admit an unknown one."""
    is_declared = attempt.size is not None
    return ledger.reserve(image.owner or "", _held_by(attempt), is_declared=is_declared)


@receiver(upload_growing, dispatch_uid="quotas.grow_upload")
def grow_upload(
    sender: type[Image], *, image: Image, attempt: Location, size: int, **kwargs: object
) -> int | None:
    """Hold the next slice."""
    return ledger.grow(image.owner or "", _held_by(attempt), size)


@receiver(upload_finishing, dispatch_uid="quotas.settle_upload")
def settle_upload(
    sender: type[Image], *, image: Image, attempt: Location, size: int, **kwargs: object
) -> None:
    """Turn what is held into use."""
    ledger.settle(image.owner or "", _held_by(attempt), size)


@receiver(upload_landing, dispatch_uid="quotas.land_upload")
def land_upload(
    sender: type[Image], *, image: Image, attempt: Location, size: int, **kwargs: object
) -> None:
    """Bill bytes for which nothing was held."""
    ledger.land(image.owner or "", Lot(size, _origin_of(attempt)))


@receiver(upload_abandoned, dispatch_uid="quotas.release_upload")
def release_upload(
    sender: type[Image], *, image: Image, attempt: Location, **kwargs: object
) -> None:
    """Give back what is held."""
    ledger.release(image.owner or "", _held_by(attempt))


@receiver(location_adding, dispatch_uid="quotas.take_bytes")
def take_bytes(
    sender: type[Image], *, image: Image, location: Location, size: int, **kwargs: object
) -> None:
    """Bill bytes that lie in a store already."""
    ledger.take(image.owner or "", Lot(size, _origin_of(location)))


@receiver(location_removed, dispatch_uid="quotas.forget_bytes")
def forget_bytes(
    sender: type[Image], *, image: Image, location: Location, **kwargs: object
) -> None:
    """Take one of the copies off the bill."""
    ledger.forget_bytes(image.owner or "", _lots(pk=location.pk))


@receiver(import_starting, dispatch_uid="quotas.begin_import")
def begin_import(sender: type[Image], *, image: Image, **kwargs: object) -> None:
    """Count one more under way, or refuse it."""
    ledger.begin_import(image.owner or "")


@receiver(import_ended, dispatch_uid="quotas.end_import")
def end_import(sender: type[Image], *, image: Image, **kwargs: object) -> None:
    """Count it no longer."""
    ledger.end_import(image.owner or "")


@receiver(image_deleted, dispatch_uid="quotas.forget_image")
def forget_image(sender: type[Image], *, image: Image, **kwargs: object) -> None:
    """Take the image off the bill."""
    ledger.forget_image(image.owner or "", _lots(image=image, status=LocationStatus.ACTIVE))


@receiver(image_moving, dispatch_uid="quotas.move_image")
def move_image(sender: type[Image], *, image: Image, owner: str | None, **kwargs: object) -> None:
    """Move the bill, with what uploads under way hold of it."""
    lots = _lots(image=image, status=LocationStatus.ACTIVE)
    held = [_held_by(attempt) for attempt in image.attempts()]
    weight = Weight(lots, held, imports=int(image.status in IMPORTING))
    ledger.move_image(image.owner or "", owner or "", weight)


def _held_by(attempt: Location) -> Lot:
    """Return the declared bytes, or the slices that were granted until now."""
    size = attempt.allowance or 0 if attempt.size is None else attempt.size
    return Lot(size, _origin_of(attempt))


def _origin_of(location: Location) -> Origin:
    return Origin(location.store, location.uploader)


def _lots(**which: object) -> list[Lot]:
    """Return the bytes of those locations, as the rows have them: not every caller has it all."""
    rows = Location.objects.filter(**which).values_list("size", "store", "uploader")
    return [Lot(size or 0, Origin(store, user)) for size, store, user in rows]
