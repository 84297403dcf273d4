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
    location_removed,
    upload_abandoned,
    upload_finishing,
    upload_growing,
    upload_starting,
)
from quotas import ledger


@receiver(image_creating, dispatch_uid="quotas.admit_image")
def admit_image(sender: type[Image], *, image: Image, **kwargs: object) -> None:
    """Count the image, or refuse it."""
    ledger.count_image(image.owner or "")


@receiver(upload_starting, dispatch_uid="quotas.admit_upload")
def admit_upload(
    sender: type[Image], *, image: Image, attempt: Location, size: int | None, **kwargs: object
) -> int | None:
    """Reserve the declared size, or admit an unknown one."""
    return ledger.reserve(image.owner or "", attempt.pk, size)


@receiver(upload_growing, dispatch_uid="quotas.grow_upload")
def grow_upload(
    sender: type[Image], *, image: Image, attempt: Location, size: int, **kwargs: object
) -> int | None:
    """Reserve the next slice."""
    return ledger.grow(image.owner or "", attempt.pk, size)


@receiver(upload_finishing, dispatch_uid="quotas.settle_upload")
def settle_upload(
    sender: type[Image], *, image: Image, attempt: Location, size: int, **kwargs: object
) -> None:
    """Turn the reservation into use."""
    ledger.settle(image.owner or "", attempt.pk, size)


@receiver(upload_abandoned, dispatch_uid="quotas.release_upload")
def release_upload(
    sender: type[Image], *, image: Image, attempt: Location, **kwargs: object
) -> None:
    """Give the reservation back."""
    ledger.release(image.owner or "", attempt.pk)


@receiver(image_deleted, dispatch_uid="quotas.forget_image")
def forget_image(sender: type[Image], *, image: Image, size: int, **kwargs: object) -> None:
    """Take the image off the bill."""
    ledger.forget_image(image.owner or "", size)


@receiver(location_removed, dispatch_uid="quotas.forget_bytes")
def forget_bytes(sender: type[Image], *, image: Image, size: int, **kwargs: object) -> None:
    """Take one of the copies off the bill."""
    ledger.forget_bytes(image.owner or "", size)


@receiver(image_moving, dispatch_uid="quotas.move_image")
def move_image(sender: type[Image], *, image: Image, owner: str | None, **kwargs: object) -> None:
    """Move the bill, with what uploads under way hold of it."""
    attempts = [attempt.pk for attempt in image.attempts()]
    ledger.move_image(image.owner or "", owner or "", size=image.stored_size, attempts=attempts)
