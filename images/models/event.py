"""What happened: the outbox, written in the act's own transaction."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, NoReturn, Self

from django.conf import settings
from django.db import connection, models, transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

MARKS = frozenset({"delivered_at"})
"""What may change of an event: whether it was delivered. All else is kept as it was written."""


class KeptAsWritten(TypeError):
    """An event was to be changed or deleted."""


class EventQuerySet(models.QuerySet["Event"]):
    """Events, which are written once and read; only their marks change."""

    def update(self, **changes: Any) -> int:
        """Set marks; raise `KeptAsWritten` for all else."""
        if not changes.keys() <= MARKS:
            raise KeptAsWritten("What an event tells is never changed.")
        return super().update(**changes)

    def delete(self) -> NoReturn:
        """Refuse: only `forget` deletes."""
        raise KeptAsWritten("Events are deleted when their time is over, and not before.")

    def over(self) -> Self:
        """Events that have been kept for as long as the operator says."""
        return self.filter(created_at__lt=Now() - timedelta(days=settings.AUDIT_DAYS))

    def forget(self, *, most: int) -> int:
        """Delete *most* of those that are over, the oldest first; return how many.

        PostgreSQL itself refuses every other deletion (migration `events_are_kept`).
        """
        with transaction.atomic():
            _let_delete(yes=True)
            oldest = self.over().order_by("created_at").values_list("pk", flat=True)[:most]
            deleted, _ = models.QuerySet.delete(self.model.objects.filter(pk__in=list(oldest)))
            _let_delete(yes=False)
        return deleted


def _let_delete(*, yes: bool) -> None:
    """Tell PostgreSQL's trigger that what comes in this transaction is `forget`'s."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            value = "on" if yes else "off"
            cursor.execute("SELECT set_config('vitrine.forgets', %s, true)", [value])


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

    objects = EventQuerySet.as_manager()

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

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write what is new; of what is written, only marks."""
        if not self._state.adding and not set(kwargs.get("update_fields") or ["all"]) <= MARKS:
            raise KeptAsWritten("What an event tells is never changed.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse: only `forget` deletes."""
        raise KeptAsWritten("Events are deleted when their time is over, and not before.")
