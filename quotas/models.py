"""What a project may have, has, and is about to have."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Resource(models.TextChoices):
    """What is limited, by the names of the Image API's unified limits."""

    IMAGE_SIZE_TOTAL = "image_size_total", _("bytes of images")
    IMAGE_COUNT_TOTAL = "image_count_total", _("number of images")


class Limit(models.Model):
    """A limit of one project that differs from the default; bytes or a count, -1 is none.

    *soft* is where the project's managers are warned; null: at `QUOTA_SOFT_PERCENT` of the limit.
    """

    project = models.CharField(_("project"), max_length=255)
    resource = models.CharField(_("resource"), max_length=32, choices=Resource)
    value = models.BigIntegerField(_("limit"))
    soft = models.BigIntegerField(_("soft line"), null=True, blank=True)

    class Meta:
        """A project has one limit of a kind."""

        verbose_name = _("limit")
        verbose_name_plural = _("limits")
        constraints = [
            models.UniqueConstraint(fields=["project", "resource"], name="limit_once_per_project"),
            models.CheckConstraint(condition=Q(value__gte=-1), name="limit_or_none"),
            models.CheckConstraint(
                condition=Q(soft=None) | Q(soft__gte=0, soft__lte=F("value")),
                name="limit_soft_within",
            ),
        ]

    def __str__(self) -> str:
        """Return project, resource and value."""
        return f"{self.project}: {self.resource} {self.value}"


class Usage(models.Model):
    """What one project has, in bytes and images; its row is the lock of the ledger."""

    project = models.CharField(_("project"), max_length=255, primary_key=True)
    used = models.BigIntegerField(_("bytes stored"), default=0)
    reserved = models.BigIntegerField(_("bytes reserved"), default=0)
    images = models.IntegerField(_("images"), default=0)

    class Meta:
        """Nothing is ever below zero."""

        verbose_name = _("usage")
        verbose_name_plural = _("usages")
        constraints = [
            models.CheckConstraint(
                condition=Q(used__gte=0, reserved__gte=0, images__gte=0), name="usage_positive"
            ),
        ]

    def __str__(self) -> str:
        """Return the project's id."""
        return self.project


class Reservation(models.Model):
    """Bytes held for one upload under way, by the id of its attempt."""

    attempt = models.UUIDField(_("attempt"), primary_key=True, default=uuid.uuid4)
    usage = models.ForeignKey(Usage, models.CASCADE, related_name="reservations")
    size = models.BigIntegerField(_("bytes"))

    class Meta:
        """Held bytes are never negative."""

        verbose_name = _("reservation")
        verbose_name_plural = _("reservations")
        constraints = [
            models.CheckConstraint(condition=Q(size__gte=0), name="reservation_positive"),
        ]

    def __str__(self) -> str:
        """Return the attempt."""
        return str(self.attempt)
