"""Where bytes of an image lie: one row for each store object, there before one has to wait."""

from __future__ import annotations

import uuid
from datetime import timedelta
from functools import cache
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from images.models.upload import Upload
from images.prepared import PreparedUpdate, Slot, slots
from images.states import LocationStatus

MAX_URL = 255


class LocationQuerySet(models.QuerySet["Location"]):
    """Locations, found by state and by sign of life."""

    def active(self) -> Self:
        """Objects that hold an image's data, in the order in which they are read."""
        return self.filter(status=LocationStatus.ACTIVE).order_by("created_at", "pk")

    def writing(self) -> Self:
        """Attempts: objects on their way."""
        return self.filter(status=LocationStatus.WRITING)

    def named_only(self) -> Self:
        """Places that a failed import left at a queued image: named, but of no known size."""
        return self.filter(status=LocationStatus.ACTIVE, size=None)

    def stale(self) -> Self:
        """Attempts whose worker gave no sign of life, in the database's own time.

        One that can be resumed waits for its client, without a worker, until it expires.
        """
        limit = Now() - timedelta(seconds=settings.HEARTBEAT_SECONDS)
        waiting = Upload.objects.living().filter(attempt=OuterRef("pk"))
        return self.writing().filter(~Exists(waiting), heartbeat_at__lt=limit)

    def of_outer_upload(self) -> Self:
        """The attempt that the upload of the outer query fills, while it does."""
        return self.writing().filter(pk=OuterRef("attempt"))

    def removable(self) -> Self:
        """Objects that are to go and that nobody is removing now."""
        limit = Now() - timedelta(seconds=settings.HEARTBEAT_SECONDS)
        idle = Q(heartbeat_at=None) | Q(heartbeat_at__lt=limit)
        return self.filter(idle, status=LocationStatus.DELETING)


class Location(models.Model):
    """One object of an image in one store; while it is being written it is the upload's attempt.

    *key* is the object's name in the store: `<image>.<attempt>` while it is written, `<image>`
    when it is active. *size* is that of the object, of an attempt that which its client
    declared, or null; *allowance* up to how many bytes one of unknown size may come, null before it
    asked. *url* is where data lie that are not ours, on a web server; their *size* is null while
    they are not the image's data. *metadata* is what clients wrote about the place, *uploader* who
    put the data there (a user's public id, empty where nobody knows).
    *heartbeat_at* is database time; null: nobody works on it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    image = models.ForeignKey("images.Image", models.CASCADE, related_name="locations")
    store = models.CharField(_("store"), max_length=64)
    key = models.CharField(_("key"), max_length=80)
    status = models.CharField(
        _("status"), max_length=16, choices=LocationStatus, default=LocationStatus.WRITING
    )
    url = models.CharField(_("address"), max_length=MAX_URL, blank=True, default="", db_default="")
    metadata = models.JSONField(_("notes"), default=dict, db_default=Value({}, models.JSONField()))
    uploader = models.CharField(
        _("uploaded by"), max_length=255, blank=True, default="", db_default=""
    )
    size = models.BigIntegerField(_("size, bytes"), null=True)
    allowance = models.BigIntegerField(_("allowance, bytes"), null=True)
    heartbeat_at = models.DateTimeField(_("last sign of life"), null=True, db_default=Now())
    created_at = models.DateTimeField(_("created"), db_default=Now())

    objects = LocationQuerySet.as_manager()

    class Meta:
        """One object has one row; an image has one active object in a store."""

        verbose_name = _("location")
        verbose_name_plural = _("locations")
        constraints = [
            models.UniqueConstraint(fields=["store", "key"], name="location_unique_object"),
            models.UniqueConstraint(
                fields=["image", "store"],
                condition=Q(status=LocationStatus.ACTIVE, url=""),
                name="location_one_active_in_store",
            ),
        ]
        indexes = [
            models.Index(
                fields=["status", "heartbeat_at"],
                condition=~Q(status=LocationStatus.ACTIVE),
                name="location_unsettled",
            ),
        ]

    def __str__(self) -> str:
        """Return store and key."""
        return f"{self.store}:{self.key}"

    @property
    def address(self) -> str:
        """Return what the store opens."""
        return self.url or self.key

    def activate(self, *, key: str, size: int) -> bool:
        """Become data of the image, *size* bytes under *key*; False unless it was being written."""
        return bool(_activating().run(pk=self.pk, key=key, size=size))


@cache
def _activating() -> PreparedUpdate:
    writing = Location.objects.filter(
        pk=Slot("pk", models.UUIDField()), status=LocationStatus.WRITING
    )
    changes = slots(Location, "key", "size")
    return PreparedUpdate(writing, status=LocationStatus.ACTIVE, **changes)
