"""What happened: the outbox, written in the act's own transaction."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Event(models.Model):
    """One thing that happened to one image, or to the catalogue; the id is the consumer's key.

    *image_id* is no foreign key: events outlive what they tell of.
    """

    kind = models.CharField(_("kind"), max_length=64)
    image_id = models.UUIDField(_("image"), null=True, db_index=True)
    project = models.CharField(_("project"), max_length=255, blank=True, db_index=True)
    user = models.CharField(_("user"), max_length=255, blank=True)
    request_id = models.CharField(_("request"), max_length=64, blank=True)
    payload = models.JSONField(_("payload"), default=dict)
    created_at = models.DateTimeField(_("time"), default=timezone.now)
    delivered_at = models.DateTimeField(_("delivered"), null=True, blank=True)

    class Meta:
        """Read in the order of ids."""

        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["id"]

    def __str__(self) -> str:
        """Return kind, and the image if it is about one."""
        return f"{self.kind} {self.image_id or ''}".rstrip()
