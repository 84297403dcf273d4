"""Who hears that a project comes near to a limit: its managers, by mail, once a day at most."""

from __future__ import annotations

from datetime import timedelta

from django.dispatch import receiver
from django.utils import timezone

from images.models import Event
from portal.identity.people.finding import managers_of
from portal.identity.post import post
from quotas.models import Usage
from quotas.signals import soft_line_passed

PAUSE = timedelta(days=1)  # between two mails about one line, however often it is passed


@receiver(soft_line_passed, dispatch_uid="identity.warn_managers")
def warn_managers(sender: type[Usage], *, project: str, resource: str, **kwargs: object) -> None:
    """Let a mail be written to each manager, unless one was today."""
    if not _was_told_before(project, resource):
        for manager in managers_of(project):
            post(
                "portal.identity.mails.send_soft_line", f"{project}/{resource}/{manager.public_id}"
            )


def _was_told_before(project: str, resource: str) -> bool:
    """Is there an event of this kind besides the one that was written just now?"""
    told = Event.objects.filter(kind="quota.soft_line", project=project)
    lately = told.filter(created_at__gt=timezone.now() - PAUSE)
    return lately.filter(payload__resource=str(resource)).count() > 1
