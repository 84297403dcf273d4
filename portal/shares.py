"""What other projects share with one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from images.models import Member
from images.states import Status, Visibility

if TYPE_CHECKING:
    from django.db.models import QuerySet


def shares_with(project: str | None) -> QuerySet[Member]:
    """Return the shares that *project* sees, with their images; the newest first.

    Those of an image that is no longer shared, or is gone, wait unseen, as in the Image API.
    """
    return (
        Member.objects.filter(project=project, image__visibility=Visibility.SHARED)
        .exclude(image__status=Status.DELETED)
        .select_related("image")
        .order_by("-created_at", "-pk")
    )
