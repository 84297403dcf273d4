"""What other projects share with one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from images.models import Member
from images.states import MemberStatus, Status, Visibility

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet
    from django.utils.functional import _StrPromise

SECTIONS = {
    MemberStatus.PENDING: _("To answer"),
    MemberStatus.ACCEPTED: _("Accepted"),
    MemberStatus.REJECTED: _("Rejected"),
}
"""What the inbox calls shares of each answer, in its order."""


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


def by_answer(shares: Iterable[Member]) -> list[tuple[_StrPromise, list[Member]]]:
    """Return *shares* under the titles of the inbox; a title without any is left out."""
    found: dict[str, list[Member]] = {status: [] for status in SECTIONS}
    for share in shares:
        found[share.status].append(share)
    return [(title, found[status]) for status, title in SECTIONS.items() if found[status]]
