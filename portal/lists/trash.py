"""The trash as a page shows it: one page by keyset, who moved what there, how long it stays."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from images.errors import NotVisible
from images.lifecycle.trash import find_in_trash, trash_for
from images.models import Trashed
from images.models.permission import granted_to
from images.permissions import is_allowed
from portal.lists.keyset import Page
from portal.names import project_names, user_names
from portal.undo import Undo, offer_undo

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.http import HttpRequest, QueryDict

    from images.actors import Actor
    from images.models import Image
    from images.models.trashed import TrashedQuerySet

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Row:
    """One image in the trash, and whether who looks may restore it or delete it."""

    trashed: Trashed
    is_mine: bool

    @property
    def image(self) -> Image:
        """Return the image."""
        return self.trashed.image

    @property
    def days_left(self) -> str:
        """Return how long it stays, in words."""
        left = self.trashed.ends_at - timezone.now()
        if left <= timedelta():
            return _("still in use; tried again") if self.trashed.tried_at else _("removed soon")
        days = -(-left // DAY)
        return ngettext("%(count)d day", "%(count)d days", days) % {"count": days}


class Listing:
    """One page of the trash: the project's, or of all for who sees all and asks for that.

    *before* or *after* the id of a marker; when that is gone from there, the first page.
    """

    def __init__(self, query: QueryDict, actor: Actor) -> None:
        self.whose = str(query.get("project", "")) if actor.sees_all else ""
        self.shows_all = bool(query.get("all")) and actor.sees_all
        found = trash_for(actor)
        if actor.sees_all and not self.shows_all:
            found = found.filter(owner=self.whose or actor.project)
        marker = _marker(actor, query.get("before") or query.get("after"))
        self.page = _page(found, marker, backwards=marker is not None and "before" in query)
        trashed = self.page.rows
        self.rows = [Row(one, is_mine) for one, is_mine in _judged(trashed, actor)]
        owners = [self.whose, *(one.owner for one in trashed)]
        self.names = project_names(owners) | user_names(one.user for one in trashed)

    @property
    def whose_name(self) -> str:
        """Return the name of the one project whose trash was asked for."""
        return self.names.get(self.whose, self.whose)

    @property
    def can_act(self) -> bool:
        """Is there anything that who looks may restore or delete?"""
        return any(row.is_mine for row in self.rows)


def _marker(actor: Actor, pk: str | None) -> Trashed | None:
    if pk:
        with suppress(NotVisible):
            return find_in_trash(pk, actor=actor)
    return None


def _page(found: TrashedQuerySet, marker: Trashed | None, *, backwards: bool) -> Page[Trashed]:
    found = found.in_order(backwards=backwards)
    if marker:
        found = found.beyond(marker, backwards=backwards)
    return Page(found, has_marker=marker is not None, backwards=backwards)


def _judged(page: list[Trashed], actor: Actor) -> Iterator[tuple[Trashed, bool]]:
    """Yield each of *page*, and whether *actor* may act on it; grants take one query in all."""
    by_role = actor.without_grants()
    held = Trashed.objects.filter(pk__in=[one.pk for one in page]).filter(
        pk__in=granted_to(actor, "delete_image")
    )
    granted = set(held.values_list("pk", flat=True)) if page else set()
    for one in page:
        asking = actor if one.pk in granted else by_role
        yield one, is_allowed(asking, "delete", one.image)


def offer_restore(request: HttpRequest, image: Image, *, page: str) -> None:
    """Say on the next view of *page* that *image* is in the trash, with a button to restore it."""
    day = formats.date_format(timezone.now() + timedelta(days=settings.TRASH_DAYS), "DATE_FORMAT")
    text = _("Moved to the trash: %(image)s. It can be restored there until %(day)s.")
    back = reverse("image", args=[image.pk])
    offer_undo(request, page, undo_trash([image], text % {"image": image, "day": day}, page=back))


def undo_trash(images: Iterable[Image], text: str, *, page: str) -> Undo:
    """Return the form that brings *images* back from the trash, and leads to *page*."""
    fields = [("image", str(image.pk)) for image in images]
    return Undo(text, reverse("trash-restore"), [*fields, ("next", page)])
