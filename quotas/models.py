"""What a project may have, has, and is about to have."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Resource(models.TextChoices):
    """What is limited, by the names of the Image API's unified limits."""

    IMAGE_SIZE_TOTAL = "image_size_total", _("bytes of images")
    IMAGE_COUNT_TOTAL = "image_count_total", _("number of images")
    IMAGE_STAGE_TOTAL = "image_stage_total", _("bytes staged")
    IMAGE_COUNT_UPLOADING = "image_count_uploading", _("uploads under way")

    @property
    def is_bytes(self) -> bool:
        """Is it a number of bytes, and not of things?"""
        return self in {Resource.IMAGE_SIZE_TOTAL, Resource.IMAGE_STAGE_TOTAL}


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
                violation_error_message=_("The soft line must lie between 0 and the limit."),
            ),
        ]

    def __str__(self) -> str:
        """Return project, resource and value."""
        return f"{self.project}: {self.resource} {self.value}"


class Usage(models.Model):
    """What one project has, in bytes and images; its row is the lock of the ledger.

    *uploads* are under way. *warned_size* and *warned_count* say that the soft line was passed and
    told. *has_parts*: the acts must look at rows of `Part`, too.
    """

    project = models.CharField(_("project"), max_length=255, primary_key=True)
    used = models.BigIntegerField(_("bytes stored"), default=0)
    reserved = models.BigIntegerField(_("bytes reserved"), default=0)
    images = models.IntegerField(_("images"), default=0)
    uploads = models.IntegerField(_("uploads under way"), default=0, db_default=0)
    warned_size = models.BooleanField(_("warned of bytes"), default=False, db_default=False)
    warned_count = models.BooleanField(_("warned of images"), default=False, db_default=False)
    has_parts = models.BooleanField(_("has limits of parts"), default=False, db_default=False)

    class Meta:
        """Nothing is ever below zero."""

        verbose_name = _("usage")
        verbose_name_plural = _("usages")
        constraints = [
            models.CheckConstraint(
                condition=Q(used__gte=0, reserved__gte=0, images__gte=0), name="usage_positive"
            ),
            models.CheckConstraint(condition=Q(uploads__gte=0), name="usage_uploads_positive"),
        ]

    def __str__(self) -> str:
        """Return the project's id."""
        return self.project


class Part(models.Model):
    """A limit of a project's bytes in one store, or of those that one user put there, and its use.

    The row is there as long as the limit is, and changes under the lock of the project's. -1 is no
    limit: the bytes are counted only.
    """

    project = models.CharField(_("project"), max_length=255)
    store = models.CharField(_("store"), max_length=64, blank=True, default="")
    user = models.CharField(
        _("user"),
        max_length=255,
        blank=True,
        default="",
        help_text=_("A user’s id, as the APIs call it."),
    )
    value = models.BigIntegerField(
        _("limit"), help_text=_("Bytes; -1 is no limit: they are counted only.")
    )
    used = models.BigIntegerField(_("bytes stored"), default=0, editable=False)
    reserved = models.BigIntegerField(_("bytes reserved"), default=0, editable=False)

    class Meta:
        """A store or a user has one limit in a project."""

        verbose_name = _("limit of a part")
        verbose_name_plural = _("limits of parts")
        constraints = [
            models.UniqueConstraint(fields=["project", "store", "user"], name="part_once"),
            models.CheckConstraint(
                condition=(Q(store="") & ~Q(user="")) | (~Q(store="") & Q(user="")),
                name="part_of_store_or_user",
                violation_error_message=_("Name a store or a user, and not both."),
            ),
            models.CheckConstraint(condition=Q(value__gte=-1), name="part_limit_or_none"),
            models.CheckConstraint(condition=Q(used__gte=0, reserved__gte=0), name="part_positive"),
        ]

    def __str__(self) -> str:
        """Return project, what it is the limit of, and the limit."""
        return f"{self.project}: {self.name} {self.value}"

    @property
    def name(self) -> str:
        """Return what it is the limit of, as commands write it."""
        return f"store:{self.store}" if self.store else f"user:{self.user}"


class DailyUse(models.Model):
    """What one project had on one day (UTC), as the reaper saw it last: a point of its plot."""

    project = models.CharField(_("project"), max_length=255)
    day = models.DateField(_("day"))
    used = models.BigIntegerField(_("bytes stored"))
    reserved = models.BigIntegerField(_("bytes reserved"))
    images = models.IntegerField(_("images"))
    uploads = models.IntegerField(_("uploads under way"))

    class Meta:
        """A project has one point a day; old ones are found by their day."""

        verbose_name = _("use of a day")
        verbose_name_plural = _("uses of days")
        constraints = [
            models.UniqueConstraint(fields=["project", "day"], name="daily_use_once_a_day"),
        ]
        indexes = [models.Index(fields=["day"], name="daily_use_by_day")]

    def __str__(self) -> str:
        """Return project and day."""
        return f"{self.project}: {self.day}"

    @property
    def taken(self) -> int:
        """What counts against the limit, in bytes."""
        return self.used + self.reserved
