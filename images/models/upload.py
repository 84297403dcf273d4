"""A resumable upload: where it stands, and who writes it now."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from images.actors import Actor

PARTIAL = "partial"
FINAL = "final;"
MAX_METADATA = 4096


def idle_end() -> CombinedExpression:
    """Return when an upload expires whose last byte comes now, in the database's own time."""
    return Now() + timedelta(seconds=settings.UPLOAD_IDLE_SECONDS)


class UploadQuerySet(models.QuerySet["Upload"]):
    """Uploads, found by whether they still count."""

    def living(self) -> Self:
        """Those for which a byte came not too long ago, and those that somebody writes."""
        return self.filter(Q(expires_at__gte=Now()) | ~_is_free())

    def expired(self) -> Self:
        """Those for which no byte came for too long."""
        return self.filter(_is_free(), expires_at__lt=Now())

    def free(self) -> Self:
        """Those that nobody writes, as far as the signs of life say."""
        return self.filter(_is_free())

    def of(self, actor: Actor) -> Self:
        """Those that *actor* began, in the project in which it acts now."""
        return self.filter(user=actor.user, project=actor.project or "")


def _is_free() -> Q:
    limit = Now() - timedelta(seconds=settings.HEARTBEAT_SECONDS)
    return Q(holder=None) | Q(held_at=None) | Q(held_at__lt=limit)


class Upload(models.Model):
    """One upload in pieces, or one of the parallel parts of an image; sizes are bytes.

    *attempt* is the id of the location that it fills, from its byte *start* on. *length* is null
    while the client has not told it. Up to *offset* its bytes are confirmed, and hash to *state*;
    up to *reach* a writer may have left others. *concat* is empty, `partial`, or `final;` and the
    addresses of the parts, *metadata* what the client sent as such. *holder* is the request that
    writes it, and *held_at* its last sign of life. Times are the database's.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    image = models.ForeignKey("images.Image", models.CASCADE, related_name="uploads")
    attempt = models.UUIDField(_("attempt"), editable=False)
    user = models.CharField(_("user"), max_length=255)
    project = models.CharField(_("project"), max_length=255)
    start = models.BigIntegerField(_("begins at, bytes"), default=0)
    length = models.BigIntegerField(_("size, bytes"), null=True)
    offset = models.BigIntegerField(_("confirmed, bytes"), default=0)
    reach = models.BigIntegerField(default=0, editable=False)
    state = models.BinaryField(default=b"", editable=False)
    concat = models.TextField(blank=True, default="", editable=False)
    checksum = models.CharField(_("expected checksum"), max_length=128, blank=True, default="")
    filename = models.CharField(_("file"), max_length=255, blank=True, default="")
    fingerprint = models.CharField(max_length=255, blank=True, default="", editable=False)
    metadata = models.TextField(blank=True, default="", editable=False)
    holder = models.UUIDField(null=True, editable=False)
    held_at = models.DateTimeField(_("last sign of life"), null=True)
    expires_at = models.DateTimeField(_("expires"), db_default=Now())
    created_at = models.DateTimeField(_("created"), db_default=Now())

    objects = UploadQuerySet.as_manager()

    class Meta:
        """Nothing is confirmed that cannot be there."""

        verbose_name = _("resumable upload")
        verbose_name_plural = _("resumable uploads")
        constraints = [
            models.CheckConstraint(
                condition=Q(start__gte=0, offset__gte=0)
                & (Q(length=None) | Q(offset__lte=models.F("length"))),
                name="upload_offset_within",
            ),
        ]
        indexes = [
            models.Index(fields=["attempt"], name="upload_by_attempt"),
            models.Index(fields=["user", "project"], name="upload_by_user"),
            models.Index(fields=["expires_at"], name="upload_by_end"),
        ]

    def __str__(self) -> str:
        """Return the file's name, or the id of one without a name."""
        return self.filename or str(self.pk)

    @property
    def is_part(self) -> bool:
        """Is it one of several that fill the image together?"""
        return self.concat == PARTIAL

    @property
    def is_final(self) -> bool:
        """Does it stand for parts that are joined?"""
        return self.concat.startswith(FINAL)

    @property
    def is_whole(self) -> bool:
        """Is every byte confirmed? Of an upload that is no part, the image is active then."""
        return self.offset == self.length
