"""What a project may have: the limits in force, and how they are set."""

from __future__ import annotations

from django.conf import settings

from quotas.models import Limit, Resource

UNLIMITED = -1


def limit_of(project: str, resource: Resource) -> int:
    """Return the limit in force for *project*: bytes or a count, `UNLIMITED` for none."""
    own = Limit.objects.filter(project=project, resource=resource).first()
    return own.value if own else int(settings.QUOTA_DEFAULTS[resource])


def set_limit(project: str, resource: Resource, value: int) -> None:
    """Give *project* a limit of its own; what it has already stays, also beyond it."""
    Limit.objects.update_or_create(project=project, resource=resource, defaults={"value": value})
