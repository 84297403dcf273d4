"""What a project may have: the limits in force, and how they are set."""

from __future__ import annotations

from functools import cache

from django.conf import settings

from images.prepared import Prepared, Slot
from quotas.models import Limit, Resource

UNLIMITED = -1


def limit_of(project: str, resource: Resource) -> int:
    """Return the limit in force for *project*: bytes or a count, `UNLIMITED` for none."""
    for own in _limits().ask(project=project, resource=resource):
        return own.value
    return int(settings.QUOTA_DEFAULTS[resource])


@cache
def _limits() -> Prepared[Limit]:
    of_project = Limit.objects.filter(project=Slot("project"), resource=Slot("resource"))
    return Prepared(of_project.order_by())


def set_limit(project: str, resource: Resource, value: int) -> None:
    """Give *project* a limit of its own; what it has already stays, also beyond it."""
    Limit.objects.update_or_create(project=project, resource=resource, defaults={"value": value})
