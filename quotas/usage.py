"""What a project uses of its limits, in the Image API's names and units."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q, Sum

from images.actors import Actor
from images.errors import Forbidden
from images.models import Image
from images.states import Status
from quotas.limits import UNLIMITED, limit_of
from quotas.models import Resource, Usage

MIB = 1 << 20
STAGED = (Status.UPLOADING, Status.IMPORTING)
UPLOADING = (Status.SAVING, *STAGED)


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
    most_bytes = limit_of(actor.project, Resource.IMAGE_SIZE_TOTAL)
    most_images = limit_of(actor.project, Resource.IMAGE_COUNT_TOTAL)
    if most_bytes == most_images == UNLIMITED:
        return {}
    row = Usage.objects.filter(pk=actor.project).first() or Usage(project=actor.project)
    staged, count = _under_way(actor.project)
    return {
        Resource.IMAGE_SIZE_TOTAL: Use(row.used // MIB, _mebibytes(most_bytes)),
        Resource.IMAGE_COUNT_TOTAL: Use(row.images, most_images),
        "image_stage_total": Use(staged // MIB, UNLIMITED),
        "image_count_uploading": Use(count, UNLIMITED),
    }


def _mebibytes(limit: int) -> int:
    return UNLIMITED if limit == UNLIMITED else limit // MIB


def _under_way(project: str) -> tuple[int, int]:
    """Return the bytes of staged images, and how many images wait for their bytes to be kept."""
    images = Image.objects.filter(owner=project, status__in=UPLOADING)
    found = images.aggregate(
        staged=Sum("size", filter=Q(status__in=STAGED), default=0), count=Count("pk")
    )
    return found["staged"], found["count"]
