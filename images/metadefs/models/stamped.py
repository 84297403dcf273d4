"""What every row of the catalogue has: two times, newest first."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

MAX_NAME = 80


class Stamped(models.Model):
    """A row that knows when it was made and when it last changed."""

    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("updated"), default=timezone.now, editable=False)

    class Meta:
        """Lists show the newest first."""

        abstract = True
        ordering = ["-created_at", "-id"]
