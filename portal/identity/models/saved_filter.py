"""A filter of the image list that somebody keeps under a name, in one project."""

from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.core.validators import ProhibitNullCharactersValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

MAX_NAME = 80
MAX_QUERY = 2000
TEXT: dict[str, Any] = {"validators": [ProhibitNullCharactersValidator()]}


class SavedFilterQuerySet(models.QuerySet["SavedFilter"]):
    """Filters, found by whose they are."""

    def of(self, user: int | None, project: str | None) -> Self:
        """Those of one user in one project, by name."""
        return self.filter(user=user, project=project).order_by(Lower("name"))


class SavedFilter(models.Model):
    """One filter; *query* is what stands in the list's address after the question mark."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_filters"
    )
    project = models.ForeignKey(
        "identity.Project", on_delete=models.CASCADE, related_name="saved_filters"
    )
    name = models.CharField(_("name"), max_length=MAX_NAME, **TEXT)
    query = models.CharField(_("filter"), max_length=MAX_QUERY, **TEXT)

    objects = SavedFilterQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved filter")
        verbose_name_plural = _("saved filters")
        constraints = [
            models.UniqueConstraint("user", "project", Lower("name"), name="saved_filter_once"),
            models.CheckConstraint(condition=~Q(name=""), name="saved_filter_named"),
        ]

    def __str__(self) -> str:
        return self.name
