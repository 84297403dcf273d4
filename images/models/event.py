"""What happened: the outbox, written in the act's own transaction."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Event(models.Model):
    """One thing that happened to one image, or to something else; the id is the consumer's key.

    *image_id* is no foreign key: events outlive what they tell of. *subject* is the public id of
    what is no image: a user, a project, a credential, a namespace. *before* and *after* hold only
    what the act changed, and null where it changed no fields.
    """

    kind = models.CharField(_("kind"), max_length=64)
    image_id = models.UUIDField(_("image"), null=True)
    subject = models.CharField(_("subject"), max_length=255, blank=True, db_default="")
    project = models.CharField(_("project"), max_length=255, blank=True)
    user = models.CharField(_("user"), max_length=255, blank=True)
    address = models.CharField(_("address"), max_length=64, blank=True, db_default="")
    token = models.CharField(_("token"), max_length=128, blank=True, db_default="")
    request_id = models.CharField(_("request"), max_length=64, blank=True)
    payload = models.JSONField(_("payload"), default=dict)
    before = models.JSONField(_("before"), null=True, blank=True)
    after = models.JSONField(_("after"), null=True, blank=True)
    created_at = models.DateTimeField(_("time"), default=timezone.now)
    delivered_at = models.DateTimeField(_("delivered"), null=True, blank=True)

    class Meta:
        """Read in the order of ids, whole or by what a search asks for."""

        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["id"]
        indexes = [
            models.Index(fields=["project", "-id"], name="event_of_project"),
            models.Index(
                fields=["image_id", "-id"],
                condition=models.Q(image_id__isnull=False),
                name="event_of_image",
            ),
            models.Index(
                fields=["subject", "-id"], condition=~models.Q(subject=""), name="event_of_subject"
            ),
            models.Index(fields=["user", "-id"], name="event_by_user"),
            models.Index(
                fields=["address", "-id"],
                condition=~models.Q(address=""),
                name="event_from_address",
            ),
            models.Index(fields=["created_at"], name="event_by_time"),
        ]

    def __str__(self) -> str:
        """Return kind, and the image if it is about one."""
        return f"{self.kind} {self.image_id or ''}".rstrip()
