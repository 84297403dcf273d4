"""What a project uses of its limits, in the Image API's names and units."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Sum

from images.actors import Actor
from images.errors import Forbidden
from images.models import Image
from quotas.limits import UNLIMITED, limit_of
from quotas.models import Resource, Usage
from quotas.rows import IMPORTING

MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Use:
    """What is used of *limit*, which is -1 for none; MiB or a count."""

    usage: int
    limit: int


def usage_for(actor: Actor) -> dict[str, Use]:
    """Return what the project in which *actor* acts uses, by the four names of unified limits.

    Nothing at all for a project without any limit, as the API says it. Raises `Forbidden`
    without a project.
    """
    if actor.project is None:
        raise Forbidden("Usage is that of a project: use a token for one.")
    limits = {resource: limit_of(actor.project, resource) for resource in Resource}
    if {*limits.values()} == {UNLIMITED}:
        return {}
    row = Usage.objects.filter(pk=actor.project).first() or Usage(project=actor.project)
    used = {
        Resource.IMAGE_SIZE_TOTAL: row.used,
        Resource.IMAGE_COUNT_TOTAL: row.images,
        Resource.IMAGE_STAGE_TOTAL: staged_bytes(actor.project),
        Resource.IMAGE_COUNT_UPLOADING: row.uploads,
    }
    return {name: Use(*_as_told(name, used[name], limits[name])) for name in Resource}


def _as_told(resource: Resource, used: int, limit: int) -> tuple[int, int]:
    """Return both in the API's unit."""
    if not resource.is_bytes:
        return used, limit
    return used // MIB, limit if limit == UNLIMITED else limit // MIB


def staged_bytes(project: str) -> int:
    """Return the bytes of images that wait for a store to take them."""
    images = Image.objects.filter(owner=project, status__in=IMPORTING)
    staged: int = images.aggregate(staged=Sum("size", default=0))["staged"]
    return staged
