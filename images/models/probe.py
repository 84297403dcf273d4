"""Objects of a moment, by which a store is tried: one row for each, there before its first byte."""

from __future__ import annotations

from datetime import timedelta
from typing import Self

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

PATIENCE = timedelta(minutes=10)
"""No trial of a store takes so long, and what is left of one is tried again no sooner."""


class ProbeQuerySet(models.QuerySet["Probe"]):
    """Probes by their age."""

    def left(self) -> Self:
        """Objects that whoever wrote them no longer removes, and nobody has just tried to."""
        return self.filter(tried_at__lte=Now() - PATIENCE)


class Probe(models.Model):
    """One object of no image in one store; *tried_at*, database time, is when it was begun.

    It is also when the reaper last tried to remove it.
    """

    key = models.CharField(_("key"), max_length=80, primary_key=True)
    store = models.CharField(_("store"), max_length=64)
    tried_at = models.DateTimeField(_("tried"), db_default=Now())

    objects = ProbeQuerySet.as_manager()

    class Meta:
        verbose_name = _("probe")
        verbose_name_plural = _("probes")

    def __str__(self) -> str:
        """Return store and key."""
        return f"{self.store}:{self.key}"
