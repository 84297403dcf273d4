"""What identity does when the reaper has been round."""

from __future__ import annotations

from django.dispatch import receiver

from images.models import Image
from images.signals import reaped
from portal.identity.ends import warn_of_ends
from portal.identity.expiry import clear_expired


@receiver(reaped, dispatch_uid="identity.clear_expired")
def clear_what_has_run_out(sender: type[Image], **kwargs: object) -> None:
    """Clear tokens, links and sessions that nobody can use any more."""
    clear_expired()


@receiver(reaped, dispatch_uid="identity.warn_of_ends")
def warn_before_ends(sender: type[Image], **kwargs: object) -> None:
    """Tell whose credentials end soon."""
    warn_of_ends()
