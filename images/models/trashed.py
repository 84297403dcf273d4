"""The trash: what lies beside a deleted image as long as it can be brought back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Q
from django.db.models.functions import Now
from django.db.models.sql.compiler import SQLCompiler
from django.utils.translation import gettext_lazy as _

from images.actors import READER, Actor
from images.models.permission import granted_to
from images.states import Status

PAUSE = timedelta(minutes=10)
"""How long the reaper leaves alone what it could not remove."""


class Moment(Now):
    """The database's time, in SQLite as finely as Python writes one: both are compared as text."""

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> tuple[str, tuple[str | int, ...]]:
        """Return six digits, never all zero, for Python would leave those out."""
        template = "STRFTIME('%%%%Y-%%%%m-%%%%d %%%%H:%%%%M:%%%%f001', 'NOW')"
        return self.as_sql(compiler, connection, template=template, **context)


class TrashedQuerySet(models.QuerySet["Trashed"]):
    """What lies in the trash, found by who asks and by its days."""

    def visible_to(self, actor: Actor) -> Self:
        """What *actor* may see there; `images.permissions.can_see_in_trash` agrees."""
        if actor.sees_all:
            return self
        if not actor.has_role(READER):
            return self.none()
        return self.filter(Q(owner=actor.project) | Q(pk__in=granted_to(actor, "delete_image")))

    def due(self) -> Self:
        """What has lain there for its days, by the database's clock."""
        return self.filter(trashed_at__lte=Now() - timedelta(days=settings.TRASH_DAYS))

    def untried(self) -> Self:
        """Leave out what the reaper tried to remove a short while ago."""
        return self.filter(Q(tried_at=None) | Q(tried_at__lte=Now() - PAUSE))

    def in_order(self, *, backwards: bool = False) -> Self:
        """The newest first."""
        sign = "" if backwards else "-"
        return self.order_by(f"{sign}trashed_at", f"{sign}pk")

    def beyond(self, border: Trashed, *, backwards: bool = False) -> Self:
        """What comes after *border* in that order."""
        way = "gt" if backwards else "lt"
        later = Q(**{f"trashed_at__{way}": border.trashed_at})
        same = Q(trashed_at=border.trashed_at, **{f"pk__{way}": border.pk})
        return self.filter(later | same)


class Trashed(models.Model):
    """One image in the trash: it is deleted for everybody, yet keeps its parts and its bytes.

    *status* is what it was, *owner* whose it is (which does not change there), *user* who put it
    there, by public id. *trashed_at* and *tried_at*, when the reaper could last not remove it, are
    database time. When the row goes, the image is back, or gone for good.
    """

    image = models.OneToOneField("images.Image", models.CASCADE, primary_key=True)
    owner = models.CharField(_("owner"), max_length=255, null=True)  # noqa: DJ001 -- as the image's
    status = models.CharField(_("status"), max_length=16, choices=Status)
    user = models.CharField(_("moved by"), max_length=255, blank=True)
    trashed_at = models.DateTimeField(_("in the trash since"), db_default=Moment())
    tried_at = models.DateTimeField(_("could not be removed"), null=True)

    objects = TrashedQuerySet.as_manager()

    class Meta:
        """Read by its owner, and by its age."""

        verbose_name = _("image in the trash")
        verbose_name_plural = _("trash")
        indexes = [
            models.Index(fields=["owner", "-trashed_at", "-image"], name="trashed_own_newest"),
            models.Index(fields=["-trashed_at", "-image"], name="trashed_newest"),
        ]

    def __str__(self) -> str:
        """Return the image's name, or its id."""
        return str(self.image)

    @property
    def ends_at(self) -> datetime:
        """Return when its days are over."""
        return self.trashed_at + timedelta(days=settings.TRASH_DAYS)
