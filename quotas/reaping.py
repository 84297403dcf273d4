"""What quotas do when the reaper has been round."""

from __future__ import annotations

from django.dispatch import receiver

from images.models import Image
from images.signals import reaped
from quotas.history import forget_old, keep_today


@receiver(reaped, dispatch_uid="quotas.keep_today")
def keep_points(sender: type[Image], **kwargs: object) -> None:
    """Write today's points of all projects, and forget those that no plot shows."""
    keep_today()
    forget_old()
