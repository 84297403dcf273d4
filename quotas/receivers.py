"""What quotas answer to the announcements of images: one line of ledger each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.dispatch import receiver

from images.signals import (
    image_creating,
    image_deleted,
    image_moved,
    upload_abandoned,
    upload_finishing,
    upload_growing,
    upload_starting,
)
from quotas import ledger

if TYPE_CHECKING:
    from images.models import Image, Location


@receiver(image_creating, dispatch_uid="quotas.admit_image")
def admit_image(sender: type[Image], *, image: Image, **kwargs: object) -> None:  # noqa: ARG001 -- a receiver's shape
    """Count the image, or refuse it."""
    ledger.count_image(image.owner or "")


@receiver(upload_starting, dispatch_uid="quotas.admit_upload")
def admit_upload(
    sender: type[Image],  # noqa: ARG001 -- a receiver's shape
    *,
    image: Image,
    attempt: Location,
    size: int | None,
    **kwargs: object,  # noqa: ARG001 -- a receiver's shape
) -> int | None:
    """Reserve the declared size, or admit an unknown one."""
    return ledger.reserve(image.owner or "", attempt.pk, size)


@receiver(upload_growing, dispatch_uid="quotas.grow_upload")
def grow_upload(
    sender: type[Image],  # noqa: ARG001 -- a receiver's shape
    *,
    image: Image,
    attempt: Location,
    size: int,
    **kwargs: object,  # noqa: ARG001 -- a receiver's shape
) -> int | None:
    """Reserve the next slice."""
    return ledger.grow(image.owner or "", attempt.pk, size)


@receiver(upload_finishing, dispatch_uid="quotas.settle_upload")
def settle_upload(
    sender: type[Image],  # noqa: ARG001 -- a receiver's shape
    *,
    image: Image,
    attempt: Location,
    size: int,
    **kwargs: object,  # noqa: ARG001 -- a receiver's shape
) -> None:
    """Turn the reservation into use."""
    ledger.settle(image.owner or "", attempt.pk, size)


@receiver(upload_abandoned, dispatch_uid="quotas.release_upload")
def release_upload(sender: type[Image], *, attempt: Location, **kwargs: object) -> None:  # noqa: ARG001 -- a receiver's shape
    """Give the reservation back."""
    ledger.release(attempt.pk)


@receiver(image_deleted, dispatch_uid="quotas.forget_image")
def forget_image(sender: type[Image], *, image: Image, size: int, **kwargs: object) -> None:  # noqa: ARG001 -- a receiver's shape
    """Take the image off the bill."""
    ledger.forget_image(image.owner or "", size)


@receiver(image_moved, dispatch_uid="quotas.move_image")
def move_image(
    sender: type[Image],  # noqa: ARG001 -- a receiver's shape
    *,
    image: Image,
    previous_owner: str | None,
    size: int,
    **kwargs: object,  # noqa: ARG001 -- a receiver's shape
) -> None:
    """Move the bill with the image."""
    ledger.move_image(previous_owner or "", image.owner or "", size)
