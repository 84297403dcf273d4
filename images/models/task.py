"""Work that goes on after its request was answered: one row, there before the work begins."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from images.errors import NotVisible
from images.ids import read_id
from images.states import TaskStatus, TaskType

ENDED = (TaskStatus.SUCCESS, TaskStatus.FAILURE)


class TaskQuerySet(models.QuerySet["Task"]):
    """Tasks, found by age and by sign of life; all in the database's own time."""

    def shown(self) -> Self:
        """Tasks that have not expired."""
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=Now()))

    def on_wire(self) -> Self:
        """Tasks of the types that the Image API knows."""
        return self.exclude(type=TaskType.VERIFY)

    def under_way(self) -> Self:
        """Tasks that have not ended."""
        return self.filter(status__in=[TaskStatus.PENDING, TaskStatus.PROCESSING])

    def get_or_absent(self, pk: str) -> Task:
        """Return the task of that id, or raise `NotVisible`; an id that is none is absent too."""
        try:
            return self.get(pk=read_id(pk))
        except (Task.DoesNotExist, ValueError):
            raise NotVisible(f"There is no task {pk}.") from None

    def stale(self) -> Self:
        """Tasks whose worker gave no sign of life."""
        limit = Now() - timedelta(seconds=settings.HEARTBEAT_SECONDS)
        return self.filter(status=TaskStatus.PROCESSING, heartbeat_at__lt=limit)


class Task(models.Model):
    """One thing to be done to one image in the background.

    *input* is what was asked, *result* what came of it, *message* why it failed. A worker that dies
    is noticed by *heartbeat_at*, and another one tries again, up to `MAX_TRIES` in all.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    type = models.CharField(_("type"), max_length=32, choices=TaskType)
    status = models.CharField(
        _("status"), max_length=16, choices=TaskStatus, default=TaskStatus.PENDING
    )
    image = models.ForeignKey("images.Image", models.CASCADE, related_name="tasks")
    owner = models.CharField(_("owner"), max_length=255, blank=True)
    user = models.CharField(_("user"), max_length=255, blank=True)
    address = models.CharField(_("address"), max_length=64, blank=True, db_default="")
    token = models.CharField(_("token"), max_length=128, blank=True, db_default="")
    request_id = models.CharField(_("request"), max_length=64, blank=True)
    input = models.JSONField(_("input"), default=dict)
    result = models.JSONField(_("result"), null=True)
    message = models.TextField(_("message"), blank=True)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    heartbeat_at = models.DateTimeField(_("last sign of life"), null=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    updated_at = models.DateTimeField(_("updated"), default=timezone.now)
    expires_at = models.DateTimeField(_("expires"), null=True)

    objects = TaskQuerySet.as_manager()

    class Meta:
        """Lists show the newest first; what is under way is found fast."""

        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="task_newest"),
            models.Index(
                fields=["heartbeat_at"],
                condition=Q(status=TaskStatus.PROCESSING),
                name="task_under_way",
            ),
        ]

    def __str__(self) -> str:
        """Return type and id."""
        return f"{self.type} {self.pk}"
